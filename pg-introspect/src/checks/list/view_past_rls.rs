//! The check view_past_rls: views past row-level security.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "view_past_rls",
    group: Group::Security,
    title: "Views past row-level security",
    why: "a view reads with its owner's rights, whom the policies do not hold",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "make it read with the rights of its reader",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, for a moment",
    views: "pg_rewrite, pg_depend, pg_class",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_ROWS),
};
