//! The check standby_disconnected: this standby has no primary.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "standby_disconnected",
    group: Group::Replication,
    title: "This standby has no primary",
    why: "it falls behind until it cannot follow any more",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "look at primary_conninfo and at the log",
    lock: "",
    views: "pg_stat_wal_receiver",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_REPLICATION),
};
