//! The check missing_index_candidates: large tables read from end to end.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "missing_index_candidates",
    group: Group::Indexes,
    title: "Large tables read from end to end",
    why: "each reads the whole table",
    measures: "sequential scans, more than by index",
    thresholds: Thresholds { info: Some(50.0), warning: Some(1000.0), critical: None, below: false },
    mend: "find the statements with top_queries and ask advise_indexes",
    lock: "",
    views: "pg_stat_user_tables",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_SCANS),
};
