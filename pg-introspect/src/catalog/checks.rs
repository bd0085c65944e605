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
    /// The statements that mend it, in their order.
    pub mend: Option<Vec<String>>,
}

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident $file:literal [$($since:literal $path:literal),+] $([$($function:literal),+])?;)+) => {
        $($(#[$doc])* pub(crate) static $name: CatalogQuery<Measured> =
            CatalogQuery::new($file, &[$(($since, include_str!(concat!("../../catalog/", $path)))),+])
                $(.calling(&[$($function),+]))?;)+
    };
}

// What is named in a second pair of brackets may be called by that one query; whether a role may, the server decides.
checks! {
    /// Sessions and locks.
    CHECK_SESSIONS "check_sessions" [13 "check_sessions.sql"];
    /// What holds vacuum back.
    CHECK_HORIZON "check_horizon" [13 "check_horizon.sql"];
    /// Databases.
    CHECK_SERVER "check_server" [13 "check_server.sql"];
    /// Vacuum and statistics of tables.
    CHECK_TABLES "check_tables" [13 "check_tables.sql"];
    /// How tables are read and written.
    CHECK_SCANS "check_scans" [13 "check_scans.sql"];
    /// Keys.
    CHECK_KEYS "check_keys" [13 "check_keys.sql"];
    /// Definitions.
    CHECK_SCHEMA "check_schema" [13 "check_schema.sql"];
    /// Partitioned tables.
    CHECK_PARTITIONS "check_partitions" [13 "check_partitions.sql"];
    /// Standbys, slots, subscriptions and the archive.
    CHECK_REPLICATION "check_replication" [13 "check_replication.sql"];
    /// Checkpoints and who writes pages.
    CHECK_CHECKPOINTS "check_checkpoints" [13 "check_checkpoints.sql", 17 "check_checkpoints@17.sql"];
    /// The write-ahead log.
    CHECK_WAL "check_wal" [13 "check_wal.sql"] ["pg_catalog.pg_ls_waldir", "pg_catalog.pg_ls_archive_statusdir"];
    /// Settings.
    CHECK_SETTINGS "check_settings" [13 "check_settings.sql"];
    /// The configuration files.
    CHECK_FILES "check_files" [13 "check_files.sql"] ["pg_catalog.pg_show_all_file_settings"];
    /// The access rules.
    CHECK_ACCESS "check_access" [13 "check_access.sql"] ["pg_catalog.pg_hba_file_rules"];
    /// Row-level security.
    CHECK_ROWS "check_rows" [13 "check_rows.sql"];
    /// Privileges, functions, roles and extensions.
    CHECK_SECURITY "check_security" [13 "check_security.sql"];
    /// Versions of collations.
    CHECK_COLLATIONS "check_collations" [13 "check_collations.sql", 15 "check_collations@15.sql"];
    /// Statements as they are counted.
    CHECK_STATEMENTS "check_statements" [13 "check_statements.sql"];
    /// How long statements are remembered.
    CHECK_EVICTED "check_evicted" [13 "check_evicted.sql", 14 "check_evicted@14.sql"];
    /// The server's clock.
    CHECK_CLOCK "check_clock" [13 "check_clock.sql"];
}
