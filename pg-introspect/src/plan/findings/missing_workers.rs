//! Fewer parallel workers came than the plan counted on.

use super::{Subject, number};
use crate::plan::{Finding, FindingKind};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let short = subject.explained.nodes().into_iter().filter_map(|node| {
        let (planned, launched) = (node.workers_planned?, node.workers_launched?);
        (launched < planned).then(|| {
            let message = format!(
                "{} got {} of {} parallel workers",
                node.label(),
                number::count(launched),
                number::count(planned)
            );
            Finding::at(node, FindingKind::MissingWorkers, message)
                .suggest("others used them at that time, or max_parallel_workers is too low")
        })
    });
    short.collect()
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use crate::plan::{Explained, FindingKind, RowEstimates};
    use serde_json::json;

    #[test]
    fn tells_when_workers_did_not_come() {
        for (launched, told) in [(2, false), (0, true)] {
            let explained = Explained::read(&json!({
                "Plan": { "Node Type": "Gather", "Workers Planned": 2, "Workers Launched": launched }
            }))
            .unwrap();
            let found = findings(&explained, &RowEstimates::new());
            assert_eq!(found.iter().any(|finding| finding.kind == FindingKind::MissingWorkers), told);
        }
    }
}
