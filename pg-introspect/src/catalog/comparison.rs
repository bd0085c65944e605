//! Rows about every object of a database and what depends on what, as a comparison of schemas reads them.
//!
//! Separate from the rows about one table because these are compared and not shown. Invariant: a row says nothing that
//! differs between two databases that were made by the same statements.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::CatalogQuery;

/// Relations.
pub(crate) static COMPARE_RELATIONS: CatalogQuery<ComparedObject> =
    CatalogQuery::new("compare_relations", &[(13, include_str!("../../catalog/compare_relations.sql"))]);
/// Columns.
pub(crate) static COMPARE_COLUMNS: CatalogQuery<ComparedObject> =
    CatalogQuery::new("compare_columns", &[(13, include_str!("../../catalog/compare_columns.sql"))]);
/// What belongs to a relation.
pub(crate) static COMPARE_MEMBERS: CatalogQuery<ComparedObject> =
    CatalogQuery::new("compare_members", &[(13, include_str!("../../catalog/compare_members.sql"))]);
/// Types and routines.
pub(crate) static COMPARE_TYPES: CatalogQuery<ComparedObject> =
    CatalogQuery::new("compare_types", &[(13, include_str!("../../catalog/compare_types.sql"))]);
/// All other objects.
pub(crate) static COMPARE_OTHERS: CatalogQuery<ComparedObject> =
    CatalogQuery::new("compare_others", &[(13, include_str!("../../catalog/compare_others.sql"))]);
/// What depends on what.
pub(crate) static COMPARE_EDGES: CatalogQuery<DependencyEdge> =
    CatalogQuery::new("compare_edges", &[(13, include_str!("../../catalog/compare_edges.sql"))]);

/// An object of a database.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparedObject {
    /// The catalog that it is in.
    pub class: String,
    /// Its oid there.
    pub oid: i64,
    /// The number of a column, otherwise 0.
    pub sub: i32,
    /// What it is.
    pub kind: String,
    /// Its schema, where it has one.
    pub schema: Option<String>,
    /// Its name as SQL writes it, unique in its kind.
    pub name: String,
    /// The last part of its name as SQL writes it.
    pub bare: String,
    /// The relation or type that it is part of.
    pub parent: Option<String>,
    /// Its place among its like, from 1, where that means something.
    pub place: i32,
    /// What is compared: a text or a list of texts by name.
    pub attributes: BTreeMap<String, Value>,
}

/// That one object depends on another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DependencyEdge {
    /// The catalog of the object that depends.
    pub class: String,
    /// Its oid.
    pub oid: i64,
    /// Its column, or 0.
    pub sub: i32,
    /// The catalog of the object that it needs.
    pub on_class: String,
    /// Its oid.
    pub on_oid: i64,
    /// Its column, or 0.
    pub on_sub: i32,
}
