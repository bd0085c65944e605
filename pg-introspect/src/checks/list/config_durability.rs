//! The check config_durability: settings that risk the data.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "config_durability",
    group: Group::Settings,
    title: "Settings that risk the data",
    why: "after a crash data is missing or broken",
    measures: "1 for the last commits, 2 for the database",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: Some(2.0), below: false },
    mend: "switch it on",
    lock: "takes no lock",
    views: "pg_settings",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SETTINGS),
};
