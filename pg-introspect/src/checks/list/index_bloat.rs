//! The check index_bloat: bloated indexes.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "index_bloat",
    group: Group::Indexes,
    title: "Bloated indexes",
    why: "scans read empty space and the cache holds it",
    measures: "MiB",
    thresholds: Thresholds { info: Some(10.0), warning: Some(100.0), critical: None, below: false },
    mend: "build it again",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on; needs the space of both",
    views: "pg_class, pg_stats",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Indexes,
};
