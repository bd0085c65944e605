//! The rule about operators: an operator is a function with another spelling.
//!
//! Separate because they are named by symbol and looked up in another catalog.
//! Invariant: as for functions; an operator of the server passes, any other one is judged by facts.

use super::case::{Case, Outcome};
use super::overloads;
use crate::access::Access;
use crate::facts::FunctionFacts;
use crate::functions::is_builtin_operator;
use crate::names::OperatorName;
use crate::needs::OperatorUse;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Asks about every operator.
pub(super) fn operators(case: &Case<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    if !case.runs() {
        return Ok(());
    }
    let granted = case.settings.access;
    for used in &case.needs.operators {
        match judge(&used.name, case) {
            Some(judged) if judged.from <= granted => {
                outcome.needs(judged.from);
                let known = case.facts.operator(used.name.schema.as_deref(), &used.name.symbol);
                if granted < Access::Admin {
                    let overloads = known.unwrap_or_default();
                    overloads::bodies(&used.name.symbol, &overloads, used.position, case, outcome);
                }
            }
            Some(judged) => return Err(refusal(used, judged.why)),
            None if granted == Access::Admin => outcome.needs(Access::Write),
            None => {
                outcome.questions.operators.push(used.name.clone());
                let why = "it is not one of the server's own and the catalog was not asked about it";
                outcome.cannot_judge(|| refusal(used, why.to_owned()));
            }
        }
    }
    Ok(())
}

/// `None` when the catalog has to be asked.
fn judge(name: &OperatorName, case: &Case<'_>) -> Option<overloads::Judged> {
    let schema = name.schema.as_deref();
    let known = case.facts.operator(schema, &name.symbol);
    let builtin = matches!(schema, None | Some("pg_catalog")) && is_builtin_operator(&name.symbol);
    match known {
        None if builtin => Some(overloads::worst(&name.symbol, [], case.origin)),
        None => None,
        Some(overloads) => {
            let users = |facts: &&FunctionFacts| !(facts.schema == "pg_catalog" && facts.extension.is_none());
            Some(overloads::worst(&name.symbol, overloads.iter().filter(users), case.origin))
        }
    }
}

fn refusal(used: &OperatorUse, why: String) -> Refusal {
    let symbol = &used.name.symbol;
    let instead = if used.name.schema.is_none() && is_builtin_operator(symbol) {
        format!(
            "write OPERATOR(pg_catalog.{symbol}) where the server's own is meant, or call the function behind it"
        )
    } else {
        "use an operator of the server or of an extension, or call the function behind it".to_owned()
    };
    Refusal::new(Rule::Operator, format!("the operator {}", used.name), why, instead).at(used.position)
}
