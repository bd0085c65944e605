//! The check partition_gaps: partitions that are missing.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "partition_gaps",
    group: Group::Tables,
    title: "Partitions that are missing",
    why: "rows have no place, or land where no query looks first",
    measures: "1 for rows in the default partition or none for what comes next, 2 where an INSERT fails",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: Some(2.0), below: false },
    mend: "make the partition",
    lock: "ACCESS EXCLUSIVE on the default partition while it is checked",
    views: "pg_inherits",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_PARTITIONS),
};
