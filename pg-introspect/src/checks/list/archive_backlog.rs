//! The check archive_backlog: wAL that waits to be archived.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "archive_backlog",
    group: Group::Replication,
    title: "WAL that waits to be archived",
    why: "it stays until it is, and a backup is behind by as much",
    measures: "files",
    thresholds: Thresholds { info: Some(10.0), warning: Some(100.0), critical: Some(1000.0), below: false },
    mend: "make the archive command faster, or mend it",
    lock: "",
    views: "pg_ls_archive_statusdir()",
    needs: Needs::Role("pg_monitor"),
    counts: false,
    source: Source::Query(&catalog::CHECK_WAL),
};
