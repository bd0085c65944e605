//! The check policy_without_rls: row policies that do nothing.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "policy_without_rls",
    group: Group::Security,
    title: "Row policies that do nothing",
    why: "somebody relies on rows being hidden that are not",
    measures: "present",
    thresholds: Thresholds { info: None, warning: None, critical: Some(1.0), below: false },
    mend: "switch row-level security on",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, for a moment",
    views: "pg_policy",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_ROWS),
};
