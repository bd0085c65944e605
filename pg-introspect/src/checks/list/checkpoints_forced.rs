//! The check checkpoints_forced: checkpoints before their time.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "checkpoints_forced",
    group: Group::Storage,
    title: "Checkpoints before their time",
    why: "each one makes pages be written whole into WAL again",
    measures: "% of checkpoints, from 50",
    thresholds: Thresholds { info: None, warning: Some(30.0), critical: None, below: false },
    mend: "raise max_wal_size",
    lock: "takes no lock",
    views: "pg_stat_bgwriter, pg_stat_checkpointer",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_CHECKPOINTS),
};
