//! What a DELETE of rows of a table reaches along foreign keys.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Table, from, to};
use crate::catalog::Edge;

/// A table that a delete reaches.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reached {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub table_name: String,
    /// The foreign key along which it is reached.
    pub foreign_key: String,
    /// What happens to its rows, in words.
    pub effect: String,
    /// How many keys away it is.
    pub depth: usize,
    /// Its rows, as statistics estimate them: as many may be reached.
    pub row_estimate: i64,
}

/// What a delete from a table reaches, the nearest first.
pub(crate) fn reached_by_delete(edges: &[Edge], start: &Table) -> Vec<Reached> {
    let mut pointing: BTreeMap<Table, Vec<&Edge>> = BTreeMap::new();
    for edge in edges {
        pointing.entry(to(edge)).or_default().push(edge);
    }
    let mut reached = Vec::new();
    let mut deleted = BTreeSet::from([start.clone()]);
    let mut level = vec![start.clone()];
    let mut depth = 0;
    while !level.is_empty() {
        depth += 1;
        let mut next = Vec::new();
        for edge in level.iter().filter_map(|table| pointing.get(table)).flatten() {
            let effect = match edge.on_delete.as_str() {
                "cascade" => "its rows are deleted too",
                "set null" => "its column is set to null",
                "set default" => "its column is set to its default",
                "no action" | "restrict" => "its rows stop the delete",
                other => other,
            };
            reached.push(Reached {
                schema: edge.schema.clone(),
                table_name: edge.table_name.clone(),
                foreign_key: edge.name.clone(),
                effect: effect.to_owned(),
                depth,
                row_estimate: edge.rows as i64,
            });
            if edge.on_delete == "cascade" && deleted.insert(from(edge)) {
                next.push(from(edge));
            }
        }
        level = next;
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edge, table};
    use super::reached_by_delete;

    #[test]
    fn goes_on_along_cascades_only() {
        let edges = [
            edge("orders", "customers", "cascade"),
            edge("items", "orders", "restrict"),
            edge("notes", "customers", "set null"),
            edge("note_files", "notes", "cascade"),
            edge("orders", "orders", "cascade"),
        ];
        let reached = reached_by_delete(&edges, &table("customers"));
        let told: Vec<(&str, &str, usize)> =
            reached.iter().map(|r| (r.table_name.as_str(), r.effect.as_str(), r.depth)).collect();
        assert_eq!(
            told,
            [
                ("orders", "its rows are deleted too", 1),
                ("notes", "its column is set to null", 1),
                ("items", "its rows stop the delete", 2),
                ("orders", "its rows are deleted too", 2),
            ]
        );
    }
}
