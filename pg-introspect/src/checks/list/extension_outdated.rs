//! The check extension_outdated: extensions with a newer version at hand.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "extension_outdated",
    group: Group::Settings,
    title: "Extensions with a newer version at hand",
    why: "mends of the extension are not in use",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "update it",
    lock: "as its script takes",
    views: "pg_available_extensions",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SCHEMA),
};
