//! The rule that changes need a WHERE clause.
//!
//! Separate because it is about what a change leaves alone. Invariant: a condition that is true of every row is none.

use super::case::{Case, Outcome};
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Asks whether every change is narrowed by a condition.
pub(super) fn conditions(case: &Case<'_>, _: &mut Outcome) -> Result<(), Refusal> {
    if !case.settings.require_where || !case.is_statement() {
        return Ok(());
    }
    let Some(change) = case.needs.unbounded.first() else { return Ok(()) };
    let (met, why) = if change.always_true {
        (
            format!("{} with a condition that narrows nothing", change.kind),
            "the condition looks at no row, or is true of every row, and the policy requires one that narrows",
        )
    } else {
        (
            format!("{} without a WHERE clause", change.kind),
            "it changes every row of the table, and the policy requires a WHERE clause",
        )
    };
    let instead = "say which rows are meant, for example WHERE id = ANY ($1)";
    Err(Refusal::new(Rule::Where, met, why, instead).at(change.position))
}
