//! The check last_checkpoint_age: a late checkpoint.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "last_checkpoint_age",
    group: Group::Storage,
    title: "A late checkpoint",
    why: "a crash now is followed by a long recovery, and WAL grows",
    measures: "% of checkpoint_timeout, from 16 MiB of WAL",
    thresholds: Thresholds { info: None, warning: Some(200.0), critical: Some(400.0), below: false },
    mend: "look for a slow disk; make one by hand",
    lock: "takes no lock; writes all changed pages",
    views: "pg_control_checkpoint()",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_CHECKPOINTS),
};
