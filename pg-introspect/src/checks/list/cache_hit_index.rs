//! The check cache_hit_index: index blocks not in the cache.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "cache_hit_index",
    group: Group::Storage,
    title: "Index blocks not in the cache",
    why: "the disk is asked instead",
    measures: "% of blocks found in shared_buffers, from 100,000",
    thresholds: Thresholds { info: Some(99.0), warning: Some(90.0), critical: None, below: true },
    mend: "raise shared_buffers; drop unused indexes",
    lock: "",
    views: "pg_statio_user_tables",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_SCANS),
};
