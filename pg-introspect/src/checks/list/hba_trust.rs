//! The check hba_trust: access rules that trust.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "hba_trust",
    group: Group::Security,
    title: "Access rules that trust",
    why: "whoever reaches the server is who he says he is",
    measures: "1 for a rule that cannot be read, 2 for trust on this machine or plain passwords, 3 for trust from elsewhere",
    thresholds: Thresholds { info: None, warning: Some(1.0), critical: Some(3.0), below: false },
    mend: "write scram-sha-256 instead, then SELECT pg_reload_conf()",
    lock: "",
    views: "pg_hba_file_rules",
    needs: Needs::Superuser,
    counts: false,
    source: Source::Query(&catalog::CHECK_ACCESS),
};
