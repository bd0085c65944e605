//! The inner side of a nested loop, or a subplan, was run very often.

use super::{Subject, number};
use crate::plan::{Finding, FindingKind, node::Node};

/// Fewer loops are what nested loops are for.
const MANY: f64 = 1_000.0;

/// Loops that take a smaller share of the time do no harm.
const SHARE: f64 = 0.3;

/// How many are told.
const TOLD: usize = 2;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let explained = subject.explained;
    let whole = explained.execution_time.unwrap_or_default();
    let mut found = Vec::new();
    for node in explained.nodes() {
        for inner in node.plans.iter().filter(|child| is_repeated(node, child)) {
            let (Some(loops), Some(time)) = (inner.loops(), inner.actual_total_ms) else { continue };
            let share = if whole > 0.0 { (loops * time / whole).min(1.0) } else { 0.0 };
            if loops >= MANY && share >= SHARE && found.len() < TOLD {
                found.push(finding(node, inner, loops, share));
            }
        }
    }
    found
}

fn is_repeated(node: &Node, child: &Node) -> bool {
    match child.parent_relationship.as_deref() {
        Some("Inner") => node.node_type == "Nested Loop",
        Some("SubPlan") => true,
        _ => false,
    }
}

fn finding(node: &Node, inner: &Node, loops: f64, share: f64) -> Finding {
    let label = inner.label();
    let times = number::count(loops);
    let share = number::percent(share);
    let is_subplan = inner.parent_relationship.as_deref() == Some("SubPlan");
    let message = if is_subplan {
        format!("a sub-select, {label}, ran once for each of {times} rows, {share} of the time")
    } else {
        format!("the inner side of {}, {label}, ran {times} times, {share} of the time", node.label())
    };
    let suggestion = if is_subplan {
        "write the sub-select as a join, or as a LATERAL join on an indexed column"
    } else if inner.index.is_some() {
        "fewer rows on the outer side help most; if their number was not expected, ANALYZE its tables, so that a hash join is considered"
    } else {
        "an index on the join column of the inner table, or ANALYZE, so that a hash join is considered"
    };
    Finding::at(inner, FindingKind::ManyLoops, message).suggest(suggestion)
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use crate::plan::{Explained, FindingKind, RowEstimates};
    use serde_json::json;

    #[test]
    fn tells_loops_that_take_the_time() {
        for (loops, told) in [(50_000, true), (3, false)] {
            let explained = Explained::read(&json!({ "Execution Time": 1000.0, "Plan": {
                "Node Type": "Nested Loop", "Actual Total Time": 999.0, "Actual Rows": 1, "Actual Loops": 1, "Plans": [
                    { "Node Type": "Seq Scan", "Parent Relationship": "Outer", "Actual Total Time": 10.0, "Actual Loops": 1 },
                    { "Node Type": "Seq Scan", "Parent Relationship": "Inner", "Relation Name": "orders",
                      "Actual Total Time": 0.018, "Actual Rows": 1, "Actual Loops": loops }
                ]
            }}))
            .unwrap();
            let found = findings(&explained, &RowEstimates::new());
            assert_eq!(found.iter().any(|finding| finding.kind == FindingKind::ManyLoops), told, "{loops}");
        }
    }
}
