//! The few catalog queries that this crate itself needs: to judge functions, to describe the server, and to find the
//! names that a failed statement may have meant. All others live in pg-introspect.
//!
//! Invariant: they pass the same gate as a caller's statement, in read access.

use std::sync::LazyLock;

use pg_policy::{Access, NoFacts, Policy, Refusal, Vetted};
use serde::Deserialize;

/// A constant catalog query, vetted once.
pub(crate) struct CatalogQuery(LazyLock<Result<Vetted, Refusal>>);

macro_rules! catalog_query {
    ($file:literal) => {
        CatalogQuery(LazyLock::new(|| Policy::new(Access::Read).vet(include_str!($file), &NoFacts)))
    };
}

impl CatalogQuery {
    /// The vetted statement.
    pub(crate) fn vetted(&self) -> Result<&Vetted, crate::Error> {
        self.0.as_ref().map_err(|refusal| refusal.clone().into())
    }
}

/// Functions by name, each a [`FunctionRow`].
pub(crate) static FUNCTIONS: CatalogQuery = catalog_query!("functions.sql");
/// Operators by symbol, each a [`FunctionRow`].
pub(crate) static OPERATORS: CatalogQuery = catalog_query!("operators.sql");
/// Functions and operators with a name of the server's own, each a [`CollisionRow`].
pub(crate) static COLLISIONS: CatalogQuery = catalog_query!("collisions.sql");
/// What views are made of, each a [`ViewRow`].
pub(crate) static VIEWS: CatalogQuery = catalog_query!("views.sql");
/// The relations that masks concern.
pub(crate) static MASKS: CatalogQuery = catalog_query!("masks.sql");
/// The views that read such relations.
pub(crate) static MASK_DEPENDENTS: CatalogQuery = catalog_query!("mask_dependents.sql");
/// The server and the role, one [`ServerRow`].
pub(crate) static SERVER: CatalogQuery = catalog_query!("server.sql");
/// Names of relations and functions, each a [`NameRow`].
pub(crate) static NAMES: CatalogQuery = catalog_query!("names.sql");
/// Columns of relations, each a [`ColumnRow`].
pub(crate) static COLUMNS: CatalogQuery = catalog_query!("columns.sql");

/// What a table does with rows that come at once, at most one [`BulkRow`].
pub(crate) static BULK: CatalogQuery = catalog_query!("bulk.sql");

/// A row of `functions.sql` or `operators.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct FunctionRow {
    pub schema: String,
    pub name: String,
    pub volatility: String,
    pub security_definer: bool,
    pub language: String,
    pub trusted_language: bool,
    pub extension: Option<String>,
}

/// A row of `collisions.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct CollisionRow {
    pub kind: String,
    pub schema: String,
    pub name: String,
    pub volatility: String,
    pub security_definer: bool,
    pub language: String,
    pub trusted_language: bool,
    pub extension: Option<String>,
}

/// A row of `views.sql`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ViewRow {
    pub schema: String,
    pub name: String,
    pub definition: String,
}

/// A row of `server.sql`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ServerRow {
    pub version: String,
    pub version_number: u32,
    pub role: String,
    pub database: String,
    pub superuser: bool,
    pub bypasses_row_security: bool,
    pub creates_roles: bool,
    pub replicates: bool,
    pub in_recovery: bool,
    pub powerful_memberships: Vec<String>,
}

/// A row of `names.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct NameRow {
    pub schema: String,
    pub name: String,
    pub visible: bool,
}

/// A row of `columns.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct ColumnRow {
    pub relation: String,
    pub name: String,
}

/// A row of `bulk.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct BulkRow {
    pub row_by_row: bool,
    pub takes_copy: bool,
}

#[cfg(test)]
mod tests {
    use super::{
        BULK, COLLISIONS, COLUMNS, FUNCTIONS, MASK_DEPENDENTS, MASKS, NAMES, OPERATORS, SERVER, VIEWS,
    };

    #[test]
    fn every_catalog_query_passes_the_gate_in_read_access() {
        for query in [
            &BULK,
            &FUNCTIONS,
            &OPERATORS,
            &COLLISIONS,
            &VIEWS,
            &SERVER,
            &NAMES,
            &COLUMNS,
            &MASKS,
            &MASK_DEPENDENTS,
        ] {
            query.vetted().unwrap();
        }
    }
}
