//! The rule about the policy's own lists of statement kinds.
//!
//! Separate because the lists come from configuration (`ALLOWED_OPERATIONS`, `BLOCKED_KEYWORDS`).
//! Invariant: it is asked of every statement inside the statement too, and blocking wins.

use super::case::{Case, Outcome};
use crate::kind::{StatementKind, StatementKinds};
use crate::needs::Needs;
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// The rule: a caller's statement is asked about; the query of a view is no statement of the caller's.
pub(super) fn kinds(case: &Case<'_>, _: &mut Outcome) -> Result<(), Refusal> {
    if case.is_statement() { statement_kinds(case.needs, case.settings) } else { Ok(()) }
}

/// Asks the lists about the statement and those inside it.
pub(crate) fn statement_kinds(needs: &Needs, settings: &Settings) -> Result<(), Refusal> {
    let outer = [(needs.kind, None)];
    for (kind, position) in outer.iter().chain(&needs.inner_kinds) {
        if includes(&settings.blocked_kinds, *kind) {
            return Err(refusal(*kind, "the policy blocks this kind of statement").at(*position));
        }
        // What is explained stands beside its EXPLAIN in the list and is asked for itself.
        let implied = *kind == StatementKind::Explain;
        if let Some(allowed) = &settings.allowed_kinds
            && !implied
            && !includes(allowed, *kind)
        {
            return Err(refusal(*kind, "it is not among the kinds of statements that the policy allows")
                .at(*position));
        }
    }
    Ok(())
}

/// Whether a list speaks of the kind; `VALUES` is a query and goes with `SELECT`.
fn includes(kinds: &StatementKinds, kind: StatementKind) -> bool {
    kinds.contains(kind) || (kind == StatementKind::Values && kinds.contains(StatementKind::Select))
}

fn refusal(kind: StatementKind, why: &'static str) -> Refusal {
    Refusal::new(
        Rule::StatementKind,
        kind.to_string(),
        why,
        "use another kind of statement, or ask for the policy to be changed",
    )
}
