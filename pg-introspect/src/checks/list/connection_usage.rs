//! The check connection_usage: connections near the limit.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "connection_usage",
    group: Group::Connections,
    title: "Connections near the limit",
    why: "once none is left, applications are turned away",
    measures: "% of max_connections less those reserved",
    thresholds: Thresholds { info: None, warning: Some(80.0), critical: Some(95.0), below: false },
    mend: "raise max_connections, or put a pooler in front",
    lock: "",
    views: "pg_stat_activity, pg_settings",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SESSIONS),
};
