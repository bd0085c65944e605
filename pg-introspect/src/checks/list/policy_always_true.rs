//! The check policy_always_true: policies that let every row be written.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "policy_always_true",
    group: Group::Security,
    title: "Policies that let every row be written",
    why: "it is no limit",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "say which rows",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, for a moment",
    views: "pg_policy",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_ROWS),
};
