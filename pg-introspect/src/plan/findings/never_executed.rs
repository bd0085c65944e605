//! Steps that were planned and never run: an empty side of a join, or a condition that was false from the start.

use super::Subject;
use crate::plan::{Finding, FindingKind, node::Node};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut topmost = Vec::new();
    let mut open = vec![&subject.explained.plan];
    while let Some(node) = open.pop() {
        if node.loops() == Some(0.0) {
            topmost.push(node);
        } else {
            open.extend(node.plans.iter().rev());
        }
    }
    topmost.into_iter().map(finding).collect()
}

fn finding(node: &Node) -> Finding {
    let message =
        format!("{} was never run: what would have asked for its rows had none to match", node.label());
    Finding::at(node, FindingKind::NeverExecuted, message)
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use crate::plan::{Explained, FindingKind, RowEstimates};
    use serde_json::json;

    #[test]
    fn tells_the_topmost_only() {
        let explained = Explained::read(&json!({ "Plan": {
            "Node Type": "Hash Join", "Actual Total Time": 1.0, "Actual Rows": 0, "Actual Loops": 1, "Plans": [
                { "Node Type": "Sort", "Actual Total Time": 0.0, "Actual Rows": 0, "Actual Loops": 0, "Plans": [
                    { "Node Type": "Seq Scan", "Actual Total Time": 0.0, "Actual Rows": 0, "Actual Loops": 0 }] }
            ]
        }}))
        .unwrap();
        let found = findings(&explained, &RowEstimates::new());
        let never: Vec<_> =
            found.iter().filter(|finding| finding.kind == FindingKind::NeverExecuted).collect();
        assert_eq!(never.len(), 1);
        assert_eq!(never[0].node.as_deref(), Some("Sort"));
    }
}
