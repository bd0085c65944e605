//! The check nested_views: views on views on views.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "nested_views",
    group: Group::Tables,
    title: "Views on views on views",
    why: "estimates go wrong with each level, and changes break what stands on them",
    measures: "levels",
    thresholds: Thresholds { info: Some(4.0), warning: None, critical: None, below: false },
    mend: "write the upper ones on tables",
    lock: "",
    views: "pg_rewrite, pg_depend",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SCHEMA),
};
