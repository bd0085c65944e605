//! The check redundant_index: indexes that another one covers.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "redundant_index",
    group: Group::Indexes,
    title: "Indexes that another one covers",
    why: "every write maintains it for nothing",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "drop the shorter one",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_index",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Indexes,
};
