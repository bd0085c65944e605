//! The check rls_without_policy: row-level security without a policy.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "rls_without_policy",
    group: Group::Security,
    title: "Row-level security without a policy",
    why: "nobody but the owner sees a row",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "write a policy, or switch it off",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, for a moment",
    views: "pg_policy",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_ROWS),
};
