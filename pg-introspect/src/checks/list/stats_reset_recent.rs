//! The check stats_reset_recent: young statistics.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "stats_reset_recent",
    group: Group::Queries,
    title: "Young statistics",
    why: "what stands on counters is not sure yet",
    measures: "days",
    thresholds: Thresholds { info: Some(7.0), warning: None, critical: None, below: true },
    mend: "look again later",
    lock: "",
    views: "pg_stat_database",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SERVER),
};
