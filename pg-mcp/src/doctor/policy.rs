//! What may be done on a connection, and whether that was meant.

use pg_core::{Access, ConnectionEntry};

use super::sign::{Area, Sign};

/// What was seen of the policy of a connection.
pub(super) fn look_at(id: &str, entry: &ConnectionEntry) -> Vec<Sign> {
    let asks = &entry.policy.confirmation;
    let confirmed = asks.writes || asks.rows_above.is_some() || !asks.kinds.is_empty();
    let access = entry.access;
    let confirm = "set policy.confirm for the connection, so that a person sees the change first";
    let mut signs = Vec::new();
    if access == Access::Admin {
        signs.push(
            Sign::warn(Area::Policy, id, "access is `admin`: roles, settings and the server itself")
                .because("an agent acts on what it reads, and what it reads may be written by others")
                .mend("use `schema`, `write` or `read`, and a profile for the rest"),
        );
    }
    if access > Access::Read && !confirmed {
        signs.push(
            Sign::warn(Area::Policy, id, format!("access is `{access}`, and no change is confirmed"))
                .because("whatever the agent writes is done at once")
                .mend(confirm),
        );
    }
    if access > Access::Read && !entry.policy.rules.require_where {
        signs.push(
            Sign::warn(Area::Policy, id, "UPDATE and DELETE without WHERE are let through")
                .because("one forgotten condition changes a whole table")
                .mend("set policy.require_where = true"),
        );
    }
    if entry.limits.statement_timeout.is_zero() {
        signs.push(
            Sign::warn(Area::Policy, id, "statements may run for ever")
                .mend("set limits.statement_timeout_ms"),
        );
    }
    if signs.is_empty() {
        let timeout = entry.limits.statement_timeout;
        let what = format!(
            "access is `{access}`; a statement may run {timeout:?} and give {} rows",
            entry.limits.max_rows
        );
        signs.push(Sign::ok(Area::Policy, id, what));
    }
    signs
}
