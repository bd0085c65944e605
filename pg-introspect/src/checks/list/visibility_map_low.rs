//! The check visibility_map_low: index-only scans that read the table.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "visibility_map_low",
    group: Group::Vacuum,
    title: "Index-only scans that read the table",
    why: "index-only scans must look each row up",
    measures: "% of pages visible to all, from 1 GiB",
    thresholds: Thresholds { info: Some(50.0), warning: None, critical: None, below: true },
    mend: "vacuum",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_class.relallvisible",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_TABLES),
};
