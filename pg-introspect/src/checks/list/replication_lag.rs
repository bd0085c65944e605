//! The check replication_lag: standbys that lag.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "replication_lag",
    group: Group::Replication,
    title: "Standbys that lag",
    why: "a failover loses it, and readers see old rows",
    measures: "MiB behind",
    thresholds: Thresholds { info: None, warning: Some(100.0), critical: Some(1024.0), below: false },
    mend: "look at the standby's disk and network",
    lock: "",
    views: "pg_stat_replication",
    needs: Needs::Role("pg_read_all_stats"),
    counts: false,
    source: Source::Query(&catalog::CHECK_REPLICATION),
};
