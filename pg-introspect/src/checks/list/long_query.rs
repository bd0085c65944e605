//! The check long_query: long statements.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "long_query",
    group: Group::Connections,
    title: "Long statements",
    why: "it may hold others up, or have a bad plan",
    measures: "seconds of one statement",
    thresholds: Thresholds { info: Some(60.0), warning: Some(300.0), critical: Some(3600.0), below: false },
    mend: "explain it; cancel it",
    lock: "takes no lock; the statement is rolled back",
    views: "pg_stat_activity",
    needs: Needs::Role("pg_read_all_stats"),
    counts: false,
    source: Source::Query(&catalog::CHECK_SESSIONS),
};
