//! Rows about objects of any kind, and the statements that make them again.

use serde::Deserialize;

use super::CatalogQuery;

/// Objects by name: `$1` schema or null, `$2` name, `$3` most rows.
pub(crate) static OBJECTS_NAMED: CatalogQuery<NamedObject> =
    CatalogQuery::new("objects_named", &[(13, include_str!("../../catalog/objects_named.sql"))]);

/// Statements that make a relation again: `$1` oid.
pub(crate) static RELATION_DEFINITION: CatalogQuery<DefinitionPart> = CatalogQuery::new(
    "relation_definition",
    &[
        (13, include_str!("../../catalog/relation_definition.sql")),
        (14, include_str!("../../catalog/relation_definition@14.sql")),
    ],
);

/// Statements that make another object again: `$1` class, `$2` oid.
pub(crate) static OBJECT_DEFINITION: CatalogQuery<DefinitionPart> =
    CatalogQuery::new("object_definition", &[(13, include_str!("../../catalog/object_definition.sql"))]);

/// An object that has a name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedObject {
    /// Which catalog it is in: `relation`, `function`, `type`, `trigger`, `constraint`, `policy`, `schema`, `extension`.
    pub class: String,
    /// What people call it.
    pub kind: String,
    /// Its oid there.
    pub oid: i64,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The table of a trigger, constraint or policy; the arguments of a function.
    pub of_object: Option<String>,
}

/// One statement of a definition.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefinitionPart {
    /// Where it stands in order.
    pub place: i32,
    /// What it is for: `table`, `index`, `comment`, `privileges` and so on.
    pub section: String,
    /// The statement, without a semicolon.
    pub statement: String,
}
