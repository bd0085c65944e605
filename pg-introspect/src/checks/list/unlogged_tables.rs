//! The check unlogged_tables: unlogged tables.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "unlogged_tables",
    group: Group::Tables,
    title: "Unlogged tables",
    why: "a crash empties it, and standbys do not have it",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "make it logged",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, while the table is written anew",
    views: "pg_class",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SCHEMA),
};
