//! The check config_file_errors: mistakes in the configuration files.

use crate::catalog;
use crate::checks::check::{Check, Group, Needs, Source, Thresholds};

pub(super) static CHECK: Check = Check {
    id: "config_file_errors",
    group: Group::Settings,
    title: "Mistakes in the configuration files",
    why: "the server does not start again with them",
    measures: "present",
    thresholds: Thresholds { info: None, warning: None, critical: Some(1.0), below: false },
    mend: "mend the file, then SELECT pg_reload_conf()",
    lock: "takes no lock",
    views: "pg_file_settings",
    needs: Needs::Superuser,
    counts: false,
    source: Source::Query(&catalog::CHECK_FILES),
};
