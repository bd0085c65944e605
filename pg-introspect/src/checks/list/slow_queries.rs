//! The check slow_queries: slow statements.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "slow_queries",
    group: Group::Queries,
    title: "Slow statements",
    why: "they are where the time goes",
    measures: "milliseconds a run, from 100 runs",
    thresholds: Thresholds { info: Some(20.0), warning: Some(1000.0), critical: None, below: false },
    mend: "ask top_queries for its text, then explain_query",
    lock: "",
    views: "pg_stat_statements",
    needs: Needs::Role("pg_read_all_stats"),
    counts: true,
    source: Source::Statements,
};
