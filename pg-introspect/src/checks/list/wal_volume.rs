//! The check wal_volume: wAL that is not removed.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "wal_volume",
    group: Group::Storage,
    title: "WAL that is not removed",
    why: "it fills the disk, and then the server stops",
    measures: "% of max_wal_size",
    thresholds: Thresholds { info: Some(150.0), warning: Some(200.0), critical: None, below: false },
    mend: "look at slot_inactive, archiver_failing and wal_keep_size",
    lock: "",
    views: "pg_ls_waldir()",
    needs: Needs::Role("pg_monitor"),
    counts: false,
    source: Source::Query(&catalog::CHECK_WAL),
};
