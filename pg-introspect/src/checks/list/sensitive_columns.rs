//! The check sensitive_columns: columns of secrets that everybody may read.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "sensitive_columns",
    group: Group::Security,
    title: "Columns of secrets that everybody may read",
    why: "by its name the column holds what nobody should see",
    measures: "present",
    thresholds: Thresholds { info: None, warning: None, critical: Some(1.0), below: false },
    mend: "revoke from PUBLIC",
    lock: "takes no lock",
    views: "pg_attribute, pg_class.relacl",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SECURITY),
};
