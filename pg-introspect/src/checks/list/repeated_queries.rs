//! The check repeated_queries: one statement again and again.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "repeated_queries",
    group: Group::Queries,
    title: "One statement again and again",
    why: "a round trip for each row costs more than the row",
    measures: "% of all statements, from 10,000 runs of at most one row",
    thresholds: Thresholds { info: Some(30.0), warning: None, critical: None, below: false },
    mend: "ask for all rows at once: a join, or = ANY ($1)",
    lock: "",
    views: "pg_stat_statements",
    needs: Needs::Role("pg_read_all_stats"),
    counts: true,
    source: Source::Statements,
};
