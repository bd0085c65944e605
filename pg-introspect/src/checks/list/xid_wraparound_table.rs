//! The check xid_wraparound_table: tables that are not frozen.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "xid_wraparound_table",
    group: Group::Vacuum,
    title: "Tables that are not frozen",
    why: "the oldest table decides when the database runs out of transaction ids",
    measures: "% of autovacuum_freeze_max_age",
    thresholds: Thresholds { info: None, warning: Some(110.0), critical: Some(200.0), below: false },
    mend: "vacuum with FREEZE",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_class.relfrozenxid",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_TABLES),
};
