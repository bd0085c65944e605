//! The check checksum_failures: pages with wrong checksums.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "checksum_failures",
    group: Group::Storage,
    title: "Pages with wrong checksums",
    why: "the storage gives back other bytes than were written",
    measures: "pages",
    thresholds: Thresholds { info: None, warning: None, critical: Some(1.0), below: false },
    mend: "check the disk, restore from a backup",
    lock: "",
    views: "pg_stat_database",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SERVER),
};
