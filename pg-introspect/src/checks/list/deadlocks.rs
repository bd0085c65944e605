//! The check deadlocks: deadlocks.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "deadlocks",
    group: Group::Locks,
    title: "Deadlocks",
    why: "each one fails a transaction",
    measures: "deadlocks an hour",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: Some(10.0), below: false },
    mend: "lock rows in the same order everywhere; log_lock_waits tells who",
    lock: "",
    views: "pg_stat_database",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_SERVER),
};
