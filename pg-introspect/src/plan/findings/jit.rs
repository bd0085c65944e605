//! Compiling expressions took a good part of the time, which it does for statements that are short of what it is for.

use super::{Subject, number};
use crate::plan::{Finding, FindingKind};

/// Below this share it does no harm.
const SHARE: f64 = 0.25;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let (Some(jit), Some(whole)) = (&subject.explained.jit, subject.explained.execution_time) else {
        return Vec::new();
    };
    let time = jit.timing.as_ref().map_or(0.0, |timing| timing.total);
    if whole <= 0.0 || time / whole < SHARE {
        return Vec::new();
    }
    let message = format!(
        "just-in-time compilation of {} took {}, {} of the time",
        number::counted(jit.functions, "function"),
        number::duration(time),
        number::percent((time / whole).min(1.0))
    );
    vec![
        Finding::new(FindingKind::Jit, message)
            .suggest("raise jit_above_cost, or set jit = off for the role that runs such statements"),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use crate::plan::{Explained, FindingKind, RowEstimates};
    use serde_json::json;

    #[test]
    fn tells_a_large_share_only() {
        for (total, told) in [(60.0, true), (2.0, false)] {
            let explained = Explained::read(&json!({
                "Plan": { "Node Type": "Result" }, "Execution Time": 100.0,
                "JIT": { "Functions": 12, "Timing": { "Generation": 1.0, "Total": total } }
            }))
            .unwrap();
            let found = findings(&explained, &RowEstimates::new());
            assert_eq!(found.iter().any(|finding| finding.kind == FindingKind::Jit), told);
        }
    }
}
