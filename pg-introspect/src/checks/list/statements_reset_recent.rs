//! The check statements_reset_recent: young counts of statements.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "statements_reset_recent",
    group: Group::Queries,
    title: "Young counts of statements",
    why: "what stands on them is not sure yet",
    measures: "days",
    thresholds: Thresholds { info: Some(7.0), warning: None, critical: None, below: true },
    mend: "look again later",
    lock: "",
    views: "pg_stat_statements_info, since 14",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Statements,
};
