//! What is raised for each connection, so that a change of it is told once.
//!
//! Separate because a log and a webhook are told apart from each other. Invariant: the same set twice is no change. A connection's name may
//! be given to another one: what is then told once too often says so itself.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

use super::Alert;

/// What is said where the server cannot be looked at.
pub(crate) const UNREACHABLE: &str = "unreachable";

/// What was raised last, by connection.
#[derive(Debug, Default)]
pub(crate) struct Raised(Mutex<HashMap<String, BTreeSet<&'static str>>>);

/// What changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Turn {
    /// What is raised and was not.
    pub(crate) began: Vec<&'static str>,
    /// What was raised and is not.
    pub(crate) resolved: Vec<&'static str>,
}

impl Raised {
    /// Takes what a look brings, and tells what changed, if anything did.
    pub(crate) fn turn(&self, key: &str, alerts: &[Alert], unreachable: bool) -> Option<Turn> {
        let mut now: BTreeSet<&'static str> = alerts.iter().map(|alert| alert.metric).collect();
        now.extend(unreachable.then_some(UNREACHABLE));
        let mut raised = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = raised.get(key).cloned().unwrap_or_default();
        if before == now {
            return None;
        }
        let turn = Turn {
            began: now.difference(&before).copied().collect(),
            resolved: before.difference(&now).copied().collect(),
        };
        raised.insert(key.to_owned(), now);
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use pg_core::Severity;

    use super::*;

    #[test]
    fn a_change_is_told_once() {
        let alert = |metric| Alert {
            severity: Severity::Warning,
            metric,
            value: 2.0,
            threshold: 1.0,
            message: String::new(),
        };
        let raised = Raised::default();
        assert_eq!(raised.turn("a", &[], false), None);
        let turn = raised.turn("a", &[alert("waiting_locks")], false).unwrap();
        assert_eq!((turn.began, turn.resolved), (vec!["waiting_locks"], vec![]));
        assert_eq!(raised.turn("a", &[alert("waiting_locks")], false), None);
        let turn = raised.turn("a", &[], true).unwrap();
        assert_eq!((turn.began, turn.resolved), (vec![UNREACHABLE], vec!["waiting_locks"]));
        assert!(raised.turn("b", &[], true).is_some(), "each connection by itself");
    }
}
