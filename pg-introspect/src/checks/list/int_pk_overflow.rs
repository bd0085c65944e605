//! The check int_pk_overflow: integer keys near the end of their type.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "int_pk_overflow",
    group: Group::Tables,
    title: "Integer keys near the end of their type",
    why: "once it ends, every INSERT fails",
    measures: "% of the type",
    thresholds: Thresholds { info: Some(50.0), warning: Some(75.0), critical: Some(90.0), below: false },
    mend: "widen the column",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, while the table is written anew",
    views: "pg_attribute, pg_sequence",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_KEYS),
};
