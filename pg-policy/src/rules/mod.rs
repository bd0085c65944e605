//! The rules, in the order in which they are asked.
//!
//! Separate from the needs because rules change with policies and the grammar does not.
//! Invariant: a statement passes only when every rule has let it; the answer is the access it needs.

mod access;
mod functions;
mod kinds;
mod limits;
mod operators;
mod overloads;
mod relations;

use crate::access::Access;
use crate::facts::Facts;
use crate::functions::{is_builtin_operator, is_harmless};
use crate::needs::{Form, Needs};
use crate::policy::Settings;
use crate::refusal::Refusal;

pub(crate) use functions::listed;
pub(crate) use kinds::statement_kinds;
pub(crate) use limits::text;

/// Whether every function and operator is the server's own and known to be harmless.
pub(crate) fn only_built_in(needs: &Needs) -> bool {
    let of_server = |schema: &Option<String>| matches!(schema.as_deref(), None | Some("pg_catalog"));
    needs
        .functions
        .iter()
        .filter(|used| used.form == Form::Call)
        .all(|used| of_server(&used.name.schema) && is_harmless(&used.name.name))
        && needs
            .operators
            .iter()
            .all(|used| of_server(&used.name.schema) && is_builtin_operator(&used.name.symbol))
}

/// Asks every rule about a statement.
pub(crate) fn judge(needs: &Needs, settings: &Settings, facts: &dyn Facts) -> Result<Access, Refusal> {
    limits::nesting(needs, settings)?;
    let demanded = access::demands(needs, settings)?;
    statement_kinds(needs, settings)?;
    relations::secrets(needs, settings)?;
    let changed = relations::catalogs(needs, settings)?;
    let called = functions::functions(needs, settings, facts)?;
    let applied = operators::operators(needs, settings, facts)?;
    // A policy may list a function that needs more than the policy grants; the statement then runs with
    // what is granted, and the server has the last word.
    Ok(demanded.max(changed).max(called).max(applied).min(settings.access))
}
