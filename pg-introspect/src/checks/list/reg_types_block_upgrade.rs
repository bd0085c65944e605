//! The check reg_types_block_upgrade: columns that pg_upgrade refuses.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "reg_types_block_upgrade",
    group: Group::Tables,
    title: "Columns that pg_upgrade refuses",
    why: "the next major upgrade stops at it",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "keep names as text",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, while the table is written anew",
    views: "pg_attribute",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SCHEMA),
};
