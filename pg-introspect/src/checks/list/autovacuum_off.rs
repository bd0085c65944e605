//! The check autovacuum_off: autovacuum is off.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "autovacuum_off",
    group: Group::Vacuum,
    title: "Autovacuum is off",
    why: "tables grow, and at last the server stops to prevent wraparound",
    measures: "1 for a table, 2 for the server",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: Some(2.0), below: false },
    mend: "switch it on",
    lock: "SHARE UPDATE EXCLUSIVE: reads and writes go on",
    views: "pg_settings, pg_class.reloptions",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_TABLES),
};
