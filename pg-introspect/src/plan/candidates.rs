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

/// Rows from which on a table is large enough for an index of stretches of pages.
const HUGE: f64 = 100_000.0;
/// Rows from which on it counts that the table is read for each of them.
const MANY: f64 = 100.0;
/// The cost of a row that is read from the index alone.
const ENTRY: f64 = 0.05;
/// Columns that are held beside a key, and bytes of a row of them, at most.
const HELD: usize = 3;
const HELD_BYTES: f64 = 64.0;

/// An index that would serve a step of a plan.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// The schema of the table.
    pub(crate) schema: String,
    /// The table.
    pub(crate) table: String,
    /// The key as SQL writes it: columns compared for equality first, then one range.
    pub(crate) columns: Vec<String>,
    /// Columns that it would hold beside the key, so that the table need not be read.
    pub(crate) include: Vec<String>,
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
    if whole < LARGE {
        return None;
    }
    let height = whole.max(2.0).log2();
    let (columns, range) = key(filter, alias);
    let plain = Candidate {
        schema,
        table,
        columns,
        include: Vec::new(),
        method: Method::Btree,
        predicate: None,
        needs: None,
        spared: node.total_cost - node.plan_rows.max(1.0) * FETCH - height,
    };
    let mut found = Vec::new();
    found.extend(covering(node, filter, alias, &plain, height));
    if let Some(range) = range.filter(|_| whole >= HUGE && node.plan_rows <= whole / 2.0) {
        // Where rows lie in the order of the column, which only its statistics tell, about their share of the pages is read.
        let spared = node.total_cost * (1.0 - node.plan_rows / whole) - height;
        found.push(Candidate { columns: vec![range], method: Method::Brin, spared, ..plain.clone() });
    }
    if plain.spared > 0.0 {
        found.splice(0..0, by_rows(filter, alias, plain));
    }
    Some(found)
}

/// The B-tree that holds all that a step wants, so that it need not read the table.
fn covering(node: &Node, filter: &str, alias: &str, plain: &Candidate, height: f64) -> Option<Candidate> {
    if plain.columns.is_empty() || node.plan_rows < MANY || node.plan_width > HELD_BYTES {
        return None;
    }
    let prefix = format!("{alias}.");
    let mut include: Vec<String> = Vec::new();
    let outputs = node.output.as_deref()?.iter().map(|output| {
        let column = output.strip_prefix(&prefix).unwrap_or(output);
        // What is reckoned may stand on more than one column.
        (!column.contains(['(', ' ', ':']) || column.starts_with('"')).then(|| column.to_owned())
    });
    for column in outputs.collect::<Option<Vec<_>>>()?.into_iter().chain(filter_columns(filter, alias)) {
        if !plain.columns.contains(&column) && !include.contains(&column) {
            include.push(column);
        }
    }
    let spared = node.total_cost - node.plan_rows * ENTRY - height;
    let fits = (1..=HELD).contains(&include.len()) && spared > 0.0;
    fits.then(|| Candidate { include, spared, ..plain.clone() })
}

/// The indexes by which rows are found, one by one.
fn by_rows(filter: &str, alias: &str, plain: Candidate) -> Vec<Candidate> {
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
    found
}

/// The key that serves a condition: its equalities, then its first range; and that range.
fn key(condition: &str, alias: &str) -> (Vec<String>, Option<String>) {
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
    (equal.into_iter().chain(range.clone()).collect(), range)
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
        assert_eq!(key(condition, "o").0, ["status", "customer_id", "total"]);
        assert!(key("((o.a = 1) OR (o.b = 2))", "o").0.is_empty());
        assert!(key("(o.note ~~ '%x%'::text)", "o").0.is_empty());
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

    #[test]
    fn a_step_that_gives_little_has_an_index_that_holds_it_and_a_range_one_of_pages() {
        let explained = Explained::read(&json!({ "Plan": {
            "Node Type": "Seq Scan", "Schema": "public", "Relation Name": "log", "Alias": "l", "Plan Rows": 5000, "Plan Width": 16,
            "Total Cost": 9000.0, "Output": ["l.size", "l.at"], "Filter": "((l.at > '2026-01-01'::date) AND (l.at < '2026-02-01'::date))"
        }}))
        .unwrap();
        let rows = RowEstimates::from([(("public".to_owned(), "log".to_owned()), 500_000.0)]);
        let found = candidates(&explained, &rows);
        let held = found.iter().find(|one| !one.include.is_empty()).unwrap();
        assert_eq!(
            (held.columns.as_slice(), held.include.as_slice()),
            (&["at".to_owned()][..], &["size".to_owned()][..])
        );
        assert!(found.iter().any(|one| one.method.word() == "brin" && one.columns == ["at"]));
        assert!(
            found.iter().all(|one| one.method.word() == "brin" || !one.include.is_empty()),
            "20,000 fetches cost more: {found:?}"
        );
    }
}
