//! The check password_encryption: new passwords kept as MD5.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "password_encryption",
    group: Group::Security,
    title: "New passwords kept as MD5",
    why: "MD5 is guessed fast",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "switch to SCRAM; set passwords anew",
    lock: "takes no lock",
    views: "pg_settings",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SETTINGS),
};
