//! The check idle_connections: many idle sessions.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "idle_connections",
    group: Group::Connections,
    title: "Many idle sessions",
    why: "every idle session keeps memory and makes snapshots dearer",
    measures: "idle sessions",
    thresholds: Thresholds { info: None, warning: Some(100.0), critical: None, below: false },
    mend: "put a pooler in front, or lower the pools of applications",
    lock: "",
    views: "pg_stat_activity",
    needs: Needs::Role("pg_read_all_stats"),
    counts: false,
    source: Source::Query(&catalog::CHECK_SESSIONS),
};
