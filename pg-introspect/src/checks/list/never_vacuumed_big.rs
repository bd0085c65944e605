//! The check never_vacuumed_big: large tables that were never vacuumed.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "never_vacuumed_big",
    group: Group::Vacuum,
    title: "Large tables that were never vacuumed",
    why: "index-only scans read the table, and freezing will come all at once",
    measures: "rows",
    thresholds: Thresholds { info: Some(1_000_000.0), warning: None, critical: None, below: false },
    mend: "vacuum",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_stat_user_tables, pg_class",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_TABLES),
};
