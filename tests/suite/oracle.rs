//! A live server as oracle: what the gate lets through in read access is run as a superuser in a session that may write,
//! without the second belt, and must leave everything as it was.
//!
//! Separate from the corpora, whose verdicts people wrote: here statements are made, out of the live catalog and out of
//! PostgreSQL's own regression tests. Invariant: the same statements on the same server each time; a finding names its
//! statement. `PG_TOOLKIT_ORACLE_ROUNDS` (1) makes more of them; see CONTRIBUTING.md.

#![expect(clippy::print_stderr, reason = "what was tried, and what was skipped, is part of the result")]

mod extensions;
mod fingerprint;
mod generated;
mod literals;
mod places;
mod regression;
mod splitting;
mod trial;

/// How many times as much as in the suite is tried.
fn rounds() -> usize {
    std::env::var("PG_TOOLKIT_ORACLE_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        // Splitmix64, by Sebastiano Vigna.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }

    fn choose<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
