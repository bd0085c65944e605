//! The check xmin_horizon: old snapshots that hold vacuum back.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "xmin_horizon",
    group: Group::Vacuum,
    title: "Old snapshots that hold vacuum back",
    why: "vacuum removes no row that the oldest of these may still see: tables grow",
    measures: "transactions",
    thresholds: Thresholds {
        info: None,
        warning: Some(1_000_000.0),
        critical: Some(10_000_000.0),
        below: false,
    },
    mend: "end what holds it back",
    lock: "takes no lock; a slot's reader must be set up anew",
    views: "pg_stat_activity, pg_replication_slots, pg_prepared_xacts",
    needs: Needs::Role("pg_read_all_stats"),
    counts: false,
    source: Source::Query(&catalog::CHECK_HORIZON),
};
