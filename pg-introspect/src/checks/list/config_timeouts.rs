//! The check config_timeouts: no end for forgotten transactions.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "config_timeouts",
    group: Group::Settings,
    title: "No end for forgotten transactions",
    why: "one forgotten transaction stops vacuum and holds its locks",
    measures: "present",
    thresholds: Thresholds { info: Some(1.0), warning: None, critical: None, below: false },
    mend: "set it",
    lock: "takes no lock",
    views: "pg_file_settings, pg_db_role_setting",
    needs: Needs::Superuser,
    counts: false,
    source: Source::Query(&catalog::CHECK_FILES),
};
