//! The check pending_restart: settings that wait for a restart.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "pending_restart",
    group: Group::Settings,
    title: "Settings that wait for a restart",
    why: "the server runs with other settings than its file says",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "restart when it suits",
    lock: "",
    views: "pg_settings",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SETTINGS),
};
