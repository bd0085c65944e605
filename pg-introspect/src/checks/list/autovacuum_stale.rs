//! The check autovacuum_stale: vacuum is due and does not come.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "autovacuum_stale",
    group: Group::Vacuum,
    title: "Vacuum is due and does not come",
    why: "workers are too few, too slow, or cancelled again and again",
    measures: "days",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: Some(2.0), below: false },
    mend: "vacuum now; raise autovacuum_vacuum_cost_limit",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_stat_user_tables",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_TABLES),
};
