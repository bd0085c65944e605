//! The check version_minor: a minor release behind.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "version_minor",
    group: Group::Settings,
    title: "A minor release behind",
    why: "each mends bugs, some of which lose data, and changes nothing else",
    measures: "releases behind the newest that this program knows",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: None, below: false },
    mend: "install it and restart: no upgrade is needed",
    lock: "",
    views: "server_version_num",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SERVER),
};
