//! The rule about operators: an operator is a function with another spelling.
//!
//! Separate because they are named by symbol and looked up in another catalog.
//! Invariant: as for functions; an operator of the server passes, any other one is judged by facts.

use super::overloads;
use crate::access::Access;
use crate::facts::{Facts, FunctionFacts};
use crate::functions::is_builtin_operator;
use crate::names::OperatorName;
use crate::needs::{Needs, OperatorUse};
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Asks about every operator; says what applying them needs.
pub(super) fn operators(needs: &Needs, settings: &Settings, facts: &dyn Facts) -> Result<Access, Refusal> {
    let mut needed = Access::Read;
    let mut unknown: Vec<&OperatorUse> = Vec::new();
    for used in &needs.operators {
        match judge(&used.name, facts) {
            Some(judged) if judged.from <= settings.access => needed = needed.max(judged.from),
            Some(judged) => return Err(refusal(used, judged.why)),
            None if settings.access == Access::Admin => needed = needed.max(Access::Write),
            None => unknown.push(used),
        }
    }
    match unknown.first() {
        None => Ok(needed),
        Some(first) => {
            let mut names: Vec<_> = unknown.iter().map(|used| used.name.clone()).collect();
            names.sort();
            names.dedup();
            let why = "it is not one of the server's own and the catalog was not asked about it, so it cannot be judged";
            Err(refusal(first, why.to_owned()).needing(Vec::new(), names))
        }
    }
}

/// `None` when the catalog has to be asked.
fn judge(name: &OperatorName, facts: &dyn Facts) -> Option<overloads::Judged> {
    let schema = name.schema.as_deref();
    let known = facts.operator(schema, &name.symbol);
    let builtin = matches!(schema, None | Some("pg_catalog")) && is_builtin_operator(&name.symbol);
    match known {
        None if builtin => Some(overloads::worst(&name.symbol, [])),
        None => None,
        Some(overloads) => {
            let users = |facts: &&FunctionFacts| !(facts.schema == "pg_catalog" && facts.extension.is_none());
            Some(overloads::worst(&name.symbol, overloads.iter().filter(users)))
        }
    }
}

fn refusal(used: &OperatorUse, why: String) -> Refusal {
    let instead = "use an operator of the server or of an extension, or call the function behind it";
    Refusal::new(Rule::Operator, format!("the operator {}", used.name), why, instead).at(used.position)
}
