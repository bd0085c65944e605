//! The check superuser_roles: superusers that log in.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "superuser_roles",
    group: Group::Security,
    title: "Superusers that log in",
    why: "no policy of the server holds them",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "take it away, and grant what is needed",
    lock: "takes no lock",
    views: "pg_roles",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SECURITY),
};
