//! The check no_primary_key: tables without a primary key.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "no_primary_key",
    group: Group::Tables,
    title: "Tables without a primary key",
    why: "rows cannot be told apart, nor replicated logically",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "add a key",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile",
    views: "pg_constraint",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_KEYS),
};
