//! A sort or a hash did not fit into work_mem and went to disk.

use super::{Subject, number};
use crate::plan::{Finding, FindingKind, node::Node};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    subject.explained.nodes().into_iter().filter_map(finding).collect()
}

fn finding(node: &Node) -> Option<Finding> {
    let label = node.label();
    let message = if node.sort_space_type.as_deref() == Some("Disk") {
        format!(
            "{label} by {} wrote {} to disk",
            node.sort_key.as_deref().unwrap_or_default().join(", "),
            number::kilobytes(node.sort_space_kb?)
        )
    } else if node.hash_batches.is_some_and(|batches| batches > 1.0) {
        let grew = match (node.original_hash_batches, node.hash_batches) {
            (Some(planned), Some(batches)) if batches > planned => {
                format!(" (planned {}: more rows came than expected)", number::count(planned))
            }
            _ => String::new(),
        };
        format!("{label} went to disk in {} batches{grew}", number::count(node.hash_batches?))
    } else if node.aggregate_batches.is_some_and(|batches| batches > 1.0) {
        format!("{label} went to disk, {}", number::kilobytes(node.disk_usage_kb?))
    } else {
        return None;
    };
    let finding = Finding::at(node, FindingKind::Spill, message);
    Some(finding.suggest("more work_mem for this session or role, fewer rows or columns before this step, or an index in this order"))
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use crate::plan::{Explained, FindingKind, RowEstimates};
    use serde_json::{Value, json};

    fn spills(node: &Value) -> bool {
        let explained = Explained::read(&json!({ "Plan": node })).unwrap();
        findings(&explained, &RowEstimates::new()).iter().any(|finding| finding.kind == FindingKind::Spill)
    }

    #[test]
    fn tells_what_went_to_disk() {
        assert!(spills(&json!({
            "Node Type": "Sort", "Sort Key": ["a"], "Sort Method": "external merge", "Sort Space Used": 9000,
            "Sort Space Type": "Disk"
        })));
        assert!(spills(&json!({ "Node Type": "Hash", "Hash Batches": 4, "Original Hash Batches": 1 })));
        assert!(spills(
            &json!({ "Node Type": "Aggregate", "Strategy": "Hashed", "HashAgg Batches": 5, "Disk Usage": 900 })
        ));
    }

    #[test]
    fn says_nothing_of_what_fitted() {
        assert!(!spills(&json!({
            "Node Type": "Sort", "Sort Key": ["a"], "Sort Method": "quicksort", "Sort Space Used": 25, "Sort Space Type": "Memory"
        })));
        assert!(!spills(&json!({ "Node Type": "Hash", "Hash Batches": 1, "Original Hash Batches": 1 })));
    }
}
