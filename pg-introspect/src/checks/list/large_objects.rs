//! The check large_objects: large objects.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "large_objects",
    group: Group::Tables,
    title: "Large objects",
    why: "what no row names any more stays for ever",
    measures: "MiB",
    thresholds: Thresholds { info: Some(1024.0), warning: None, critical: None, below: false },
    mend: "run vacuumlo; keep bytes in columns or outside",
    lock: "",
    views: "pg_largeobject",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SERVER),
};
