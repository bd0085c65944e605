//! The check mxid_wraparound: multixact ids run out.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "mxid_wraparound",
    group: Group::Vacuum,
    title: "Multixact ids run out",
    why: "at 2 billion the server takes no more writes",
    measures: "million multixacts",
    thresholds: Thresholds { info: None, warning: Some(400.0), critical: Some(1500.0), below: false },
    mend: "vacuum with FREEZE, in that database",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_database",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SERVER),
};
