//! The check duplicate_fk: foreign keys that are the same.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "duplicate_fk",
    group: Group::Tables,
    title: "Foreign keys that are the same",
    why: "every write checks both",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "drop one",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, for a moment",
    views: "pg_constraint",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_KEYS),
};
