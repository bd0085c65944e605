//! The check config_memory: memory at its default.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "config_memory",
    group: Group::Settings,
    title: "Memory at its default",
    why: "the server uses little of its machine",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "set about a quarter of the memory (restart)",
    lock: "",
    views: "pg_settings",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SETTINGS),
};
