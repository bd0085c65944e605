//! The rule about functions.
//!
//! Separate because it is the one that people meet when a statement "only selects".
//! Invariant: below admin access a function passes because it is listed by the policy, known to be
//! harmless, or judged by the catalog's facts; for no other reason.
//!
//! A name without schema counts as the server's own function of that name, because `pg_catalog` is
//! searched first. A user's function of the same name may still be chosen for its argument types, so
//! facts about that name are heard where there are any; where there are none, the read-only transaction
//! of the session is the second belt.

use super::case::{Case, Outcome};
use super::overloads;
use super::settings::{NEVER, is_allowed};
use crate::access::Access;
use crate::facts::{Facts, FunctionFacts};
use crate::functions::{Denied, denied, is_harmless};
use crate::names::FunctionName;
use crate::needs::{Form, FunctionUse, SettingScope};
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// What a rule says of one function.
enum Verdict {
    /// It may be called from this level on.
    From(Access, String),
    /// It may be called only where the policy lists it.
    Named(String),
    /// The catalog must be asked first, about a name on the deny list or about any other.
    Ask(Option<Denied>),
}

/// Asks about every function.
pub(super) fn functions(case: &Case<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    if !case.runs() {
        return Ok(());
    }
    let (settings, facts) = (case.settings, case.facts);
    for used in &case.needs.functions {
        if case.shows() {
            denied_by_policy(used, case, outcome)?;
        }
        let verdict = match verdict(used, case) {
            Verdict::Ask(None) if settings.access == Access::Admin => {
                Verdict::From(Access::Write, String::new())
            }
            Verdict::Ask(Some(denied)) if settings.access == Access::Admin => because(denied),
            other => other,
        };
        match verdict {
            Verdict::From(access, _) if access <= settings.access => {
                outcome.needs(access);
                bodies(used, case, outcome);
            }
            _ if listed(&used.name, settings, facts) => {}
            Verdict::Named(_) if used.setting.as_ref().is_some_and(|change| is_allowed(change, settings)) => {
            }
            Verdict::From(access, why) => {
                return Err(refusal(used, format!("{why}, and that needs {access} access")));
            }
            Verdict::Named(why) => return Err(refusal(used, why)),
            Verdict::Ask(_) => {
                outcome.questions.functions.push(used.name.clone());
                outcome.cannot_judge(|| not_known(used));
            }
        }
    }
    Ok(())
}

/// Notes the bodies of functions that are written in SQL. What the policy lists it has looked at itself.
fn bodies(used: &FunctionUse, case: &Case<'_>, outcome: &mut Outcome) {
    if case.settings.access == Access::Admin || listed(&used.name, case.settings, case.facts) {
        return;
    }
    let name = used.name.name.as_str();
    let overloads = match used.form {
        Form::Call => case.facts.function(used.name.schema.as_deref(), name),
        Form::Grammar => case.facts.function(None, name),
        Form::Attribute => case.facts.attribute(name),
    };
    let overloads = overloads.unwrap_or_default();
    overloads::bodies(name, &overloads, used.position, case, outcome);
}

/// Asks the policy's own deny list, which wins over everything.
fn denied_by_policy(used: &FunctionUse, case: &Case<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    let (schema, name) = (used.name.schema.as_deref(), used.name.name.as_str());
    let list = &case.settings.denied_functions;
    if list.is_empty() || used.form == Form::Attribute && case.facts.attribute(name).is_none() {
        return Ok(());
    }
    let overloads = case.facts.function(schema, name);
    let denies = match (list.speak_of(schema, name), overloads) {
        (Some(denies), _) => denies,
        (None, Some(overloads)) => {
            let mut schemas = overloads.iter().map(|facts| facts.schema.as_str());
            schemas.any(|schema| list.speak_of(Some(schema), name) == Some(true))
        }
        (None, None) if is_harmless(name) => list.speak_of(Some("pg_catalog"), name) == Some(true),
        (None, None) => {
            outcome.questions.functions.push(used.name.clone());
            outcome.cannot_judge(|| not_known(used));
            false
        }
    };
    if !denies {
        return Ok(());
    }
    let met = format!("the function {}", used.name);
    Err(Refusal::new(Rule::Function, met, "the policy denies it", "leave it out").at(used.position))
}

fn verdict(used: &FunctionUse, case: &Case<'_>) -> Verdict {
    let facts = case.facts;
    let name = used.name.name.as_str();
    let schema = used.name.schema.as_deref();
    match used.form {
        Form::Call => {}
        Form::Attribute => return attribute(name, case),
        Form::Grammar => return users(name, &facts.function(None, name).unwrap_or_default(), case),
    }
    let of_server = matches!(schema, None | Some("pg_catalog"));
    if let Some(denied) = denied(name) {
        match denied.extension {
            None if of_server => return because(denied),
            None => {}
            Some(_) => match facts.function(schema, name) {
                Some(overloads) if overloads.iter().all(|facts| facts.extension.is_none()) => {}
                Some(_) => return because(denied),
                None => return Verdict::Ask(Some(denied)),
            },
        }
    }
    if of_server && is_harmless(name) || schema == Some("information_schema") && name.starts_with("_pg_") {
        return match (schema, facts.function(None, name)) {
            (None, Some(overloads)) => users(name, &overloads, case),
            _ => Verdict::From(Access::Read, String::new()),
        };
    }
    match facts.function(schema, name) {
        None if schema == Some("pg_catalog") => unreviewed(),
        None => Verdict::Ask(None),
        Some(overloads) if overloads.iter().any(is_servers) => unreviewed(),
        Some(overloads) => users(name, &overloads, case),
    }
}

