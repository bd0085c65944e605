//! The graph of foreign keys: ways to join two tables, what a delete reaches, and the graph as a diagram.
//!
//! Separate from the operation so that each shape is a test without a server. Invariant: it ends on every graph, tables that
//! point at themselves and at each other too.

mod cascade;
mod mermaid;
mod path;

pub use cascade::Reached;
pub(crate) use cascade::reached_by_delete;
pub(crate) use mermaid::diagram;
pub use path::Join;
pub(crate) use path::join_path;

use crate::catalog::Edge;

/// A table of the graph: schema and name.
pub(crate) type Table = (String, String);

/// The table that has the key.
fn from(edge: &Edge) -> Table {
    (edge.schema.clone(), edge.table_name.clone())
}

/// The table that it points at.
fn to(edge: &Edge) -> Table {
    (edge.referenced_schema.clone(), edge.referenced_table.clone())
}

#[cfg(test)]
pub(super) mod tests {
    use crate::catalog::Edge;

    /// The edge from one table of public to another.
    pub(crate) fn edge(from: &str, to: &str, on_delete: &str) -> Edge {
        Edge {
            name: format!("{from}_{to}_fkey"),
            schema: "public".to_owned(),
            table_name: from.to_owned(),
            sql_name: format!("public.{from}"),
            columns: vec![format!("{to}_id")],
            referenced_schema: "public".to_owned(),
            referenced_table: to.to_owned(),
            referenced_sql_name: format!("public.{to}"),
            referenced_columns: vec!["id".to_owned()],
            join_condition: Some(format!("public.{from}.{to}_id = public.{to}.id")),
            is_required: true,
            is_unique: false,
            on_delete: on_delete.to_owned(),
            rows: 10.0,
        }
    }

    pub(crate) fn table(name: &str) -> super::Table {
        ("public".to_owned(), name.to_owned())
    }
}
