//! The check blocking_chain: sessions that wait for a lock.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "blocking_chain",
    group: Group::Locks,
    title: "Sessions that wait for a lock",
    why: "whoever waits holds locks too, for which others wait",
    measures: "seconds that somebody waits",
    thresholds: Thresholds { info: Some(0.0), warning: Some(10.0), critical: Some(60.0), below: false },
    mend: "ask find_blocking, then end the root of the chain",
    lock: "takes no lock; what the session did since BEGIN is rolled back",
    views: "pg_stat_activity, pg_blocking_pids()",
    needs: Needs::Role("pg_read_all_stats"),
    counts: false,
    source: Source::Query(&catalog::CHECK_SESSIONS),
};
