//! The check archiver_failing: archiving fails.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "archiver_failing",
    group: Group::Replication,
    title: "Archiving fails",
    why: "backups are not complete, and WAL fills the disk",
    measures: "present",
    thresholds: Thresholds { info: None, warning: None, critical: Some(1.0), below: false },
    mend: "look into the log for the command's error",
    lock: "",
    views: "pg_stat_archiver",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_REPLICATION),
};
