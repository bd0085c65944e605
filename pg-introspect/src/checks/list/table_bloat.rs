//! The check table_bloat: tables that are mostly empty.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "table_bloat",
    group: Group::Vacuum,
    title: "Tables that are mostly empty",
    why: "scans read the empty pages too, and the cache holds them",
    measures: "MiB that by estimate hold nothing, from half of the table",
    thresholds: Thresholds { info: Some(20.0), warning: Some(100.0), critical: None, below: false },
    mend: "write it anew when nobody needs it, or use pg_repack",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, while the table is written anew",
    views: "pg_class, pg_stats",
    needs: Needs::Role("pg_read_all_data"),
    counts: false,
    source: Source::Query(&catalog::CHECK_TABLES),
};
