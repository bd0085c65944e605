//! The check replay_delay: this standby lags.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "replay_delay",
    group: Group::Replication,
    title: "This standby lags",
    why: "readers see old rows",
    measures: "seconds",
    thresholds: Thresholds { info: None, warning: Some(60.0), critical: Some(600.0), below: false },
    mend: "look for long queries and for the disk",
    lock: "",
    views: "pg_last_xact_replay_timestamp()",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_REPLICATION),
};
