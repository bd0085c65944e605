//! Columns by which an index would spare a plan its sequential scans; judged by rule from the plan's own conditions.
//!
//! Separate from findings because it compares and does not tell. Invariant: it reads the plan and nothing else; what a
//! condition says inside of a literal is not read.

use super::findings::filter_columns;
use super::{
    Explained, RowEstimates,
    node::Node,
    special::{Method, predicate, special},
};

/// Cost of fetching a row by an index, in the planner's unit: one page out of order.
const FETCH: f64 = 4.0;
/// Rows below which a table is read as fast as an index would be.
const LARGE: f64 = 1_000.0;

/// An index that would serve a step of a plan.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// The schema of the table.
    pub(crate) schema: String,
    /// The table.
    pub(crate) table: String,
    /// The key as SQL writes it: columns compared for equality first, then one range.
    pub(crate) columns: Vec<String>,
    /// The access method.
    pub(crate) method: Method,
    /// Which rows a partial index would hold.
    pub(crate) predicate: Option<String>,
    /// What must be there for it.
    pub(crate) needs: Option<&'static str>,
    /// The cost that it would spare, by rule.
    pub(crate) spared: f64,
}

/// The candidates of a plan.
pub(crate) fn candidates(explained: &Explained, rows: &RowEstimates) -> Vec<Candidate> {
    explained.nodes().into_iter().flat_map(|node| of_node(node, rows).unwrap_or_default()).collect()
}

fn of_node(node: &Node, rows: &RowEstimates) -> Option<Vec<Candidate>> {
    if !node.is_filtered_scan() {
        return None;
    }
    let (schema, table) = (node.schema.clone()?, node.relation.clone()?);
    let whole = *rows.get(&(schema.clone(), table.clone()))?;
    let (filter, alias) = (node.filter.as_deref()?, node.alias.as_deref()?);
    let by_index = node.plan_rows.max(1.0) * FETCH + whole.max(2.0).log2();
    let spared = node.total_cost - by_index;
    if whole < LARGE || spared <= 0.0 {
        return None;
    }
    let plain = Candidate {
        schema,
        table,
        columns: key(filter, alias),
        method: Method::Btree,
        predicate: None,
        needs: None,
        spared,
    };
    let mut found = Vec::new();
    let mut states = Vec::new();
    for part in conjuncts(filter) {
        let mut columns = filter_columns(part, alias).into_iter();
        let (Some(column), None) = (columns.next(), columns.next()) else { continue };
        if without_literals(part).contains(" OR ") {
            continue;
        }
        if let Some(special) = special(part, alias, &column) {
            found.push(Candidate {
                columns: vec![special.key],
                method: special.method,
                needs: special.needs,
                ..plain.clone()
            });
        } else if let Some(state) = predicate(part, alias, &column) {
            states.push(state);
        }
    }
    if !plain.columns.is_empty() {
        if !states.is_empty() {
            found.push(Candidate { predicate: Some(states.join(" AND ")), ..plain.clone() });
        }
        found.insert(0, plain);
    }
    Some(found)
}

/// The key that serves a condition: its equalities, then its first range.
fn key(condition: &str, alias: &str) -> Vec<String> {
    let mut equal: Vec<String> = Vec::new();
    let mut range: Option<String> = None;
    for part in conjuncts(condition) {
        let outside = without_literals(part);
        if outside.contains(" OR ") {
            continue;
        }
        let mut columns = filter_columns(part, alias).into_iter();
        let (Some(column), None) = (columns.next(), columns.next()) else { continue };
        if special(part, alias, &column).is_some() {
            continue;
        }
        if outside.contains(" = ") {
            if !equal.contains(&column) {
                equal.push(column);
            }
        } else if [" < ", " > ", " <= ", " >= "].iter().any(|sign| outside.contains(sign)) {
            range.get_or_insert(column);
        }
    }
    let range = range.filter(|column| !equal.contains(column));
    equal.into_iter().chain(range).collect()
}

/// The parts of a condition that AND joins at any level outside of literals.
fn conjuncts(condition: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut is_literal = false;
    for (at, c) in condition.char_indices() {
        if c == '\'' {
            is_literal = !is_literal;
        } else if !is_literal && condition.get(at..).is_some_and(|rest| rest.starts_with(" AND ")) {
            parts.extend(condition.get(start..at));
            start = at + " AND ".len();
        }
    }
    parts.extend(condition.get(start..));
    parts
}

fn without_literals(text: &str) -> String {
    text.split('\'').step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::{candidates, key};
    use crate::plan::{Explained, RowEstimates};
    use serde_json::json;

    #[test]
    fn equalities_come_before_one_range() {
        let condition =
            "((o.total > '1'::numeric) AND ((o.status)::text = 'a AND b = c'::text) AND (o.customer_id = 7))";
        assert_eq!(key(condition, "o"), ["status", "customer_id", "total"]);
        assert!(key("((o.a = 1) OR (o.b = 2))", "o").is_empty());
        assert!(key("(o.note ~~ '%x%'::text)", "o").is_empty());
    }

    #[test]
    fn only_a_scan_that_an_index_would_beat_has_a_candidate() {
        let scan = |rows: u32| {
            Explained::read(&json!({ "Plan": {
                "Node Type": "Seq Scan", "Schema": "public", "Relation Name": "orders", "Alias": "o", "Plan Rows": rows,
                "Total Cost": 9000.0, "Filter": "(o.customer_id = 42)"
            }}))
            .unwrap()
        };
        let rows = RowEstimates::from([(("public".to_owned(), "orders".to_owned()), 500_000.0)]);
        let found = candidates(&scan(50), &rows);
        assert_eq!(found[0].columns, ["customer_id"]);
        assert!(found[0].spared > 8000.0);
        assert!(candidates(&scan(400_000), &rows).is_empty());
        let few = RowEstimates::from([(("public".to_owned(), "orders".to_owned()), 500.0)]);
        assert!(candidates(&scan(50), &few).is_empty());
    }
}
