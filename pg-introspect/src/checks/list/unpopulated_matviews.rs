//! The check unpopulated_matviews: materialized views that were never filled.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "unpopulated_matviews",
    group: Group::Tables,
    title: "Materialized views that were never filled",
    why: "reading it fails",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "refresh it",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile",
    views: "pg_class",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SCHEMA),
};
