//! The check stats_stale: stale planner statistics.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "stats_stale",
    group: Group::Vacuum,
    title: "Stale planner statistics",
    why: "plans are made for data that is no longer there",
    measures: "% of rows changed, from 10,000",
    thresholds: Thresholds { info: None, warning: Some(20.0), critical: None, below: false },
    mend: "analyze",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_stat_user_tables",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_TABLES),
};
