//! The check vacuum_blocked: vacuum that cannot do its work.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "vacuum_blocked",
    group: Group::Vacuum,
    title: "Vacuum that cannot do its work",
    why: "dead rows stay, tables grow, and nothing says so",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "end what is in its way",
    lock: "takes no lock; what the session did since BEGIN is rolled back",
    views: "pg_stat_activity, pg_locks, pg_stat_user_tables",
    needs: Needs::Role("pg_read_all_stats"),
    counts: false,
    source: Source::Query(&catalog::CHECK_HORIZON),
};
