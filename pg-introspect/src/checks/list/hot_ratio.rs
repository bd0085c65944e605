//! The check hot_ratio: updates that touch every index.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "hot_ratio",
    group: Group::Tables,
    title: "Updates that touch every index",
    why: "each update writes to every index",
    measures: "% of updates that are HOT, from 100,000",
    thresholds: Thresholds { info: Some(50.0), warning: None, critical: None, below: true },
    mend: "leave room in pages, or index fewer columns that change",
    lock: "SHARE UPDATE EXCLUSIVE; holds for new pages",
    views: "pg_stat_user_tables",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_SCANS),
};
