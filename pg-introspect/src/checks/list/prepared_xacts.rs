//! The check prepared_xacts: forgotten prepared transactions.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "prepared_xacts",
    group: Group::Locks,
    title: "Forgotten prepared transactions",
    why: "nobody ends it by itself: it holds locks and dead rows through restarts",
    measures: "seconds since PREPARE TRANSACTION",
    thresholds: Thresholds { info: None, warning: Some(60.0), critical: Some(3600.0), below: false },
    mend: "commit or roll it back",
    lock: "releases its locks; what it did is rolled back",
    views: "pg_prepared_xacts",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_HORIZON),
};
