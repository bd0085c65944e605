//! The check bgwriter_pressure: sessions that write pages themselves.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "bgwriter_pressure",
    group: Group::Storage,
    title: "Sessions that write pages themselves",
    why: "a query waits until the page whose room it needs is written",
    measures: "% of written pages, from 10,000",
    thresholds: Thresholds { info: Some(20.0), warning: Some(50.0), critical: None, below: false },
    mend: "raise shared_buffers; let the background writer do more",
    lock: "takes no lock",
    views: "pg_stat_bgwriter, pg_stat_io",
    needs: Needs::Nothing,
    counts: true,
    source: Source::Query(&catalog::CHECK_CHECKPOINTS),
};
