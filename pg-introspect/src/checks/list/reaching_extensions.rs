//! The check reaching_extensions: extensions that reach outside.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "reaching_extensions",
    group: Group::Security,
    title: "Extensions that reach outside",
    why: "statements can read files or other servers through it",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "drop it where it is not needed",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, on its objects",
    views: "pg_extension",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SECURITY),
};
