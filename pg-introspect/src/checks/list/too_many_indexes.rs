//! The check too_many_indexes: tables with many indexes that are written often.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "too_many_indexes",
    group: Group::Indexes,
    title: "Tables with many indexes that are written often",
    why: "each write maintains all of them",
    measures: "indexes, from 10,000 writes",
    thresholds: Thresholds { info: Some(10.0), warning: None, critical: None, below: false },
    mend: "ask list_indexes which are unused or redundant",
    lock: "",
    views: "pg_index, pg_stat_user_tables",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_SCANS),
};
