//! The check temp_files: sorts and hashes that spill to disk.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "temp_files",
    group: Group::Queries,
    title: "Sorts and hashes that spill to disk",
    why: "disk is slower than memory by far",
    measures: "MiB of temporary files an hour",
    thresholds: Thresholds { info: Some(256.0), warning: Some(1024.0), critical: None, below: false },
    mend: "find the statements with top_queries; raise work_mem for them",
    lock: "",
    views: "pg_stat_database",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_SERVER),
};
