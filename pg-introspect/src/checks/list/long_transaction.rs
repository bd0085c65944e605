//! The check long_transaction: long transactions.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "long_transaction",
    group: Group::Connections,
    title: "Long transactions",
    why: "it keeps vacuum from removing rows that died since it began",
    measures: "seconds since BEGIN",
    thresholds: Thresholds { info: None, warning: Some(300.0), critical: Some(3600.0), below: false },
    mend: "cancel the statement, or do the work in smaller transactions",
    lock: "takes no lock; the statement is rolled back",
    views: "pg_stat_activity",
    needs: Needs::Role("pg_read_all_stats"),
    counts: false,
    source: Source::Query(&catalog::CHECK_SESSIONS),
};
