//! The check function_search_path: functions that trust their caller's search_path.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "function_search_path",
    group: Group::Security,
    title: "Functions that trust their caller's search_path",
    why: "a caller puts an object of their own in front and acts with the owner's rights",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "set search_path on the function",
    lock: "takes no lock",
    views: "pg_proc.proconfig",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SECURITY),
};
