//! What the catalog's facts about overloads come to.
//!
//! Separate because functions and operators are judged alike. Invariant: the worst overload counts.

use super::case::{Case, Origin, Outcome, Text};
use crate::access::Access;
use crate::facts::{FunctionFacts, Volatility};
use crate::functions::is_harmless_of_extension;

/// What calling a function needs, and why, if it is more than read access.
pub(super) struct Judged {
    /// The access from which on it may be called without being listed.
    pub(super) from: Access,
    pub(super) why: String,
}

/// Notes the bodies of overloads, as far as they can be read, to be judged too: a body says more than what its author declared.
pub(super) fn bodies(
    name: &str,
    overloads: &[FunctionFacts],
    position: Option<usize>,
    case: &Case<'_>,
    outcome: &mut Outcome,
) {
    let origin = if case.shows() { Origin::View } else { Origin::Attached };
    let position = outcome.place(position);
    for facts in overloads.iter().filter(|facts| facts.extension.is_none() && facts.schema != "pg_catalog") {
        if let Some(definition) = &facts.definition {
            let what = format!("the function {}.{name}", facts.schema);
            outcome.texts.push(Text::function(definition.clone(), origin, &what, position));
        }
    }
}

/// Judges all overloads of a name.
pub(super) fn worst<'f>(
    name: &str,
    overloads: impl IntoIterator<Item = &'f FunctionFacts>,
    origin: Origin,
) -> Judged {
    let mut worst = Judged { from: Access::Read, why: String::new() };
    for facts in overloads {
        let judged = judge(name, facts, origin);
        if judged.from > worst.from {
            worst = judged;
        }
    }
    worst
}

fn judge(name: &str, facts: &FunctionFacts, origin: Origin) -> Judged {
    let schema = &facts.schema;
    // The owner of a relation who looks up privileges in a policy must do so with their own.
    if facts.security_definer && origin != Origin::Attached {
        let why =
            format!("{schema}.{name} is a security definer function: it runs with its owner's privileges");
        return Judged { from: Access::Admin, why };
    }
    // What is compiled into an extension was reviewed or is judged by its volatility; a script can do anything.
    let of_extension = facts.extension.is_some() && ["c", "internal"].contains(&facts.language.as_str());
    if !facts.trusted_language && !of_extension && facts.schema != "pg_catalog" {
        let why = format!(
            "{schema}.{name} is written in the untrusted language {}: it can reach the server's host",
            facts.language
        );
        return Judged { from: Access::Admin, why };
    }
    let reviewed =
        facts.extension.as_deref().is_some_and(|extension| is_harmless_of_extension(name, extension));
    if facts.volatility == Volatility::Volatile && !reviewed {
        let why = format!("{schema}.{name} is volatile: it can change anything");
        return Judged { from: Access::Write, why };
    }
    Judged { from: Access::Read, why: String::new() }
}
