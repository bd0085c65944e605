//! The check recent_start: a server that started just now.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "recent_start",
    group: Group::Settings,
    title: "A server that started just now",
    why: "a crash empties caches, unlogged tables and, before 15, statistics",
    measures: "minutes",
    thresholds: Thresholds { info: Some(60.0), warning: None, critical: None, below: true },
    mend: "look into the log, if nobody restarted it",
    lock: "",
    views: "pg_postmaster_start_time()",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SERVER),
};
