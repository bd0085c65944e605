//! The check collation_mismatch: collations that changed under indexes.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "collation_mismatch",
    group: Group::Storage,
    title: "Collations that changed under indexes",
    why: "rows are sorted otherwise now: searches miss rows and unique keys are not",
    measures: "present",
    thresholds: Thresholds { info: None, warning: None, critical: Some(1.0), below: false },
    mend: "REINDEX what is sorted by it, then refresh the version",
    lock: "takes no lock",
    views: "pg_collation, pg_database",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_COLLATIONS),
};
