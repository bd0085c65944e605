//! Snapshots that this process keeps, so that a later call can compare with them.
//!
//! Separate because it is the one thing here that outlives a call. Invariant: a bounded number is kept, the oldest goes
//! first, and a snapshot is found only through the connection that it was taken of.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::catalog::CountedStatement;

/// How many snapshots are kept.
const KEPT: usize = 32;

struct Snapshot {
    name: String,
    connection: String,
    taken: Instant,
    statements: Arc<Vec<CountedStatement>>,
}

struct Kept {
    count: u64,
    snapshots: VecDeque<Snapshot>,
}

static SNAPSHOTS: Mutex<Kept> = Mutex::new(Kept { count: 0, snapshots: VecDeque::new() });

/// Keeps a snapshot and gives its name.
pub(crate) fn keep(connection: &str, statements: Vec<CountedStatement>) -> String {
    let mut kept = SNAPSHOTS.lock().unwrap_or_else(PoisonError::into_inner);
    kept.count += 1;
    let name = format!("snapshot-{}", kept.count);
    if kept.snapshots.len() >= KEPT {
        kept.snapshots.pop_front();
    }
    kept.snapshots.push_back(Snapshot {
        name: name.clone(),
        connection: connection.to_owned(),
        taken: Instant::now(),
        statements: Arc::new(statements),
    });
    name
}

/// The statements of a snapshot of this connection, and how long ago it was taken.
pub(crate) fn kept(connection: &str, name: &str) -> Option<(Arc<Vec<CountedStatement>>, Duration)> {
    let kept = SNAPSHOTS.lock().unwrap_or_else(PoisonError::into_inner);
    let found =
        kept.snapshots.iter().find(|snapshot| snapshot.name == name && snapshot.connection == connection)?;
    Some((Arc::clone(&found.statements), found.taken.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::{KEPT, keep, kept};

    #[test]
    fn keeps_the_newest_and_only_for_their_connection() {
        let first = keep("a", Vec::new());
        assert!(kept("a", &first).is_some() && kept("b", &first).is_none());
        for _ in 0..KEPT {
            keep("a", Vec::new());
        }
        assert!(kept("a", &first).is_none());
    }
}
