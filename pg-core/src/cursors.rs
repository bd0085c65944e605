//! Readings that wait for their next page, by an opaque name that is good for one page.
//!
//! Invariant: there are never more than the bound for one connection, and none of them keeps a caller waiting who needs a
//! backend; the oldest goes first, and says so when asked.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use crate::{
    Error, process,
    read::{LEASE, Reading},
    row_encoder::Shape,
};

/// A reading that waits, and what the next answer must know of it.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The connection that it reads from.
    pub connection_id: String,
    /// The reading.
    pub reading: Reading,
    /// The shape in which it writes rows.
    pub shape: Shape,
}

/// The readings that wait.
#[derive(Debug, Default)]
pub(crate) struct Cursors {
    waiting: Mutex<VecDeque<(String, Instant, Waiting)>>,
}

impl Cursors {
    /// Keeps a reading under a new name. At most `bound` of its connection are kept.
    pub(crate) fn keep(&self, waiting: Waiting, bound: usize) -> Result<String, Error> {
        let name = random_name()?;
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(_, since, _)| since.elapsed() < LEASE);
        let same = |entry: &(String, Instant, Waiting)| entry.2.connection_id == waiting.connection_id;
        if all.iter().filter(|entry| same(entry)).count() >= bound
            && let Some(oldest) = all.iter().position(same)
        {
            all.remove(oldest);
        }
        all.push_back((name.clone(), Instant::now(), waiting));
        Ok(name)
    }

    /// Takes out the reading with this name. Named with another connection than its own, it stays.
    pub(crate) fn take(&self, name: &str, connection_id: Option<&str>) -> Result<Waiting, Error> {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(_, since, _)| since.elapsed() < LEASE);
        let found = all.iter().position(|(known, _, _)| known == name);
        if let Some((_, _, waiting)) = found.and_then(|index| all.get(index))
            && let Some(given) = connection_id.filter(|given| *given != waiting.connection_id)
        {
            return Err(Error::argument(format!(
                "the cursor belongs to connection `{}`, not `{given}`; it is still good: pass it with its own \
                 connection, or without `connection_id`",
                waiting.connection_id
            )));
        }
        match found.and_then(|index| all.remove(index)) {
            Some((_, _, waiting)) => Ok(waiting),
            None => Err(Error::UnknownCursor { cursor: name.chars().take(48).collect() }),
        }
    }

    /// Ends the reading of a connection that has waited longest, if there is one: somebody needs its backend.
    pub(crate) fn end_oldest(&self, connection_id: &str) {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(oldest) = all.iter().position(|(_, _, waiting)| waiting.connection_id == connection_id) {
            all.remove(oldest);
        }
    }

    /// Ends the readings of a connection that is removed.
    pub(crate) fn end(&self, connection_id: &str) {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(_, _, waiting)| waiting.connection_id != connection_id);
    }
}

/// 128 random bits: who does not know a cursor cannot guess it.
pub(crate) fn random_name() -> Result<String, Error> {
    let mut bits = [0_u8; 16];
    getrandom::fill(&mut bits).map_err(|error| Error::Driver { problem: error.to_string() })?;
    let digits: String = bits.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(process::mark(&digits))
}
