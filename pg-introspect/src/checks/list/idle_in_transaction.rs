//! The check idle_in_transaction: transactions left open.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "idle_in_transaction",
    group: Group::Connections,
    title: "Transactions left open",
    why: "it holds its locks and keeps vacuum from removing dead rows",
    measures: "seconds idle in a transaction",
    thresholds: Thresholds { info: None, warning: Some(60.0), critical: Some(600.0), below: false },
    mend: "end the session; mend the application that forgets to commit",
    lock: "takes no lock; what the session did since BEGIN is rolled back",
    views: "pg_stat_activity",
    needs: Needs::Role("pg_read_all_stats"),
    counts: false,
    source: Source::Query(&catalog::CHECK_SESSIONS),
};
