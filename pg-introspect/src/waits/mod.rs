//! The graph of who waits for whom: its roots, its cycles, and what would be free once a root is gone.
//!
//! Separate from the operation so that every shape of graph is a test without sessions. Invariant: it ends on every
//! graph, cycles and all.

mod advice;

pub(crate) use advice::{next_step, next_step_for_prepared};

use std::collections::{BTreeMap, BTreeSet};

/// Who waits for whom, by process id; 0 stands for prepared transactions.
#[derive(Debug, Default)]
pub(crate) struct WaitGraph {
    blockers: BTreeMap<i32, BTreeSet<i32>>,
}

impl WaitGraph {
    /// The graph of these pairs of a waiter and its blocker.
    pub(crate) fn new(pairs: impl IntoIterator<Item = (i32, i32)>) -> Self {
        let mut graph = Self::default();
        for (waiter, blocker) in pairs {
            if waiter != blocker {
                graph.blockers.entry(waiter).or_default().insert(blocker);
            }
        }
        graph
    }

    /// Everybody in it.
    pub(crate) fn everybody(&self) -> BTreeSet<i32> {
        self.blockers.iter().flat_map(|(waiter, blockers)| blockers.iter().chain([waiter])).copied().collect()
    }

    /// Those who block and wait for nobody.
    pub(crate) fn roots(&self) -> BTreeSet<i32> {
        self.everybody().into_iter().filter(|pid| !self.blockers.contains_key(pid)).collect()
    }

    /// Who waits for this one, directly or through others.
    pub(crate) fn behind(&self, pid: i32) -> BTreeSet<i32> {
        let mut behind = BTreeSet::new();
        let mut open = vec![pid];
        while let Some(blocker) = open.pop() {
            for (waiter, blockers) in &self.blockers {
                if blockers.contains(&blocker) && behind.insert(*waiter) {
                    open.push(*waiter);
                }
            }
        }
        behind
    }

    /// Who waits for nobody but this one and those whom it would free in turn.
    pub(crate) fn freed_by(&self, pid: i32) -> BTreeSet<i32> {
        let mut gone = BTreeSet::from([pid]);
        loop {
            let next: Vec<i32> = self
                .blockers
                .iter()
                .filter(|(waiter, blockers)| !gone.contains(waiter) && blockers.is_subset(&gone))
                .map(|(waiter, _)| *waiter)
                .collect();
            if next.is_empty() {
                gone.remove(&pid);
                return gone;
            }
            gone.extend(next);
        }
    }

    /// The groups that wait for each other in a circle.
    pub(crate) fn cycles(&self) -> Vec<Vec<i32>> {
        let mut told = BTreeSet::new();
        let mut cycles = Vec::new();
        for pid in self.blockers.keys().copied() {
            let behind = self.behind(pid);
            if told.contains(&pid) || !behind.contains(&pid) {
                continue;
            }
            let ring: Vec<i32> =
                behind.into_iter().filter(|other| self.behind(*other).contains(&pid)).collect();
            told.extend(ring.iter().copied());
            cycles.push(ring);
        }
        cycles
    }
}

#[cfg(test)]
mod tests {
    use super::WaitGraph;

    fn set(pids: &[i32]) -> std::collections::BTreeSet<i32> {
        pids.iter().copied().collect()
    }

    #[test]
    fn finds_the_root_of_a_chain_and_what_it_would_free() {
        let graph = WaitGraph::new([(2, 1), (3, 2), (4, 3), (4, 9)]);
        assert_eq!(graph.roots(), set(&[1, 9]));
        assert_eq!(graph.behind(1), set(&[2, 3, 4]));
        assert_eq!(graph.freed_by(1), set(&[2, 3]), "4 waits for 9 as well");
        assert!(graph.cycles().is_empty());
    }

    #[test]
    fn finds_cycles_and_who_stands_behind_them() {
        let graph = WaitGraph::new([(1, 2), (2, 3), (3, 1), (4, 1), (7, 8), (8, 7)]);
        assert_eq!(graph.cycles(), [vec![1, 2, 3], vec![7, 8]]);
        assert!(graph.roots().is_empty());
        assert!(graph.freed_by(2).contains(&4));
    }

    #[test]
    fn an_empty_graph_and_one_who_waits_for_itself_have_nothing() {
        let graph = WaitGraph::new([(5, 5)]);
        assert!(graph.everybody().is_empty() && graph.roots().is_empty() && graph.cycles().is_empty());
    }
}
