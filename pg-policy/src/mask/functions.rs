//! Functions and operators while columns are masked.
//!
//! Separate from the rules about them because a stable function of a user is harmless otherwise, and here is not: it may
//! read a masked table by itself. Invariant: what passes is the server's own, an extension's, or listed by the policy.

use crate::facts::{Facts, FunctionFacts};
use crate::functions::{is_builtin_operator, is_harmless};
use crate::needs::{Form, Needs};
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::rules;

/// Extensions whose functions read relations by name, or their pages.
const READING: &[&str] =
    &["amcheck", "dblink", "pageinspect", "pg_visibility", "pg_walinspect", "tablefunc", "xml2"];

/// Asks whether a function or operator of a user is called, which could read what is masked.
pub(super) fn allowed(needs: &Needs, settings: &Settings, facts: &dyn Facts) -> Result<(), Refusal> {
    let of_server = |schema: Option<&str>| matches!(schema, None | Some("pg_catalog"));
    for used in &needs.functions {
        let (schema, name) = (used.name.schema.as_deref(), used.name.name.as_str());
        if rules::listed(&used.name, settings, facts) {
            continue;
        }
        let known = match used.form {
            Form::Call => facts.function(schema, name),
            Form::Grammar => facts.function(None, name),
            Form::Attribute => facts.attribute(name),
        };
        let unknown = known.is_none()
            && used.form == Form::Call
            && !(of_server(schema) && is_harmless(name) || schema == Some("information_schema"));
        if unknown {
            let names = vec![used.name.clone()];
            return Err(
                refusal(format!("the function {}", used.name), used.position).needing(names, Vec::new())
            );
        }
        if known.unwrap_or_default().iter().any(of_user) {
            return Err(refusal(format!("the function {}", used.name), used.position));
        }
    }
    for used in &needs.operators {
        let (schema, symbol) = (used.name.schema.as_deref(), used.name.symbol.as_str());
        let known = facts.operator(schema, symbol);
        let met = || format!("the operator {}", used.name);
        if known.is_none() && !(of_server(schema) && is_builtin_operator(symbol)) {
            return Err(refusal(met(), used.position).needing(Vec::new(), vec![used.name.clone()]));
        }
        if known.unwrap_or_default().iter().any(of_user) {
            return Err(refusal(met(), used.position));
        }
    }
    Ok(())
}

fn of_user(facts: &FunctionFacts) -> bool {
    match facts.extension.as_deref() {
        Some(extension) => READING.contains(&extension),
        None => facts.schema != "pg_catalog" && facts.schema != "information_schema",
    }
}

fn refusal(met: String, position: Option<usize>) -> Refusal {
    Refusal::new(
        Rule::Mask,
        met,
        "this policy masks columns, and a function that is not the server's own may read them past their masks",
        "use functions of the server, with pg_catalog. before the name where a user's function has the same; or, if it \
         reads no masked table, let the administrator list it in the policy: allowed_functions = [\"schema.name\"]",
    )
    .at(position)
}
