//! The open transactions by name, and why the latest ones that are no longer open ended.
//!
//! Invariant: there are never more on one connection than its bound; a place is given back however its holder ends.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use super::{Ended, Held};
use crate::{Error, cursors::random_name};

/// Ended transactions that are remembered, so that who names one is told what became of it.
const REMEMBERED: usize = 1000;

/// The open transactions of a process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenTransactions(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    open: HashMap<String, Held>,
    ended: VecDeque<(String, Ended)>,
}

/// The place of one open transaction; dropped, it is free for another.
#[derive(Debug)]
pub(super) struct Place {
    name: String,
    ended: Ended,
    all: OpenTransactions,
}

impl Place {
    /// The name by which its caller knows the transaction.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Says how the transaction ended, before the place is given back.
    pub(super) fn ends(&mut self, ended: Ended) {
        self.ended = ended;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut known = self.all.lock();
        known.open.remove(&self.name);
        if known.ended.len() >= REMEMBERED {
            known.ended.pop_front();
        }
        known.ended.push_back((std::mem::take(&mut self.name), self.ended));
    }
}

impl OpenTransactions {
    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a transaction, unless its connection has `bound` of them.
    pub(super) fn keep(&self, held: Held, bound: u32) -> Result<Place, Error> {
        let name = random_name()?;
        let mut known = self.lock();
        let same = known.open.values().filter(|other| other.connection_id == held.connection_id).count();
        if same >= usize::try_from(bound).unwrap_or(usize::MAX) {
            if bound == 0 {
                return Err(Error::argument(
                    "an open transaction holds a session, and this connection has only one: raise its `pool_size` to 2 or more, \
                     or use execute_transaction",
                ));
            }
            return Err(Error::argument(format!(
                "{same} transactions are open on this connection, and each holds a session: end one of them first, or raise \
                 `limits.open_transactions` (below `pool_size`) of the connection"
            )));
        }
        known.open.insert(name.clone(), held);
        Ok(Place { name, ended: Ended::Closed, all: self.clone() })
    }

    /// The open transaction with this name.
    pub(crate) fn find(&self, name: &str) -> Result<Held, Error> {
        let held = self.lock().open.get(name).cloned();
        held.ok_or_else(|| self.unknown(name))
    }

    /// Why no transaction of this name is open.
    pub(super) fn unknown(&self, name: &str) -> Error {
        let ended = self.lock().ended.iter().rev().find(|(known, _)| known == name).map(|(_, ended)| *ended);
        Error::UnknownTransaction {
            transaction: name.chars().take(48).collect(),
            why: ended.map(Ended::in_words),
        }
    }

    /// How many are open on a connection.
    pub(crate) fn count(&self, connection_id: &str) -> usize {
        self.lock().open.values().filter(|held| held.connection_id == connection_id).count()
    }

    /// Ends the transactions of a connection that is removed: with the last sender gone, their tasks roll back.
    pub(crate) fn end(&self, connection_id: &str) {
        self.lock().open.retain(|_, held| held.connection_id != connection_id);
    }
}
