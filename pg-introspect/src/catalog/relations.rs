//! Rows about many relations at once.

use serde::Deserialize;

use super::CatalogQuery;

/// Relations of a schema: `$1` schema or `*`, `$2` LIKE pattern or null, `$3` most rows, `$4` rows to leave out.
pub(crate) static RELATIONS: CatalogQuery<ListedRelation> =
    CatalogQuery::new("relations", &[(13, include_str!("../../catalog/relations.sql"))]);

/// Names of relations: `$1` the schema to begin with, `$2` most rows.
pub(crate) static RELATION_NAMES: CatalogQuery<RelationName> =
    CatalogQuery::new("relation_names", &[(13, include_str!("../../catalog/relation_names.sql"))]);

/// Sizes of relations: `$1` oids.
pub(crate) static RELATION_SIZES: CatalogQuery<RelationSize> =
    CatalogQuery::new("relation_sizes", &[(13, include_str!("../../catalog/relation_sizes.sql"))]);

/// Row estimates of relations by name: `$1` schemas, `$2` names.
pub(crate) static RELATION_ROWS: CatalogQuery<RelationRows> =
    CatalogQuery::new("relation_rows", &[(13, include_str!("../../catalog/relation_rows.sql"))]);

/// Column names of relations: `$1` oids.
pub(crate) static COLUMN_NAMES: CatalogQuery<ColumnNames> =
    CatalogQuery::new("column_names", &[(13, include_str!("../../catalog/column_names.sql"))]);

/// A relation in a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedRelation {
    /// The oid of its row in `pg_class`.
    pub oid: i64,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// `table`, `view` and so on; a letter of a newer server comes as it is.
    pub kind: String,
    /// Its comment.
    pub comment: Option<String>,
    /// Whether the connection's role may SELECT from it.
    pub readable: bool,
    /// How many relations match in all.
    pub total: i64,
}

/// The name of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationName {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
}

/// How large a relation is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationSize {
    /// The oid of its row in `pg_class`.
    pub oid: i64,
    /// Rows, as the statistics estimate them; none where nothing was ever counted.
    pub row_estimate: Option<i64>,
    /// Bytes with indexes and TOAST; none where it has no storage or is locked.
    pub size_bytes: Option<i64>,
    /// Leaf partitions below it.
    pub partition_count: i64,
    /// Whether it or a partition of it is, or is about to be, locked ACCESS EXCLUSIVE, so that it was not measured.
    pub is_locked: bool,
    /// How many columns it has.
    pub column_count: i32,
}

/// The row estimate of a relation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationRows {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Rows, as the statistics estimate them.
    pub row_estimate: i64,
}

/// The columns of a relation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnNames {
    /// The oid of its row in `pg_class`.
    pub oid: i64,
    /// Their names in order.
    pub columns: Vec<String>,
}
