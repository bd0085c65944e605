//! The check ssl_off: no encryption.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "ssl_off",
    group: Group::Security,
    title: "No encryption",
    why: "whoever stands between client and server reads what goes by",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "give the server a certificate and set ssl = on",
    lock: "",
    views: "pg_settings",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SECURITY),
};
