//! The check data_checksums_off: no page checksums.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "data_checksums_off",
    group: Group::Storage,
    title: "No page checksums",
    why: "damage by the storage is not noticed",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "pg_checksums --enable while the server is stopped",
    lock: "",
    views: "pg_settings",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SERVER),
};
