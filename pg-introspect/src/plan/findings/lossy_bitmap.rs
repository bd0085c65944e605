//! A bitmap did not fit into work_mem, so that it holds pages instead of rows and every row on them is looked at again.

use super::{Subject, number};
use crate::plan::{Finding, FindingKind, node::Node};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    subject.explained.nodes().into_iter().filter_map(finding).collect()
}

fn finding(node: &Node) -> Option<Finding> {
    let lossy = node.lossy_heap_blocks.filter(|blocks| *blocks > 0.0)?;
    let all = lossy + node.exact_heap_blocks.unwrap_or_default();
    let removed = node.rows_removed_by_recheck.unwrap_or_default();
    let message = format!(
        "the bitmap of {} was too large for work_mem: {} of {} were looked at row by row, {} in vain",
        node.label(),
        number::count(lossy),
        number::counted(all, "page"),
        number::counted(removed, "row"),
    );
    Some(
        Finding::at(node, FindingKind::LossyBitmap, message)
            .suggest("more work_mem for this session or role"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use crate::plan::{Explained, FindingKind, RowEstimates};
    use serde_json::json;

    #[test]
    fn tells_lossy_pages_only() {
        for (lossy, told) in [(0, false), (40, true)] {
            let explained = Explained::read(&json!({
                "Plan": { "Node Type": "Bitmap Heap Scan", "Exact Heap Blocks": 10, "Lossy Heap Blocks": lossy }
            }))
            .unwrap();
            let found = findings(&explained, &RowEstimates::new());
            assert_eq!(found.iter().any(|finding| finding.kind == FindingKind::LossyBitmap), told);
        }
    }
}
