//! The check low_value_index: indexes that choose little.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "low_value_index",
    group: Group::Indexes,
    title: "Indexes that choose little",
    why: "whoever uses it reads most of the table, and every write maintains it",
    measures: "MiB",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "drop it, or make it partial for the rare values",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_index, pg_stats",
    needs: Needs::Role("pg_read_all_data"),
    counts: false,
    source: Source::Query(&catalog::CHECK_SCANS),
};
