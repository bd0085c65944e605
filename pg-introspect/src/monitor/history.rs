//! The looks that this process took lately.
//!
//! Separate because it outlives a call. Invariant: a bounded number is kept of each connection, and of a bounded number of
//! connections; the oldest goes first.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::catalog::Look;

/// The looks of this process.
pub(crate) static HISTORY: History = History::new();

/// Looks that are kept of a connection.
const LOOKS: usize = 240;
/// Connections of which looks are kept.
const CONNECTIONS: usize = 100;

/// A look, and when it was taken by a clock that does not jump.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) at: Instant,
    pub(crate) look: Look,
}

/// Looks by connection.
#[derive(Debug)]
pub(crate) struct History {
    kept: Mutex<BTreeMap<String, VecDeque<Taken>>>,
}

impl History {
    const fn new() -> Self {
        Self { kept: Mutex::new(BTreeMap::new()) }
    }

    /// Keeps a look, and gives the one before it.
    pub(crate) fn keep(&self, connection: &str, taken: Taken) -> Option<Taken> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= CONNECTIONS && !kept.contains_key(connection) {
            let oldest = kept
                .iter()
                .min_by_key(|(_, looks)| looks.back().map(|taken| taken.at))
                .map(|(name, _)| name.clone());
            oldest.and_then(|name| kept.remove(&name));
        }
        let looks = kept.entry(connection.to_owned()).or_default();
        let before = looks.back().cloned();
        if looks.len() >= LOOKS {
            looks.pop_front();
        }
        looks.push_back(taken);
        before
    }

    /// The looks that are kept, the oldest first.
    pub(crate) fn of(&self, connection: &str) -> Vec<Taken> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(connection).map(|looks| looks.iter().cloned().collect()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_bounded_on_both_sides() {
        let history = History::new();
        let taken = || Taken { at: Instant::now(), look: Look::default() };
        assert!(history.keep("a", taken()).is_none());
        for _ in 0..300 {
            assert!(history.keep("a", taken()).is_some());
        }
        assert_eq!(history.of("a").len(), LOOKS);
        for n in 0..CONNECTIONS {
            history.keep(&n.to_string(), taken());
        }
        assert!(history.of("a").is_empty());
    }
}
