//! The check no_replica_identity: published tables without identity.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "no_replica_identity",
    group: Group::Replication,
    title: "Published tables without identity",
    why: "UPDATE and DELETE on it fail",
    measures: "present",
    thresholds: Thresholds { info: None, warning: None, critical: Some(1.0), below: false },
    mend: "add a primary key, or publish whole rows",
    lock: "ACCESS EXCLUSIVE: nobody reads or writes meanwhile, for a moment",
    views: "pg_publication_tables",
    needs: Needs::Nothing,
    counts: false,
    source: Source::Query(&catalog::CHECK_KEYS),
};
