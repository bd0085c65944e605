//! A trigger took a good part of the time; that of a foreign key often wants an index on the side that has the key.

use super::{Subject, number};
use crate::plan::{Finding, FindingKind};

/// Below this share it does no harm.
const SHARE: f64 = 0.3;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let whole = subject.explained.execution_time.unwrap_or_default();
    let mut found = Vec::new();
    for trigger in &subject.explained.triggers {
        let time = trigger.time.unwrap_or_default();
        if whole <= 0.0 || time / whole < SHARE {
            continue;
        }
        let calls = number::counted(trigger.calls, "call");
        let time =
            format!("{}, {} of the time", number::duration(time), number::percent((time / whole).min(1.0)));
        found.push(match (&trigger.constraint, &trigger.name) {
            (Some(constraint), _) => Finding::new(
                FindingKind::TriggerTime,
                format!("checking the foreign key {constraint} took {calls} and {time}"),
            )
            .suggest("an index on the columns that have the foreign key, so that a referenced row's deletion finds them"),
            (None, name) => Finding::new(
                FindingKind::TriggerTime,
                format!("the trigger {} took {calls} and {time}", name.as_deref().unwrap_or_default()),
            ),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use crate::plan::{Explained, FindingKind, RowEstimates};
    use serde_json::json;

    #[test]
    fn names_the_foreign_key() {
        let explained = Explained::read(&json!({
            "Plan": { "Node Type": "ModifyTable", "Operation": "Delete" }, "Execution Time": 100.0,
            "Triggers": [{ "Trigger Name": "RI_1", "Constraint Name": "orders_customer", "Time": 90.0, "Calls": 4 }]
        }))
        .unwrap();
        let found = findings(&explained, &RowEstimates::new());
        let finding = found.iter().find(|finding| finding.kind == FindingKind::TriggerTime).unwrap();
        assert!(finding.message.contains("orders_customer took 4 calls"), "{}", finding.message);
    }
}
