//! The rules that switch `TRUNCATE` and `DROP` off.
//!
//! Separate because a policy may grant schema access without them. Invariant: they are asked of every statement inside the
//! statement too, and a dropped column counts as `DROP`.

use super::case::{Case, Outcome};
use crate::kind::StatementKind;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Asks whether something is emptied or dropped.
pub(super) fn destructive(case: &Case<'_>, _: &mut Outcome) -> Result<(), Refusal> {
    if !case.is_statement() {
        return Ok(());
    }
    let outer = [(case.needs.kind, None)];
    for (kind, position) in outer.iter().chain(&case.needs.inner_kinds) {
        if *kind == StatementKind::Truncate && !case.settings.truncate {
            let instead =
                "use DELETE with a WHERE clause, or let the administrator set truncate = true in the policy";
            let why = "the policy does not let tables be emptied";
            return Err(Refusal::new(Rule::Truncate, kind.to_string(), why, instead).at(*position));
        }
        if matches!(kind, StatementKind::Drop(_)) && !case.settings.drop {
            return Err(drop_refusal(kind.to_string()).at(*position));
        }
    }
    if case.needs.drops_columns && !case.settings.drop {
        return Err(drop_refusal(format!("DROP COLUMN in {}", case.needs.kind)));
    }
    Ok(())
}

fn drop_refusal(met: String) -> Refusal {
    Refusal::new(
        Rule::Drop,
        met,
        "the policy does not let anything be dropped",
        "rename it for now, or let the administrator set drop = true in the policy",
    )
}
