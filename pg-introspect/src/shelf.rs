//! What this process keeps of a connection, so that a later call can compare with it.
//!
//! Separate because it is the one thing here that outlives a call. Invariant: a bounded number is kept, the oldest goes
//! first, and what is kept is found only through the connection that it was taken of.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A bounded number of things, each under a name that is made for it.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    prefix: &'static str,
    most: usize,
    places: Mutex<Places<T>>,
}

#[derive(Debug)]
struct Places<T> {
    count: u64,
    kept: VecDeque<Place<T>>,
}

#[derive(Debug)]
struct Place<T> {
    name: String,
    connection: String,
    taken: Instant,
    thing: Arc<T>,
}

impl<T> Shelf<T> {
    /// An empty one for `most` things, whose names begin with `prefix`.
    pub(crate) const fn new(prefix: &'static str, most: usize) -> Self {
        Self { prefix, most, places: Mutex::new(Places { count: 0, kept: VecDeque::new() }) }
    }

    /// Keeps something of a connection and gives its name.
    pub(crate) fn keep(&self, connection: &str, thing: T) -> String {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.count += 1;
        let name = format!("{}-{}", self.prefix, places.count);
        if places.kept.len() >= self.most {
            places.kept.pop_front();
        }
        places.kept.push_back(Place {
            name: name.clone(),
            connection: connection.to_owned(),
            taken: Instant::now(),
            thing: Arc::new(thing),
        });
        name
    }

    /// What is kept of this connection under a name, and how long ago it was put there.
    pub(crate) fn kept(&self, connection: &str, name: &str) -> Option<(Arc<T>, Duration)> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let found = places.kept.iter().find(|place| place.name == name && place.connection == connection)?;
        Some((Arc::clone(&found.thing), found.taken.elapsed()))
    }

    /// What was put there last of this connection and fits, and how long ago.
    pub(crate) fn newest(&self, connection: &str, fits: impl Fn(&T) -> bool) -> Option<(Arc<T>, Duration)> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let found = places.kept.iter().rfind(|place| place.connection == connection && fits(&place.thing))?;
        Some((Arc::clone(&found.thing), found.taken.elapsed()))
    }
}

#[cfg(test)]
mod tests {
    use super::Shelf;

    #[test]
    fn keeps_the_newest_and_only_for_their_connection() {
        let shelf = Shelf::new("thing", 3);
        let first = shelf.keep("a", 1);
        assert!(shelf.kept("a", &first).is_some() && shelf.kept("b", &first).is_none());
        for n in 0..3 {
            shelf.keep("a", n);
        }
        assert!(shelf.kept("a", &first).is_none());
        assert_eq!(shelf.newest("a", |_| true).map(|(thing, _)| *thing), Some(2));
        assert!(shelf.newest("b", |_| true).is_none() && shelf.newest("a", |&thing| thing > 7).is_none());
    }
}
