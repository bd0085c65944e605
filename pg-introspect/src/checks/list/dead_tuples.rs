//! The check dead_tuples: dead rows.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "dead_tuples",
    group: Group::Vacuum,
    title: "Dead rows",
    why: "every scan reads them too",
    measures: "% of all rows, from 10,000 dead ones",
    thresholds: Thresholds { info: None, warning: Some(20.0), critical: Some(60.0), below: false },
    mend: "vacuum; find what holds autovacuum back",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_stat_user_tables",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_TABLES),
};
