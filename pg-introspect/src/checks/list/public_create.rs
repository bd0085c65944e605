//! The check public_create: schemas in which everybody may create.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "public_create",
    group: Group::Security,
    title: "Schemas in which everybody may create",
    why: "anybody can put objects in front of others'",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "revoke CREATE from PUBLIC",
    lock: "takes no lock",
    views: "pg_namespace.nspacl",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SECURITY),
};
