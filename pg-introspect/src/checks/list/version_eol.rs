//! The check version_eol: a server without fixes.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "version_eol",
    group: Group::Settings,
    title: "A server without fixes",
    why: "holes that become known are not mended",
    measures: "2 once support has ended",
    thresholds: Thresholds { info: None, warning: Some(2.0), critical: None, below: false },
    mend: "upgrade to a supported major",
    lock: "",
    views: "server_version_num",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_SERVER),
};
