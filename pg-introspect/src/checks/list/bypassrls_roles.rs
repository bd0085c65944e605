//! The check bypassrls_roles: roles that no row policy holds.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "bypassrls_roles",
    group: Group::Security,
    title: "Roles that no row policy holds",
    why: "row-level security does not protect from them",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "take it away",
    lock: "takes no lock",
    views: "pg_roles",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SECURITY),
};
