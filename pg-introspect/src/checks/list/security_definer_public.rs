//! The check security_definer_public: functions that everybody runs as their owner.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "security_definer_public",
    group: Group::Security,
    title: "Functions that everybody runs as their owner",
    why: "whoever can connect acts with the owner's rights",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "revoke EXECUTE from PUBLIC and grant it to those who need it",
    lock: "takes no lock",
    views: "pg_proc",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SECURITY),
};
