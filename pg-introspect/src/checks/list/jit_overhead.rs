//! The check jit_overhead: compilation that takes longer than it saves.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "jit_overhead",
    group: Group::Queries,
    title: "Compilation that takes longer than it saves",
    why: "it is repeated at each run",
    measures: "% of a statement's time, from 1 second",
    thresholds: Thresholds { info: Some(20.0), warning: Some(50.0), critical: None, below: false },
    mend: "raise jit_above_cost, or switch jit off",
    lock: "takes no lock",
    views: "pg_stat_statements, since 15",
    needs: Needs::Role("pg_read_all_stats"),
    counts: true,
    source: Source::Statements,
};
