//! The check slot_inactive: slots that nobody reads.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "slot_inactive",
    group: Group::Replication,
    title: "Slots that nobody reads",
    why: "the server keeps its WAL until the disk is full",
    measures: "MiB of WAL kept, or lost",
    thresholds: Thresholds { info: Some(0.0), warning: Some(1024.0), critical: Some(10240.0), below: false },
    mend: "start its reader, or drop it",
    lock: "takes no lock; its reader must be set up anew",
    views: "pg_replication_slots",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_REPLICATION),
};
