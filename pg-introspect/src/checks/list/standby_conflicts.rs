//! The check standby_conflicts: queries cancelled by replay.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "standby_conflicts",
    group: Group::Replication,
    title: "Queries cancelled by replay",
    why: "readers of the standby fail",
    measures: "cancelled queries",
    thresholds: Thresholds { info: Some(1.0), warning: Some(100.0), critical: None, below: false },
    mend: "raise max_standby_streaming_delay, or set hot_standby_feedback",
    lock: "",
    views: "pg_stat_database_conflicts",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_SERVER),
};
