//! The check duplicate_index: indexes that are the same.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "duplicate_index",
    group: Group::Indexes,
    title: "Indexes that are the same",
    why: "every write maintains both",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "drop one",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_index",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Indexes,
};
