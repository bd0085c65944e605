//! The check locks_count: lock table filling.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "locks_count",
    group: Group::Locks,
    title: "Lock table filling",
    why: "when it is full, statements fail with `out of shared memory`",
    measures: "% of the lock table",
    thresholds: Thresholds { info: None, warning: Some(60.0), critical: Some(80.0), below: false },
    mend: "raise max_locks_per_transaction (restart), or touch fewer tables in a transaction",
    lock: "",
    views: "pg_locks, max_locks_per_transaction",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SESSIONS),
};
