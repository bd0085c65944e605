//! The check unused_tables: tables that nobody reads.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "unused_tables",
    group: Group::Tables,
    title: "Tables that nobody reads",
    why: "they cost disk, backups and vacuum",
    measures: "MiB",
    thresholds: Thresholds { info: Some(10.0), warning: None, critical: None, below: false },
    mend: "ask who needs it; keep a dump and drop it",
    lock: "",
    views: "pg_stat_user_tables",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_SCANS),
};
