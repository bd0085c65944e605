//! The check missing_fk_index: foreign keys without an index.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "missing_fk_index",
    group: Group::Indexes,
    title: "Foreign keys without an index",
    why: "a delete in the referenced table reads this one whole",
    measures: "rows of the table",
    thresholds: Thresholds { info: Some(0.0), warning: Some(10000.0), critical: None, below: false },
    mend: "make the index",
    lock: "SHARE UPDATE EXCLUSIVE with CONCURRENTLY: reads and writes go on",
    views: "pg_constraint, pg_index",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Indexes,
};
