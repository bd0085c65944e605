//! The check autovacuum_saturated: autovacuum workers that are all at work.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "autovacuum_saturated",
    group: Group::Vacuum,
    title: "Autovacuum workers that are all at work",
    why: "tables wait for their turn; look again: one sample is no trend",
    measures: "% of autovacuum_max_workers at this moment",
    thresholds: Thresholds { info: Some(100.0), warning: None, critical: None, below: false },
    mend: "raise autovacuum_vacuum_cost_limit, then autovacuum_max_workers",
    lock: "",
    views: "pg_stat_activity",
    needs: Needs::Role("pg_read_all_stats"),
    counts: false,
    source: Source::Query(&catalog::CHECK_HORIZON),
};
