//! The check large_toast: tables with more long values than rows.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "large_toast",
    group: Group::Tables,
    title: "Tables with more long values than rows",
    why: "every read of the whole row fetches and unpacks them",
    measures: "MiB of long values",
    thresholds: Thresholds { info: Some(1024.0), warning: None, critical: None, below: false },
    mend: "read only the columns that are needed; default_toast_compression = lz4 (14) is faster",
    lock: "",
    views: "pg_class",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SCANS),
};
