//! The check clock_skew: a clock that is off.

use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "clock_skew",
    group: Group::Settings,
    title: "A clock that is off",
    why: "times in rows and in logs do not fit together, and tokens expire early or late",
    measures: "seconds between the server's clock and the one here",
    thresholds: Thresholds { info: None, warning: Some(2.0), critical: Some(60.0), below: false },
    mend: "let both machines follow NTP",
    lock: "",
    views: "clock_timestamp()",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Clock,
};
