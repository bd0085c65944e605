//! What health checks elsewhere look at and ours do not, with the reason: so that nobody takes silence for health.
//!
//! Invariant: what stands here is no check's name.

/// What is not checked, and why, or what tells it instead.
pub static NOT_CHECKED: &[(&str, &str)] = &[
    (
        "index_advice",
        "it needs plans of the caller's statements; `advise_indexes` makes them, with hypothetical indexes where hypopg is there",
    ),
    (
        "seq_scan_in_plan",
        "it needs a plan, which needs a statement with its values; `explain_query` says it of one",
    ),
    (
        "top_queries",
        "a list is no finding; `top_queries` gives it, by time, calls, reads, temporary files and WAL",
    ),
    (
        "query_regression",
        "one look has nothing to compare with; `top_queries` compares two, by `since` or `window_seconds`",
    ),
    (
        "settings_drift",
        "one look at one server has nothing to compare with; `get_statistics` lists the settings of each",
    ),
    ("table_growth", "one look has no growth; `list_tables` gives sizes"),
    ("disk_space", "SQL does not show how full a disk is; `get_statistics` gives the sizes of databases"),
    (
        "backup_age",
        "the server does not know of backups that are done; ask pgBackRest, WAL-G or whoever makes them",
    ),
    (
        "amcheck",
        "it reads whole indexes and tables, which takes as long as a backup; run `bt_index_check` by hand, or pg_amcheck at night",
    ),
    (
        "orphaned_large_objects",
        "which are named by no row is known only after reading every column of the type oid; vacuumlo does it",
    ),
    (
        "pgbouncer_pools",
        "its console is no database: it understands its own SHOW commands only, in a protocol without parameters; ask it by psql",
    ),
    (
        "log_digest",
        "it is made of files of the server's machine, which no policy here lets be read; pgBadger reads them there",
    ),
    (
        "role_passwords",
        "whether a kept password is MD5 stands in pg_authid, which is not read; `password_encryption` says how new ones are kept",
    ),
];

#[cfg(test)]
mod tests {
    use super::NOT_CHECKED;
    use crate::checks::CHECKS;

    #[test]
    fn what_is_not_checked_is_no_check() {
        for (name, reason) in NOT_CHECKED {
            assert!(CHECKS.iter().all(|check| check.id != *name), "{name}");
            assert!(reason.len() > 40, "{name}: {reason}");
        }
    }
}
