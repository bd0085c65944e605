//! The check sync_rep_risk: commits that wait for a standby that is not there.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "sync_rep_risk",
    group: Group::Replication,
    title: "Commits that wait for a standby that is not there",
    why: "every commit hangs",
    measures: "present",
    thresholds: Thresholds { info: None, warning: None, critical: Some(1.0), below: false },
    mend: "bring the standby back, or take it out of synchronous_standby_names",
    lock: "takes no lock",
    views: "pg_stat_replication",
    needs: Needs::Role("pg_read_all_stats"),
    counts: false,
    source: Source::Query(&catalog::CHECK_REPLICATION),
};
