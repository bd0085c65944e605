//! The check unused_index: indexes that nobody reads.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "unused_index",
    group: Group::Indexes,
    title: "Indexes that nobody reads",
    why: "every write maintains it",
    measures: "MiB",
    thresholds: Thresholds { info: Some(1.0), warning: Some(100.0), critical: None, below: false },
    mend: "drop it, once no standby uses it either",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_stat_user_indexes",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Indexes,
};