/// `a.b` may call `b(a)`, with a row as its only argument. That a column has the name of a function is
/// common, and that it has the name of a dangerous one is not.
fn attribute(name: &str, case: &Case<'_>) -> Verdict {
    let harmless = || Verdict::From(Access::Read, String::new());
    match denied(name) {
        None => match case.facts.attribute(name) {
            Some(overloads) => users(name, &overloads, case),
            None => harmless(),
        },
        Some(denied) if denied.extension.is_none() => because(denied),
        Some(denied) => match case.facts.function(None, name) {
            Some(overloads) if overloads.iter().any(|facts| facts.extension.is_some()) => because(denied),
            // Without facts it is a column until the server says otherwise.
            _ => harmless(),
        },
    }
}

fn because(denied: Denied) -> Verdict {
    match denied.from {
        Some(access) => Verdict::From(access, denied.why.to_owned()),
        None => Verdict::Named(denied.why.to_owned()),
    }
}

fn users(name: &str, overloads: &[FunctionFacts], case: &Case<'_>) -> Verdict {
    let judged = overloads::worst(name, overloads.iter().filter(|facts| !is_servers(facts)), case.origin);
    Verdict::From(judged.from, judged.why)
}

fn is_servers(facts: &FunctionFacts) -> bool {
    facts.schema == "pg_catalog" && facts.extension.is_none()
}

/// A function of the server that stands in no list: newer than the lists, or not for queries.
fn unreviewed() -> Verdict {
    Verdict::From(Access::Admin, "it is a function of the server that is not known to be harmless".to_owned())
}

/// Whether the policy lists the function by name, or by schema and name.
pub(crate) fn listed(name: &FunctionName, settings: &Settings, facts: &dyn Facts) -> bool {
    let list = &settings.functions;
    if list.contains(&name.name) {
        return true;
    }
    match &name.schema {
        Some(_) => list.contains(&name.to_string()),
        // Without a schema it is the listed one when the catalog knows no other; or the server's own.
        None => {
            let qualified = |schema: &str| list.contains(&format!("{schema}.{}", name.name));
            match facts.function(None, &name.name) {
                Some(overloads) if !overloads.is_empty() => {
                    overloads.iter().all(|facts| qualified(&facts.schema))
                }
                _ => {
                    denied(&name.name).is_some_and(|denied| denied.extension.is_none())
                        && qualified("pg_catalog")
                }
            }
        }
    }
}

fn refusal(used: &FunctionUse, why: String) -> Refusal {
    let met = match used.form {
        Form::Call | Form::Grammar => format!("the function {}", used.name),
        Form::Attribute => format!("the attribute {}, which may call the function of that name,", used.name),
    };
    Refusal::new(Rule::Function, met, why, instead(used)).at(used.position)
}

/// What to do instead: what is meant in most cases first, then the line to add.
fn instead(used: &FunctionUse) -> String {
    let name = &used.name;
    let list = line(name);
    if let Some(change) = used.setting.as_ref().filter(|change| change.scope == SettingScope::Transaction)
        && let Some(setting) = &change.name
        && !NEVER.contains(&setting.as_str())
    {
        return format!(
            "leave it out, or let the administrator list the setting in the connection's [policy]: allowed_settings = [\"{setting}\"]"
        );
    }
    if used.form == Form::Attribute {
        return "if a column is meant, give it another name with AS in a sub-select or WITH query; else call the function by name"
            .to_owned();
    }
    if name.schema.is_none() && is_harmless(&name.name) {
        return format!("write pg_catalog.{name}(…) if the server's own function is meant; or {list}");
    }
    let server = matches!(name.schema.as_deref(), None | Some("pg_catalog")) && denied(&name.name).is_some();
    if server {
        format!("leave it out, or {list}")
    } else {
        format!("if it changes nothing, mark it STABLE or IMMUTABLE in the database; or {list}")
    }
}

fn line(name: &FunctionName) -> String {
    format!("let the administrator list it in the connection's [policy]: allowed_functions = [\"{name}\"]")
}

fn not_known(used: &FunctionUse) -> Refusal {
    let name = &used.name;
    let why = match denied(&name.name) {
        Some(Denied { extension: Some(extension), why, .. }) => {
            format!(
                "if it is the one of the extension {extension}, {why}; the catalog was not asked whose it is"
            )
        }
        _ => "it is not one of the server's own and the catalog was not asked about it".to_owned(),
    };
    let instead = format!("judge it on a connection, which asks the catalog; or {}", line(name));
    Refusal::new(Rule::Function, format!("the function {name}"), why, instead).at(used.position)
}
