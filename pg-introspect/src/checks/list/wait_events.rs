//! The check wait_events: what working sessions wait for.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "wait_events",
    group: Group::Locks,
    title: "What working sessions wait for",
    why: "the one thing that most wait for is what makes the server slow",
    measures: "% of working sessions at this moment, from 5",
    thresholds: Thresholds { info: Some(30.0), warning: None, critical: None, below: false },
    mend: "ask list_activity; for locks find_blocking, for IO the disk and shared_buffers",
    lock: "",
    views: "pg_stat_activity",
    needs: Needs::Role("pg_read_all_stats"),
    counts: false,
    source: Source::Query(&catalog::CHECK_SESSIONS),
};
