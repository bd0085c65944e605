//! The questions of this crate to PostgreSQL's catalog, each a file of `catalog/`, judged once in read access.
//!
//! Separate because their texts are constants: nothing that a caller wrote becomes part of one.

use std::sync::LazyLock;

use pg_core::{Call, Connection, Error};
use pg_policy::{Access, NoFacts, Policy, Refusal, Vetted, with_own_operators};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// A constant query whose rows a caller reads into its own type.
pub(crate) struct CatalogQuery(LazyLock<Result<Vetted, Refusal>>);

macro_rules! catalog_query {
    ($file:literal) => {
        CatalogQuery(LazyLock::new(|| {
            let text = with_own_operators(include_str!(concat!("../catalog/", $file)))?;
            Policy::new(Access::Read).vet(&text, &NoFacts)
        }))
    };
}

impl CatalogQuery {
    /// Its rows.
    ///
    /// # Errors
    /// Those of fetching.
    pub(crate) async fn rows<Row: DeserializeOwned>(
        &self,
        call: &Call,
        connection: &Connection,
        parameters: &[Value],
    ) -> Result<Vec<Row>, Error> {
        let vetted = self.0.as_ref().map_err(|refusal| Error::from(refusal.clone()))?;
        connection.fetch(call, vetted, parameters).await
    }
}

/// The schema of a relation as the search path finds it, at most one [`SchemaRow`].
pub(crate) static SCHEMA_OF: CatalogQuery = catalog_query!("schema_of.sql");

/// Whether there is a relation, one [`ExistsRow`].
pub(crate) static EXISTS: CatalogQuery = catalog_query!("exists.sql");

/// The table of a name that rows are made for, at most one row.
pub(crate) static FILL_TABLE: CatalogQuery = catalog_query!("fill_table.sql");

/// Its columns.
pub(crate) static FILL_COLUMNS: CatalogQuery = catalog_query!("fill_columns.sql");

/// What its rows must meet.
pub(crate) static FILL_RULES: CatalogQuery = catalog_query!("fill_rules.sql");

/// Whether the server's log can be decoded, one row.
pub(crate) static DECODING: CatalogQuery = catalog_query!("decoding.sql");

/// A table, the tables below it, and what tells their rows apart in the log.
pub(crate) static FOLLOWED: CatalogQuery = catalog_query!("followed.sql");

/// A replication slot, at most one row.
pub(crate) static SLOT: CatalogQuery = catalog_query!("slot.sql");

/// How far the log was flushed, one row.
pub(crate) static FLUSHED: CatalogQuery = catalog_query!("flushed.sql");

/// Types that are not there, a [`NameRow`] each.
pub(crate) static MISSING_TYPES: CatalogQuery = catalog_query!("missing_types.sql");

/// What a table's indexes have besides their definitions, an [`IndexMarks`] each.
pub(crate) static INDEX_MARKS: CatalogQuery = catalog_query!("index_marks.sql");

/// Foreign keys that a partition has from its parent, a [`NameRow`] each.
pub(crate) static INHERITED_KEYS: CatalogQuery = catalog_query!("inherited_keys.sql");

/// A name.
#[derive(Debug, Deserialize)]
pub(crate) struct NameRow {
    pub name: String,
}

/// A row of `index_marks.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct IndexMarks {
    pub name: String,
    /// Whether it is part of an index of the table whose partition this is.
    pub is_part: bool,
    pub statements: Vec<String>,
}

/// A row of `exists.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct ExistsRow {
    pub there: bool,
}

/// A row of `schema_of.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct SchemaRow {
    pub schema: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_is_allowed_in_read_access() {
        let queries = [
            &SCHEMA_OF,
            &EXISTS,
            &FILL_TABLE,
            &FILL_COLUMNS,
            &FILL_RULES,
            &DECODING,
            &FOLLOWED,
            &SLOT,
            &FLUSHED,
            &MISSING_TYPES,
            &INDEX_MARKS,
            &INHERITED_KEYS,
        ];
        for query in queries {
            query.0.as_ref().unwrap();
        }
    }
}
