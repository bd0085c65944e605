//! The check disabled_triggers: disabled triggers.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "disabled_triggers",
    group: Group::Tables,
    title: "Disabled triggers",
    why: "what it guards or writes does not happen; a disabled internal one is a foreign key that is not checked",
    measures: "present",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "enable it",
    lock: "SHARE ROW EXCLUSIVE: reads go on",
    views: "pg_trigger",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SCHEMA),
};
