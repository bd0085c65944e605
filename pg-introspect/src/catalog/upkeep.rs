//! Rows that maintenance is planned by and measured with.

use serde::Deserialize;

use super::CatalogQuery;

macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $(pub(crate) $field: $type),+
        }
    };
}

row! {
    /// What maintenance of a table is judged by.
    UpkeepTable {
        oid: i64, sql_name: String, live_rows: i64, dead_rows: i64, changed_rows: i64, transaction_age: Option<i64>,
        was_analyzed: bool, bytes_estimate: i64, may_maintain: bool,
    }
}
row! {
    /// How large a table is, and how much of it is dead.
    UpkeepRelation { bytes: i64, dead_rows: i64 }
}
row! {
    /// What deleting old rows needs; names, types and texts are as the server quotes them.
    UpkeepRetention {
        column_name: String, column_type: String, is_time: bool, older_than: String, server_time: f64,
        key_columns: Vec<String>, key_types: Vec<String>,
    }
}
row! {
    /// A period that has no partition; names and bounds are as the server quotes them.
    UpkeepPeriod { sql_name: String, lower_bound: String, upper_bound: String, is_taken: bool }
}
row! {
    /// A partition by time.
    UpkeepPartition {
        oid: i64, sql_name: String, upper_bound: Option<String>, is_old: bool, is_being_detached: bool,
        has_default: bool, row_estimate: i64, bytes_estimate: i64,
    }
}
row! {
    /// How far work on a table is.
    UpkeepProgress { phase: Option<String>, done: Option<i64>, whole: Option<i64> }
}

/// Tables: `$1` most rows.
pub(crate) static UPKEEP_TABLES: CatalogQuery<UpkeepTable> = CatalogQuery::new(
    "upkeep_tables",
    &[
        (13, include_str!("../../catalog/upkeep_tables.sql")),
        (17, include_str!("../../catalog/upkeep_tables@17.sql")),
    ],
);

/// One table: `$1` its oid.
pub(crate) static UPKEEP_RELATION: CatalogQuery<UpkeepRelation> =
    CatalogQuery::new("upkeep_relation", &[(13, include_str!("../../catalog/upkeep_relation.sql"))]);

/// Old rows: `$1` oid of the table, `$2` the column, `$3` seconds.
pub(crate) static UPKEEP_RETENTION: CatalogQuery<UpkeepRetention> =
    CatalogQuery::new("upkeep_retention", &[(13, include_str!("../../catalog/upkeep_retention.sql"))]);

/// Periods without a partition: `$1` oid of the table, `$2` period, `$3` how many ahead.
pub(crate) static UPKEEP_PERIODS: CatalogQuery<UpkeepPeriod> =
    CatalogQuery::new("upkeep_periods", &[(13, include_str!("../../catalog/upkeep_periods.sql"))]);

/// Partitions: `$1` oid of the table, `$2` period, `$3` after how many one is old.
pub(crate) static UPKEEP_PARTITIONS: CatalogQuery<UpkeepPartition> = CatalogQuery::new(
    "upkeep_partitions",
    &[
        (13, include_str!("../../catalog/upkeep_partitions.sql")),
        (14, include_str!("../../catalog/upkeep_partitions@14.sql")),
    ],
);

/// Work on a table: `$1` its oid.
pub(crate) static UPKEEP_PROGRESS: CatalogQuery<UpkeepProgress> =
    CatalogQuery::new("upkeep_progress", &[(13, include_str!("../../catalog/upkeep_progress.sql"))]);
