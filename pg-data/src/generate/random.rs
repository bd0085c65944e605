//! Chance that can be asked again: what is drawn follows from the seed and a place, not from what was drawn before.
//!
//! Separate because everything else stands on it. Invariant: equal seeds and equal places give equal numbers, on every machine.

use std::convert::Infallible;

use fake::rand::{TryRng, rand_core};

/// A row of numbers that begins at a place (SplitMix64, Steele and others 2014).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

fn mixed(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

impl Dice {
    /// Those of a place: of what (a table, a column) and which row of it.
    pub(crate) fn at(seed: u64, of: &str, row: u64) -> Self {
        let named = of.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(mixed(mixed(seed ^ mixed(named)).wrapping_add(row.wrapping_mul(0x9e37_79b9_7f4a_7c15))))
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(end);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// A share from 0 to below 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of several.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(usize::try_from(self.below(of.len() as u64)).ok()?)
    }

    /// A number about 0 of the standard normal distribution.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }
}

impl TryRng for Dice {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        rand_core::utils::fill_bytes_via_next_word(bytes, || self.try_next_u64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_gives_the_same_numbers_and_another_gives_others() {
        let first = |mut dice: Dice| (dice.next(), dice.next());
        assert_eq!(first(Dice::at(1, "a", 7)), first(Dice::at(1, "a", 7)));
        assert_ne!(first(Dice::at(1, "a", 7)), first(Dice::at(2, "a", 7)));
        assert_ne!(first(Dice::at(1, "a", 7)), first(Dice::at(1, "b", 7)));
        assert_ne!(first(Dice::at(1, "a", 7)), first(Dice::at(1, "a", 8)));
        assert!((0..1000).all(|row| Dice::at(3, "x", row).below(10) < 10));
    }
}
