//! The check rollback_ratio: many rollbacks.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "rollback_ratio",
    group: Group::Connections,
    title: "Many rollbacks",
    why: "work is done and thrown away; reads through this toolkit are rolled back too",
    measures: "% of transactions, from 10,000",
    thresholds: Thresholds { info: None, warning: Some(20.0), critical: Some(50.0), below: false },
    mend: "look into the log for the errors",
    lock: "",
    views: "pg_stat_database",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_SERVER),
};
