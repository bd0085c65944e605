//! The few catalog queries that this crate itself needs: to judge functions, to describe the server, and to find the
//! names that a failed statement may have meant. All others live in pg-introspect.
//!
//! Invariant: they pass the same gate as a caller's statement, in read access.

use std::sync::LazyLock;

use pg_policy::{Access, NoFacts, Policy, Refusal, Vetted, with_own_operators};
use serde::Deserialize;

/// A constant catalog query, vetted once.
pub(crate) struct CatalogQuery(LazyLock<Result<Vetted, Refusal>>);

macro_rules! catalog_query {
    ($file:literal) => {
        CatalogQuery(LazyLock::new(|| {
            Policy::new(Access::Read).vet(&with_own_operators(include_str!($file))?, &NoFacts)
        }))
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
/// Relations by name, each a [`RelationRow`].
pub(crate) static RELATIONS: CatalogQuery = catalog_query!("relations.sql");
/// What changes of relations set off, by name, each of several [`ChangeRow`]s.
pub(crate) static CHANGES: CatalogQuery = catalog_query!("changes.sql");
/// Types by name, each of several [`TypeRow`]s.
pub(crate) static TYPES: CatalogQuery = catalog_query!("types.sql");
/// Types by quoted name, each a [`TypeOidRow`].
pub(crate) static TYPE_OIDS: CatalogQuery = catalog_query!("type_oids.sql");
/// The relations that masks concern.
pub(crate) static MASKS: CatalogQuery = catalog_query!("masks.sql");
/// The views that read such relations.
pub(crate) static MASK_DEPENDENTS: CatalogQuery = catalog_query!("mask_dependents.sql");
/// The server and the role, one [`ServerRow`].
pub(crate) static SERVER: CatalogQuery = catalog_query!("server.sql");
/// Relations that privileges may be given on.
pub(crate) static GRANTABLE: CatalogQuery = catalog_query!("grantable.sql");
/// Names of relations and functions, each a [`NameRow`].
pub(crate) static NAMES: CatalogQuery = catalog_query!("names.sql");
/// Columns of relations, each a [`ColumnRow`].
pub(crate) static COLUMNS: CatalogQuery = catalog_query!("columns.sql");

/// A relation to be copied, at most one row.
pub(crate) static TRANSFER_SOURCE: CatalogQuery = catalog_query!("transfer_source.sql");
/// Where the extension hypopg is, at most one [`HypopgRow`].
pub(crate) static HYPOPG: CatalogQuery = catalog_query!("hypopg.sql");
/// What a table does with rows that come at once, at most one [`BulkRow`].
pub(crate) static BULK: CatalogQuery = catalog_query!("bulk.sql");

/// A row of `hypopg.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct HypopgRow {
    /// The schema as SQL writes it.
    pub schema: String,
}

/// A row of `functions.sql` or `operators.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct FunctionRow {
    pub schema: String,
    pub name: String,
    /// Whether an unqualified name may lead to it.
    pub in_path: bool,
    pub volatility: String,
    pub security_definer: bool,
    pub language: String,
    pub trusted_language: bool,
    pub extension: Option<String>,
    pub cost: f32,
    /// The definition of one that is written in SQL, or in PL/pgSQL and not volatile.
    pub definition: Option<String>,
}

/// A row of `collisions.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct CollisionRow {
    pub kind: String,
    #[serde(flatten)]
    pub function: FunctionRow,
}

/// A row of `relations.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct RelationRow {
    pub schema: String,
    pub name: String,
    /// Whether the name alone leads to it.
    pub visible: bool,
    /// `pg_class.relkind`.
    pub kind: String,
    pub extension: Option<String>,
    pub definition: Option<String>,
    pub wrappers: Vec<String>,
    pub policy_names: Vec<String>,
    pub policies: Vec<String>,
    pub virtual_columns: Vec<String>,
    pub columns: Vec<String>,
    pub kin_schemas: Vec<String>,
    pub kin_names: Vec<String>,
    pub type_schemas: Vec<String>,
    pub type_names: Vec<String>,
}

/// A row of `types.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct TypeRow {
    /// `type`, `check` or `function`.
    pub part: String,
    pub schema: String,
    pub name: String,
    pub in_path: bool,
    /// What a check is, in words.
    pub what: Option<String>,
    /// The expression of a check, the name of a function.
    pub text: Option<String>,
    pub function_schema: Option<String>,
    pub volatility: Option<String>,
    pub security_definer: Option<bool>,
    pub language: Option<String>,
    pub trusted_language: Option<bool>,
    pub extension: Option<String>,
    pub implicit: Option<bool>,
    pub cost: Option<f32>,
    pub definition: Option<String>,
}

/// A row of `changes.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct ChangeRow {
    /// `relation`, `trigger`, `rule`, `expression`, `function` or `cascade`.
    pub part: String,
    pub schema: String,
    pub name: String,
    /// Whether the name alone leads to the relation.
    pub visible: bool,
    /// What the part is, in words.
    pub what: Option<String>,
    /// A definition or an expression.
    pub text: Option<String>,
    /// Letters of changes.
    pub changes: String,
    pub instead: bool,
    pub function_schema: Option<String>,
    pub function: Option<String>,
    pub volatility: Option<String>,
    pub security_definer: Option<bool>,
    pub language: Option<String>,
    pub trusted_language: Option<bool>,
    pub extension: Option<String>,
    pub cost: Option<f32>,
    /// The definition of a function that runs instead of a change of a view.
    pub definition: Option<String>,
    pub to_schema: Option<String>,
    pub to_name: Option<String>,
    /// Letters of the changes that a foreign key makes.
    pub leads_to: Option<String>,
    pub columns: Option<Vec<String>>,
}

/// A row of `type_oids.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct TypeOidRow {
    pub name: String,
    pub oid: u32,
    /// Whether it is a type that no value has, as `anyelement`.
    pub is_pseudo: bool,
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
        BULK, CHANGES, COLLISIONS, COLUMNS, FUNCTIONS, GRANTABLE, MASK_DEPENDENTS, MASKS, NAMES, OPERATORS,
        RELATIONS, SERVER, TRANSFER_SOURCE, TYPE_OIDS, TYPES,
    };

    #[test]
    fn every_catalog_query_passes_the_gate_in_read_access() {
        for query in [
            &BULK,
            &TRANSFER_SOURCE,
            &FUNCTIONS,
            &GRANTABLE,
            &OPERATORS,
            &COLLISIONS,
            &RELATIONS,
            &CHANGES,
            &TYPES,
            &TYPE_OIDS,
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
