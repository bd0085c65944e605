//! Rows of the server's statistics, one type for each section of get_statistics.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// A row type whose fields are told under their own names; the units are in the names.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $(pub(crate) $field: $type),+
        }
    };
}

row! {
    /// The use of a table.
    TableUse {
        schema: String, table_name: String, live_rows: i64, dead_rows: i64, heap_bytes_estimate: i64,
        sequential_scans: i64, rows_read_sequentially: i64, index_scans: i64, inserted: i64, updated: i64,
        updated_hot: i64, deleted: i64, changed_since_analyze: i64, last_vacuum: Option<String>,
        last_analyze: Option<String>, cache_hit_percent: Option<f64>, total: i64,
    }
}
row! {
    /// The use of an index.
    IndexUse {
        schema: String, table_name: String, index_name: String, bytes_estimate: i64, scans: i64, entries_read: i64,
        rows_fetched: i64, cache_hit_percent: Option<f64>, total: i64,
    }
}
row! {
    /// The work of a database.
    DatabaseUse {
        database: String, size_bytes: Option<i64>, sessions: i32, commits: i64, rollbacks: i64,
        cache_hit_percent: Option<f64>, blocks_read: i64, temporary_files: i64, temporary_bytes: i64, deadlocks: i64,
        conflicts: i64, checksum_failures: Option<i64>, transaction_age: i64, counted_since: Option<String>,
    }
}
row! {
    /// How near a table is to its next vacuum.
    VacuumState {
        schema: String, table_name: String, dead_rows: i64, vacuum_due_at_dead_rows: i64, is_vacuum_due: bool,
        changed_since_analyze: i64, transaction_age: i64, freeze_percent: Option<f64>, last_vacuum: Option<String>,
        is_autovacuum_on: bool,
    }
}
row! {
    /// Long work and how far it is.
    Progress {
        pid: i32, command: Option<String>, database: Option<String>, relation: Option<String>, phase: Option<String>,
        done: Option<i64>, whole: Option<i64>, percent: Option<f64>,
    }
}
row! {
    /// A standby, a replication slot or a stream.
    Replication {
        kind: String, name: Option<String>, state: Option<String>, mode: Option<String>, is_active: bool,
        behind_bytes: Option<i64>, behind_seconds: Option<f64>, wal_status: Option<String>, database: Option<String>,
    }
}
row! {
    /// The write-ahead log, checkpoints and archiver.
    Wal {
        wal_records: Option<i64>, wal_full_page_images: Option<i64>, wal_bytes: Option<serde_json::Number>,
        wal_buffers_full: Option<i64>, checkpoints_timed: i64, checkpoints_requested: i64,
        checkpoint_write_ms: f64, checkpoint_sync_ms: f64, checkpoint_buffers: i64, background_writer_buffers: i64,
        background_writer_stopped_early: i64, buffers_allocated: i64, archived: i64, archive_failures: i64,
        last_archive_failure: Option<String>, wal_level: String, counted_since: Option<String>,
    }
}
row! {
    /// Input and output of one kind.
    InputOutput {
        backend_type: String, object: String, context: String, reads: Option<i64>, read_ms: Option<f64>,
        writes: Option<i64>, write_ms: Option<f64>, extends: Option<i64>, hits: Option<i64>, evictions: Option<i64>,
        fsyncs: Option<i64>,
    }
}
row! {
    /// A setting.
    Setting {
        name: String, setting: Option<String>, unit: Option<String>, built_in: Option<String>, source: Option<String>,
        changed_by: Option<String>, waits_for_restart: bool,
    }
}
row! {
    /// An extension.
    Extension {
        name: String, version: String, available_version: Option<String>, differs: bool, schema: String,
        comment: Option<String>,
    }
}
row! {
    /// A role.
    Role {
        name: String, can_login: bool, attributes: Vec<String>, member_of: Vec<String>, connection_limit: Option<i32>,
        valid_until: Option<String>,
    }
}

/// Tables: `$1` schema or `*`, `$2` most rows.
pub(crate) static STAT_TABLES: CatalogQuery<TableUse> =
    CatalogQuery::new("stat_tables", &[(13, include_str!("../../catalog/stat_tables.sql"))]);
/// Indexes: `$1` schema or `*`, `$2` most rows.
pub(crate) static STAT_INDEXES: CatalogQuery<IndexUse> =
    CatalogQuery::new("stat_indexes", &[(13, include_str!("../../catalog/stat_indexes.sql"))]);
/// Databases: `$1` most rows.
pub(crate) static STAT_DATABASES: CatalogQuery<DatabaseUse> =
    CatalogQuery::new("stat_databases", &[(13, include_str!("../../catalog/stat_databases.sql"))]);
/// Vacuum: `$1` schema or `*`, `$2` most rows.
pub(crate) static STAT_VACUUM: CatalogQuery<VacuumState> =
    CatalogQuery::new("stat_vacuum", &[(13, include_str!("../../catalog/stat_vacuum.sql"))]);
/// Progress: `$1` most rows.
pub(crate) static STAT_PROGRESS: CatalogQuery<Progress> = CatalogQuery::new(
    "stat_progress",
    &[
        (13, include_str!("../../catalog/stat_progress.sql")),
        (14, include_str!("../../catalog/stat_progress@14.sql")),
    ],
);
/// Replication: `$1` most rows.
pub(crate) static STAT_REPLICATION: CatalogQuery<Replication> =
    CatalogQuery::new("stat_replication", &[(13, include_str!("../../catalog/stat_replication.sql"))]);
/// The write-ahead log.
pub(crate) static STAT_WAL: CatalogQuery<Wal> = CatalogQuery::new(
    "stat_wal",
    &[
        (13, include_str!("../../catalog/stat_wal.sql")),
        (14, include_str!("../../catalog/stat_wal@14.sql")),
        (17, include_str!("../../catalog/stat_wal@17.sql")),
    ],
);
/// Input and output: `$1` most rows.
pub(crate) static STAT_IO: CatalogQuery<InputOutput> = CatalogQuery::new(
    "stat_io",
    &[(13, include_str!("../../catalog/stat_io.sql")), (16, include_str!("../../catalog/stat_io@16.sql"))],
);
/// Settings: `$1` LIKE pattern or null, `$2` most rows.
pub(crate) static STAT_SETTINGS: CatalogQuery<Setting> =
    CatalogQuery::new("stat_settings", &[(13, include_str!("../../catalog/stat_settings.sql"))]);
/// Extensions: `$1` most rows.
pub(crate) static STAT_EXTENSIONS: CatalogQuery<Extension> =
    CatalogQuery::new("stat_extensions", &[(13, include_str!("../../catalog/stat_extensions.sql"))]);
/// Roles: `$1` most rows.
pub(crate) static STAT_ROLES: CatalogQuery<Role> =
    CatalogQuery::new("stat_roles", &[(13, include_str!("../../catalog/stat_roles.sql"))]);
