//! The calls that ended last, for those who watch the server.
//!
//! Separate from the audit log, which is kept and complete: this is a look back that costs nothing and forgets. Invariant: it never holds
//! more than its bounds, no parameter's value, and gives out no literal of a statement.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use pg_policy::without_constants;
use serde::Serialize;

use crate::{Identity, audit::rfc3339};

/// Bytes of statements that are kept for one call.
const CALL_BYTES: usize = 16 << 10;
/// Bytes of what a client says it is called.
const NAME_BYTES: usize = 400;

/// The calls that ended last; none until somebody wants to know.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    /// The most calls that are kept.
    most: OnceLock<usize>,
    ended: Mutex<VecDeque<Kept>>,
    count: AtomicU64,
}

/// A call that is kept.
#[derive(Debug)]
struct Kept {
    at: SystemTime,
    /// Statements that were too much to keep.
    dropped: usize,
    call: Ended,
}

/// How a call ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) caller: Arc<Identity>,
    pub(crate) operation: &'static str,
    pub(crate) connection: Option<String>,
    pub(crate) statements: Vec<String>,
    pub(crate) outcome: String,
    pub(crate) sqlstate: Option<String>,
    pub(crate) rows: u64,
    pub(crate) affected_rows: u64,
    pub(crate) took: Duration,
}

/// A call that ended, as it is shown: statements without literals and comments, and never a parameter's value.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RecentCall {
    /// The calls of this process are counted from 1.
    pub number: u64,
    /// When it ended, in UTC as RFC 3339 writes it.
    pub ended_at: String,
    /// Who called.
    pub caller: Identity,
    /// The operation.
    pub operation: &'static str,
    /// The connection, if it got as far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// The statements, with `?` for each literal; those that are too long, or cannot be read, are left out.
    pub statements: Vec<String>,
    /// How many statements were left out.
    #[serde(skip_serializing_if = "is_zero")]
    pub statements_withheld: usize,
    /// `ok`, or the kind of the error.
    pub outcome: String,
    /// The SQLSTATE, where the server failed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqlstate: Option<String>,
    /// Rows that it gave.
    pub rows: u64,
    /// Rows that it changed.
    pub affected_rows: u64,
    /// Milliseconds that it took.
    pub duration_ms: f64,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Recent {
    /// Keeps this many calls from now on.
    pub(crate) fn keep(&self, most: usize) {
        // Whoever came first has said how many.
        let _ = self.most.set(most);
    }

    /// Whether calls are kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.most.get().is_some_and(|most| *most > 0)
    }

    /// Keeps a call, in place of the oldest one.
    pub(crate) fn ended(&self, mut call: Ended) {
        let Some(most) = self.most.get().copied() else { return };
        let before = call.statements.len();
        let mut bytes = 0;
        call.statements.retain(|statement| {
            bytes += statement.len() + size_of::<String>();
            bytes <= CALL_BYTES
        });
        call.statements.shrink_to_fit();
        let dropped = before - call.statements.len();
        call.caller = short(call.caller);
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        self.count.fetch_add(1, Ordering::Relaxed);
        while ended.len() >= most.max(1) {
            ended.pop_front();
        }
        ended.push_back(Kept { at: SystemTime::now(), dropped, call });
    }

    /// The latest `most` calls, the last one first, as they may be shown.
    pub(crate) fn latest(&self, most: usize) -> Vec<RecentCall> {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let count = self.count.load(Ordering::Relaxed);
        let numbers = (0..=count).rev();
        ended.iter().rev().take(most).zip(numbers).map(|(kept, number)| kept.shown(number)).collect()
    }
}

/// A caller without what a client says of itself at length.
fn short(caller: Arc<Identity>) -> Arc<Identity> {
    let long = |word: &Option<String>| word.as_ref().is_some_and(|word| word.len() > NAME_BYTES);
    if !long(&caller.name) && !long(&caller.version) {
        return caller;
    }
    let cut = |word: &Option<String>| word.as_ref().map(|word| word.chars().take(NAME_BYTES / 4).collect());
    Arc::new(Identity { name: cut(&caller.name), version: cut(&caller.version), ..Identity::clone(&caller) })
}

impl Kept {
    fn shown(&self, number: u64) -> RecentCall {
        let Self { at, dropped, call } = self;
        // What was cut ends in the middle of a literal, perhaps, and then is not read.
        let statements: Vec<String> =
            call.statements.iter().filter_map(|text| without_constants(text)).collect();
        RecentCall {
            number,
            ended_at: rfc3339(at.duration_since(UNIX_EPOCH).unwrap_or_default()),
            caller: Identity::clone(&call.caller),
            operation: call.operation,
            connection_id: call.connection.clone(),
            statements_withheld: dropped + call.statements.len() - statements.len(),
            statements,
            outcome: call.outcome.clone(),
            sqlstate: call.sqlstate.clone(),
            rows: call.rows,
            affected_rows: call.affected_rows,
            duration_ms: call.took.as_secs_f64() * 1000.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(statement: &str) -> Ended {
        Ended {
            caller: Arc::default(),
            operation: "execute_query",
            connection: None,
            statements: vec![statement.to_owned()],
            outcome: "ok".to_owned(),
            sqlstate: None,
            rows: 0,
            affected_rows: 0,
            took: Duration::ZERO,
        }
    }

    #[test]
    fn keeps_the_latest_within_its_bounds_and_shows_no_literal() {
        let recent = Recent::default();
        recent.ended(call("SELECT 0"));
        assert!(recent.latest(10).is_empty() && !recent.is_kept());
        recent.keep(2);
        let long = format!("SELECT '{}'", "x".repeat(CALL_BYTES));
        for text in ["SELECT 1", &long, "SELECT 'hunter2', a"] {
            recent.ended(call(text));
        }
        let latest = recent.latest(10);
        let told: Vec<_> = latest.iter().map(|call| (call.number, call.statements.join(";"))).collect();
        assert_eq!(told, [(3, "SELECT ?, a".to_owned()), (2, String::new())]);
        assert_eq!(latest.last().map(|call| call.statements_withheld), Some(1));
        assert_eq!(recent.latest(1).len(), 1);
    }
}
