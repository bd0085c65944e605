//! The check invalid_index: invalid indexes.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "invalid_index",
    group: Group::Indexes,
    title: "Invalid indexes",
    why: "queries do not use it and every write maintains it; a unique one keeps nothing unique",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "drop it, or build it again",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_index",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Indexes,
};
