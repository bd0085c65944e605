//! The check logical_subscription: subscriptions that do not run.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "logical_subscription",
    group: Group::Replication,
    title: "Subscriptions that do not run",
    why: "changes do not arrive, and the publisher keeps their WAL",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "enable it; look into the log",
    lock: "SHARE UPDATE EXCLUSIVE",
    views: "pg_stat_subscription",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_REPLICATION),
};
