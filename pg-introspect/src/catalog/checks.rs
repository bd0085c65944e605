//! The catalog queries of checks: one row shape for all, so that several checks share a query.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::CatalogQuery;

/// One thing that a check measured, or could not.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The check.
    pub check_id: String,
    /// What was measured, as SQL names it; nothing for the whole server.
    pub object: Option<String>,
    /// The number that thresholds are held against; nothing where it could not be had.
    pub value: Option<f64>,
    /// What was found, in a sentence.
    pub message: Option<String>,
    /// Why it could not be looked at, and what would help.
    pub unknown: Option<String>,
    /// The numbers behind it.
    pub evidence: Option<Map<String, Value>>,
    /// The statement that mends it.
    pub mend: Option<String>,
}

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident $file:literal [$($since:literal $path:literal),+];)+) => {
        $($(#[$doc])* pub(crate) static $name: CatalogQuery<Measured> =
            CatalogQuery::new($file, &[$(($since, include_str!(concat!("../../catalog/", $path)))),+]);)+
    };
}

checks! {
    /// Sessions, transactions and locks.
    CHECK_SESSIONS "check_sessions" [13 "check_sessions.sql"];
    /// Databases.
    CHECK_SERVER "check_server" [13 "check_server.sql"];
    /// The contents of tables.
    CHECK_TABLES "check_tables" [13 "check_tables.sql"];
    /// Definitions.
    CHECK_SCHEMA "check_schema" [13 "check_schema.sql"];
    /// Standbys, slots, subscriptions and the archive.
    CHECK_REPLICATION "check_replication" [13 "check_replication.sql"];
    /// Checkpoints.
    CHECK_CHECKPOINTS "check_checkpoints" [13 "check_checkpoints.sql", 17 "check_checkpoints@17.sql"];
    /// Settings.
    CHECK_SETTINGS "check_settings" [13 "check_settings.sql"];
    /// Privileges, row-level security, functions and roles.
    CHECK_SECURITY "check_security" [13 "check_security.sql"];
    /// Versions of collations.
    CHECK_COLLATIONS "check_collations" [13 "check_collations.sql", 15 "check_collations@15.sql"];
}
