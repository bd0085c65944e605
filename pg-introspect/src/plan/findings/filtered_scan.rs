//! A large table is read from end to end, and a filter throws most of its rows away: an index may find the rest at once.

use super::{Subject, column::filter_columns, number};
use crate::plan::{Finding, FindingKind, node::Node};

/// A table of fewer rows is read as fast as an index would be.
const LARGE: f64 = 10_000.0;

/// An index pays where at most this share of the rows is wanted.
const KEPT: f64 = 0.1;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    subject
        .explained
        .nodes()
        .into_iter()
        .filter(|node| node.is_filtered_scan())
        .filter_map(|node| finding(node, subject))
        .collect()
}

fn finding(node: &Node, subject: &Subject<'_>) -> Option<Finding> {
    let Scan { read, kept, times } = scan(node, subject)?;
    if read * times < LARGE || kept / read > KEPT {
        return None;
    }
    let table = node.qualified_relation()?;
    let filter = node.filter.as_deref().unwrap_or_default();
    let columns = filter_columns(filter, node.alias.as_deref().unwrap_or_default());
    let on = if columns.is_empty() { String::new() } else { format!(" on {}", columns.join(", ")) };
    let verb = if node.actual_rows.is_some() { "keeps" } else { "is expected to keep" };
    let repeated = if times > 1.0 { format!(", {} times,", number::count(times)) } else { String::new() };
    let message = format!(
        "reads all {} of {table}{repeated} in sequence, and the filter{on} {verb} {} of them ({}): {filter}",
        number::counted(read, "row"),
        number::count(kept),
        number::percent(kept / read),
    );
    let finding = Finding::at(node, FindingKind::FilteredScan, message);
    Some(finding.suggest(suggestion(&table, filter, &columns)))
}

/// How many rows one pass reads and keeps, all processes together, and how many passes there are.
struct Scan {
    read: f64,
    kept: f64,
    times: f64,
}

/// The scan as measured or, where the plan did not run, as estimated.
fn scan(node: &Node, subject: &Subject<'_>) -> Option<Scan> {
    if let (Some(rows), Some(loops)) = (node.actual_rows, node.loops()) {
        let removed = node.rows_removed_by_filter.unwrap_or_default();
        let (processes, times) = if node.is_parallel { (loops, 1.0) } else { (1.0, loops) };
        let read = (rows + removed) * processes;
        return (times > 0.0 && read > 0.0).then_some(Scan { read, kept: rows * processes, times });
    }
    let key = (node.schema.clone()?, node.relation.clone()?);
    let kept = node.plan_rows * subject.explained.planned_processes(node);
    Some(Scan { read: *subject.rows.get(&key)?, kept, times: 1.0 })
}

fn suggestion(table: &str, filter: &str, columns: &[String]) -> String {
    if filter.contains(" ~~ '%") || filter.contains(" ~~* ") {
        return format!(
            "no B-tree index serves LIKE with a leading % or ILIKE; a trigram index does: CREATE EXTENSION pg_trgm; \
             CREATE INDEX CONCURRENTLY ON {table} USING gin ({} gin_trgm_ops)",
            columns.first().map_or("column", String::as_str)
        );
    }
    if filter.contains(" OR ") && columns.len() > 1 {
        return format!(
            "an index of {table} for each of {}: the conditions are joined by OR",
            columns.join(", ")
        );
    }
    match columns {
        [] => format!(
            "an index on the expression of the filter may help, or a partial index on {table} with it as its WHERE"
        ),
        columns => format!(
            "CREATE INDEX CONCURRENTLY ON {table} ({}), if statements like this one are frequent; an index costs every write \
             to the table",
            columns.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use crate::plan::{Explained, FindingKind, RowEstimates};
    use serde_json::json;

    fn scan(extra: &serde_json::Value) -> Explained {
        let mut plan = json!({
            "Node Type": "Seq Scan", "Schema": "public", "Relation Name": "orders", "Alias": "o", "Plan Rows": 50,
            "Total Cost": 9000.0, "Filter": "(o.customer_id = 42)"
        });
        for (key, value) in extra.as_object().unwrap() {
            plan[key] = value.clone();
        }
        Explained::read(&json!({ "Plan": plan, "Execution Time": 80.0 })).unwrap()
    }

    fn estimates(rows: f64) -> RowEstimates {
        RowEstimates::from([(("public".to_owned(), "orders".to_owned()), rows)])
    }

    #[test]
    fn names_table_column_and_index() {
        let found = findings(&scan(&json!({})), &estimates(500_000.0));
        let finding = found.iter().find(|finding| finding.kind == FindingKind::FilteredScan).unwrap();
        assert_eq!(finding.relation.as_deref(), Some("public.orders"));
        assert!(finding.message.contains("all 500,000 rows of public.orders"), "{}", finding.message);
        assert!(finding.suggestion.as_ref().unwrap().contains("ON public.orders (customer_id)"));
    }

    #[test]
    fn goes_by_what_was_measured_if_it_ran() {
        let ran = json!({ "Actual Total Time": 79.0, "Actual Rows": 400_000, "Actual Loops": 1, "Rows Removed by Filter": 9 });
        let found = findings(&scan(&ran), &estimates(500_000.0));
        assert!(!found.iter().any(|finding| finding.kind == FindingKind::FilteredScan));
    }

    #[test]
    fn leaves_small_tables_in_peace() {
        let found = findings(&scan(&json!({})), &estimates(900.0));
        assert!(!found.iter().any(|finding| finding.kind == FindingKind::FilteredScan));
    }

    #[test]
    fn suggests_trigrams_for_like_with_a_leading_wildcard() {
        let found =
            findings(&scan(&json!({ "Filter": "(o.note ~~ '%late%'::text)" })), &estimates(500_000.0));
        let finding = found.iter().find(|finding| finding.kind == FindingKind::FilteredScan).unwrap();
        assert!(finding.suggestion.as_ref().unwrap().contains("(note gin_trgm_ops)"));
    }
}
