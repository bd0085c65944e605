//! The check sequence_exhaustion: sequences near their end.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "sequence_exhaustion",
    group: Group::Tables,
    title: "Sequences near their end",
    why: "once it ends, every INSERT fails",
    measures: "% of the sequence",
    thresholds: Thresholds { info: None, warning: Some(75.0), critical: Some(90.0), below: false },
    mend: "widen it; the column must be bigint too",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, for a moment",
    views: "pg_sequence",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_KEYS),
};
