//! The check fk_type_mismatch: foreign keys of another type than the key.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "fk_type_mismatch",
    group: Group::Tables,
    title: "Foreign keys of another type than the key",
    why: "values may not fit, and comparisons cast",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "change the type",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, while the table is written anew",
    views: "pg_constraint",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_KEYS),
};
