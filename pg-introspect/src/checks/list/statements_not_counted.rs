//! The check statements_not_counted: statements are not counted.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "statements_not_counted",
    group: Group::Queries,
    title: "Statements are not counted",
    why: "slow statements cannot be found afterwards",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "load and install pg_stat_statements",
    lock: "takes no lock",
    views: "pg_extension",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SETTINGS),
};
