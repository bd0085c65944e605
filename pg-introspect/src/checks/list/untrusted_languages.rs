//! The check untrusted_languages: untrusted languages.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "untrusted_languages",
    group: Group::Security,
    title: "Untrusted languages",
    why: "its functions reach the server's files and network",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "drop it where it is not needed",
    lock: "",
    views: "pg_language",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SECURITY),
};
