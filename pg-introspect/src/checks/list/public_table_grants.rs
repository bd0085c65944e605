//! The check public_table_grants: tables that every role may use.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "public_table_grants",
    group: Group::Security,
    title: "Tables that every role may use",
    why: "whoever can connect can",
    measures: "1 for reading, 2 for writing",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: Some(2.0), below: false },
    mend: "revoke from PUBLIC",
    lock: "takes no lock",
    views: "pg_class.relacl",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SECURITY),
};
