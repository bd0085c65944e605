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

use super::overloads;
use crate::access::Access;
use crate::facts::{Facts, FunctionFacts};
use crate::functions::{Denied, denied, is_harmless};
use crate::names::FunctionName;
use crate::needs::{Form, FunctionUse, Needs};
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

/// Asks about every function; says what the calls need.
pub(super) fn functions(needs: &Needs, settings: &Settings, facts: &dyn Facts) -> Result<Access, Refusal> {
    let mut needed = Access::Read;
    let mut unknown: Vec<&FunctionUse> = Vec::new();
    for used in &needs.functions {
        let verdict = match verdict(used, facts) {
            Verdict::Ask(None) if settings.access == Access::Admin => {
                Verdict::From(Access::Write, String::new())
            }
            Verdict::Ask(Some(denied)) if settings.access == Access::Admin => because(denied),
            other => other,
        };
        match verdict {
            Verdict::From(access, _) if access <= settings.access => needed = needed.max(access),
            _ if listed(&used.name, settings, facts) => {}
            Verdict::From(access, why) => {
                return Err(refusal(used, format!("{why}, and that needs {access} access")));
            }
            Verdict::Named(why) => return Err(refusal(used, why)),
            Verdict::Ask(_) => unknown.push(used),
        }
    }
    match unknown.first() {
        None => Ok(needed),
        Some(first) => {
            let mut names: Vec<_> = unknown.iter().map(|used| used.name.clone()).collect();
            names.sort();
            names.dedup();
            Err(not_known(first).needing(names, Vec::new()))
        }
    }
}

fn verdict(used: &FunctionUse, facts: &dyn Facts) -> Verdict {
    let name = used.name.name.as_str();
    let schema = used.name.schema.as_deref();
    match used.form {
        Form::Call => {}
        Form::Attribute => return attribute(name, facts),
        Form::Grammar => return users(name, &facts.function(None, name).unwrap_or_default()),
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
            (None, Some(overloads)) => users(name, &overloads),
            _ => Verdict::From(Access::Read, String::new()),
        };
    }
    match facts.function(schema, name) {
        None if schema == Some("pg_catalog") => unreviewed(),
        None => Verdict::Ask(None),
        Some(overloads) if overloads.iter().any(is_servers) => unreviewed(),
        Some(overloads) => users(name, &overloads),
    }
}

/// `a.b` may call `b(a)`, with a row as its only argument. That a column has the name of a function is
/// common, and that it has the name of a dangerous one is not.
fn attribute(name: &str, facts: &dyn Facts) -> Verdict {
    let harmless = || Verdict::From(Access::Read, String::new());
    match denied(name) {
        None => match facts.attribute(name) {
            Some(overloads) => users(name, &overloads),
            None => harmless(),
        },
        Some(denied) if denied.extension.is_none() => because(denied),
        Some(denied) => match facts.function(None, name) {
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

fn users(name: &str, overloads: &[FunctionFacts]) -> Verdict {
    let judged = overloads::worst(name, overloads.iter().filter(|facts| !is_servers(facts)));
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
    Refusal::new(Rule::Function, met, why, instead(&used.name)).at(used.position)
}

fn instead(name: &FunctionName) -> String {
    let server = matches!(name.schema.as_deref(), None | Some("pg_catalog")) && denied(&name.name).is_some();
    let line = format!("let the administrator list it in the policy: functions = [\"{name}\"]");
    if server {
        format!("leave it out, or {line}")
    } else {
        format!("if it changes nothing, mark it STABLE or IMMUTABLE in the database; or {line}")
    }
}

fn not_known(used: &FunctionUse) -> Refusal {
    let name = &used.name;
    let line = format!("let the administrator list it in the policy: functions = [\"{name}\"]");
    let why = match denied(&name.name) {
        Some(Denied { extension: Some(extension), why, .. }) => {
            format!(
                "if it is the one of the extension {extension}, {why}; the catalog was not asked whose it is"
            )
        }
        _ => {
            "it is not one of the server's own and the catalog was not asked about it, so it cannot be judged"
                .to_owned()
        }
    };
    let instead = format!("judge it on a connection, which asks the catalog; or {line}");
    Refusal::new(Rule::Function, format!("the function {name}"), why, instead).at(used.position)
}
