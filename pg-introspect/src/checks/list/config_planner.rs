//! The check config_planner: costs of spinning disks.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "config_planner",
    group: Group::Settings,
    title: "Costs of spinning disks",
    why: "index scans are thought dearer than they are",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "lower random_page_cost on SSD",
    lock: "takes no lock",
    views: "pg_settings",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SETTINGS),
};
