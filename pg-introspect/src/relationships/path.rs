//! The shortest way to join two tables along foreign keys.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;

use super::{Table, from, to};
use crate::catalog::Edge;

/// A step of a join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Join {
    /// The table to join, as SQL writes it.
    pub table: String,
    /// The condition to join it on, as SQL.
    pub on: String,
    /// The foreign key that says so.
    pub foreign_key: String,
    /// Whether a row before it may have several rows here.
    pub multiplies: bool,
}

/// The steps from one table to another, none where there is no way.
pub(crate) fn join_path(edges: &[Edge], start: &Table, end: &Table) -> Option<Vec<Join>> {
    let mut touching: BTreeMap<Table, Vec<&Edge>> = BTreeMap::new();
    for edge in edges {
        for table in BTreeSet::from([from(edge), to(edge)]) {
            touching.entry(table).or_default().push(edge);
        }
    }
    let mut before: BTreeMap<Table, (Table, Join)> = BTreeMap::new();
    let mut open = VecDeque::from([start.clone()]);
    while let Some(table) = open.pop_front() {
        if table == *end && !before.is_empty() {
            break;
        }
        for edge in touching.get(&table).into_iter().flatten() {
            let on = || edge.join_condition.clone().unwrap_or_default();
            let foreign_key = || edge.name.clone();
            let step = if from(edge) == table {
                let join = Join {
                    table: edge.referenced_sql_name.clone(),
                    on: on(),
                    foreign_key: foreign_key(),
                    multiplies: false,
                };
                (to(edge), join)
            } else if to(edge) == table {
                let multiplies = !edge.is_unique;
                let join =
                    Join { table: edge.sql_name.clone(), on: on(), foreign_key: foreign_key(), multiplies };
                (from(edge), join)
            } else {
                continue;
            };
            if step.0 != *start && !before.contains_key(&step.0) {
                before.insert(step.0.clone(), (table.clone(), step.1));
                open.push_back(step.0);
            }
        }
    }
    let mut steps = Vec::new();
    let mut at = end;
    while at != start {
        let (previous, join) = before.get(at)?;
        steps.push(join.clone());
        at = previous;
    }
    steps.reverse();
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edge, table};
    use super::join_path;

    #[test]
    fn finds_the_shortest_way_in_both_directions_of_keys() {
        let edges = [
            edge("items", "orders", "cascade"),
            edge("items", "products", "restrict"),
            edge("orders", "customers", "restrict"),
            edge("products", "vendors", "restrict"),
        ];
        let path = join_path(&edges, &table("customers"), &table("products")).unwrap();
        let tables: Vec<&str> = path.iter().map(|join| join.table.as_str()).collect();
        assert_eq!(tables, ["public.orders", "public.items", "public.products"]);
        assert_eq!(path.iter().map(|join| join.multiplies).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!(path[0].on, "public.orders.customers_id = public.customers.id");
    }

    #[test]
    fn says_where_there_is_no_way_and_ends_on_circles() {
        let edges = [edge("a", "b", "restrict"), edge("b", "a", "restrict"), edge("a", "a", "restrict")];
        assert!(join_path(&edges, &table("a"), &table("z")).is_none());
        assert!(join_path(&edges, &table("a"), &table("a")).unwrap().is_empty());
    }
}
