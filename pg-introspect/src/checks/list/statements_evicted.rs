//! The check statements_evicted: statements that are forgotten.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "statements_evicted",
    group: Group::Queries,
    title: "Statements that are forgotten",
    why: "what is rare and slow is forgotten first",
    measures: "evictions an hour",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "raise pg_stat_statements.max (restart); bind values instead of writing them into the text",
    lock: "",
    views: "pg_stat_statements_info, since 14",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Statements,
};
