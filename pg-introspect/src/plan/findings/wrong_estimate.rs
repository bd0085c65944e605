//! The planner expected far more or far fewer rows than came: it may have chosen the wrong plan.

use super::{Subject, number};
use crate::plan::{Finding, FindingKind, node::Node};

/// How many times too many or too few.
const FACTOR: f64 = 10.0;

/// Between fewer rows than this an error does no harm.
const MATTERS: f64 = 100.0;

/// How many are told; an error goes up the tree, so the deepest come first.
const TOLD: usize = 3;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut wrong: Vec<(f64, &Node)> = subject
        .explained
        .nodes()
        .into_iter()
        .filter(|node| !under_limit_only(subject.explained.plan.node_type.as_str(), node))
        .filter_map(|node| Some((factor(node)?, node)))
        .filter(|(_, node)| !node.plans.iter().any(|child| factor(child).is_some()))
        .collect();
    wrong.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    wrong.truncate(TOLD);
    wrong.into_iter().filter_map(|(factor, node)| finding(factor, node)).collect()
}

/// A plan under LIMIT is stopped before it gave all its rows, which is no error of the planner.
fn under_limit_only(top: &str, node: &Node) -> bool {
    top == "Limit" && node.actual_rows < Some(node.plan_rows)
}

/// By how much a node's estimate is wrong, where that matters.
fn factor(node: &Node) -> Option<f64> {
    let rows = node.actual_rows?;
    if node.loops()? == 0.0 || rows.max(node.plan_rows) < MATTERS {
        return None;
    }
    let (more, fewer) = (rows.max(node.plan_rows).max(1.0), rows.min(node.plan_rows).max(1.0));
    (more / fewer >= FACTOR).then_some(more / fewer)
}

fn finding(factor: f64, node: &Node) -> Option<Finding> {
    let rows = node.actual_rows?;
    let message = format!(
        "{} was expected to give {} and gave {}: {}× too {}",
        node.label(),
        number::counted(node.plan_rows, "row"),
        number::count(rows),
        number::count(factor),
        if rows > node.plan_rows { "few expected" } else { "many expected" },
    );
    let table = node.qualified_relation();
    let suggestion = match table {
        Some(table) => format!(
            "ANALYZE {table}; if that does not mend it, raise the statistics target of the filtered columns, or CREATE STATISTICS \
             for columns that depend on each other"
        ),
        None => "ANALYZE the tables below this step; CREATE STATISTICS for columns that depend on each other"
            .to_owned(),
    };
    Some(Finding::at(node, FindingKind::WrongEstimate, message).suggest(suggestion))
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use crate::plan::{Explained, Finding, FindingKind, RowEstimates};
    use serde_json::{Value, json};

    fn wrong(plan: &Value) -> Vec<Finding> {
        let explained = Explained::read(&json!({ "Plan": plan, "Execution Time": 1.0 })).unwrap();
        let mut found = findings(&explained, &RowEstimates::new());
        found.retain(|finding| finding.kind == FindingKind::WrongEstimate);
        found
    }

    fn node(kind: &str, expected: f64, actual: f64, below: &[Value]) -> Value {
        json!({
            "Node Type": kind, "Plan Rows": expected, "Actual Rows": actual, "Actual Loops": 1, "Actual Total Time": 1.0,
            "Plans": below
        })
    }

    #[test]
    fn tells_the_step_where_the_error_begins() {
        let plan = node(
            "Hash Join",
            10.0,
            20_000.0,
            &[node("Index Scan", 5.0, 900.0, &[]), node("Hash", 7.0, 7.0, &[])],
        );
        let found = wrong(&plan);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].message.starts_with("Index Scan was expected to give 5 rows and gave 900"),
            "{}",
            found[0].message
        );
    }

    #[test]
    fn says_nothing_of_small_numbers() {
        assert!(wrong(&node("Seq Scan", 1.0, 90.0, &[])).is_empty());
    }

    #[test]
    fn knows_that_a_limit_stops_what_is_below_it() {
        assert!(wrong(&node("Limit", 10.0, 10.0, &[node("Seq Scan", 1_000_000.0, 10.0, &[])])).is_empty());
    }
}
