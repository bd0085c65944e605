//! The check constraint_not_valid: constraints that were never validated.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "constraint_not_valid",
    group: Group::Tables,
    title: "Constraints that were never validated",
    why: "old rows may break it, and the planner does not rely on it",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "validate it",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_constraint",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SCHEMA),
};
