//! Rows about the keys and checks of a table.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// The constraints of a table: `$1` oid.
pub(crate) static CONSTRAINTS: CatalogQuery<Constraint> = CatalogQuery::new(
    "constraints",
    &[
        (13, include_str!("../../catalog/constraints.sql")),
        (18, include_str!("../../catalog/constraints@18.sql")),
    ],
);

/// A constraint.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// `primary key`, `foreign key`, `check`, `unique` or `exclusion`.
    pub kind: String,
    /// Its columns, in the order of the key.
    pub columns: Vec<String>,
    /// The schema that a foreign key points into.
    pub referenced_schema: Option<String>,
    /// The table that a foreign key points at.
    pub referenced_table: Option<String>,
    /// The columns that a foreign key points at, in the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// What an update of the referenced key does.
    pub on_update: Option<String>,
    /// What a delete of the referenced row does.
    pub on_delete: Option<String>,
    /// Whether rows from before it was added were checked.
    pub is_validated: bool,
    /// Whether new rows are checked.
    pub is_enforced: bool,
    /// The definition as SQL.
    pub definition: String,
    /// Its comment.
    pub comment: Option<String>,
}

/// A foreign key.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: String,
    /// Its columns, in the order of the key.
    pub columns: Vec<String>,
    /// The schema of the table that it points at.
    pub referenced_schema: Option<String>,
    /// The table that it points at.
    pub referenced_table: Option<String>,
    /// The columns that it points at, in the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// What an update of the referenced key does, such as `cascade`.
    pub on_update: Option<String>,
    /// What a delete of the referenced row does, such as `set null`.
    pub on_delete: Option<String>,
    /// Whether rows from before it was added were checked.
    pub is_validated: bool,
    /// Whether new rows are checked; NOT ENFORCED is new in 18.
    pub is_enforced: bool,
    /// The definition as SQL.
    pub definition: String,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl From<Constraint> for ForeignKey {
    fn from(constraint: Constraint) -> Self {
        Self {
            name: constraint.name,
            columns: constraint.columns,
            referenced_schema: constraint.referenced_schema,
            referenced_table: constraint.referenced_table,
            referenced_columns: constraint.referenced_columns,
            on_update: constraint.on_update,
            on_delete: constraint.on_delete,
            is_validated: constraint.is_validated,
            is_enforced: constraint.is_enforced,
            definition: constraint.definition,
            comment: constraint.comment,
        }
    }
}

/// A check constraint.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Check {
    /// The constraint's name.
    pub name: String,
    /// The columns that it looks at.
    pub columns: Vec<String>,
    /// The definition as SQL.
    pub definition: String,
    /// Whether rows from before it was added were checked.
    pub is_validated: bool,
    /// Whether new rows are checked; NOT ENFORCED is new in 18.
    pub is_enforced: bool,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A constraint that an index keeps.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyConstraint {
    /// The constraint's name, which is its index's too.
    pub name: String,
    /// `primary key`, `unique` or `exclusion`.
    pub kind: String,
    /// Its columns, in the order of the key.
    pub columns: Vec<String>,
    /// The definition as SQL.
    pub definition: String,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl From<Constraint> for KeyConstraint {
    fn from(constraint: Constraint) -> Self {
        Self {
            name: constraint.name,
            kind: constraint.kind,
            columns: constraint.columns,
            definition: constraint.definition,
            comment: constraint.comment,
        }
    }
}

impl From<Constraint> for Check {
    fn from(constraint: Constraint) -> Self {
        Self {
            name: constraint.name,
            columns: constraint.columns,
            definition: constraint.definition,
            is_validated: constraint.is_validated,
            is_enforced: constraint.is_enforced,
            comment: constraint.comment,
        }
    }
}
