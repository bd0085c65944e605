//! How durations are spread: counted in buckets, as Prometheus reads them, and without a lock.
//!
//! Invariant: what is counted once stays counted; a snapshot's buckets are cumulative and its count is the last of them.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// The upper bounds of the buckets in microseconds; a last one has none.
const BOUNDS: [u64; 17] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    5_000_000, 10_000_000, 30_000_000, 60_000_000,
];

/// Counts durations.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Histogram {
    /// Counts a duration.
    pub(crate) fn observe(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let place = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(bucket) = self.buckets.get(place) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// What was counted until now.
    pub(crate) fn spread(&self) -> Spread {
        let mut count = 0;
        let mut cumulative = |bucket: &AtomicU64| {
            count += bucket.load(Ordering::Relaxed);
            count
        };
        let counts: Vec<u64> = self.buckets.iter().map(&mut cumulative).collect();
        let bounds = BOUNDS.iter().map(|micros| Duration::from_micros(*micros));
        let sum = Duration::from_micros(self.micros.load(Ordering::Relaxed));
        Spread { buckets: bounds.zip(counts).collect(), count, sum }
    }
}

/// How durations are spread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Upper bounds, and how many durations are at most as long.
    pub buckets: Vec<(Duration, u64)>,
    /// How many durations there were.
    pub count: u64,
    /// All of them together.
    pub sum: Duration,
}

impl Spread {
    /// The duration that this part of all is not above, estimated within its bucket; past the last bound that bound, and zero of
    /// nothing. As Prometheus' `histogram_quantile`.
    #[must_use]
    pub fn quantile(&self, part: f64) -> Duration {
        let wanted = part * self.count as f64;
        let (mut lower, mut before) = (Duration::ZERO, 0);
        for (upper, count) in &self.buckets {
            if *count as f64 >= wanted && *count > before {
                let inside = ((wanted - before as f64) / (count - before) as f64).clamp(0.0, 1.0);
                return lower + (*upper - lower).mul_f64(inside);
            }
            (lower, before) = (*upper, *count);
        }
        if self.count == 0 { Duration::ZERO } else { lower }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_bounds_belong_to_them() {
        let histogram = Histogram::default();
        for micros in [1, 250, 251, 1_000, 59_000_000, 61_000_000] {
            histogram.observe(Duration::from_micros(micros));
        }
        let spread = histogram.spread();
        assert_eq!(spread.count, 6);
        assert_eq!(spread.sum, Duration::from_micros(120_001_502));
        let at = |micros| {
            spread.buckets.iter().find(|(bound, _)| *bound == Duration::from_micros(micros)).unwrap().1
        };
        assert_eq!([at(250), at(500), at(1_000), at(30_000_000), at(60_000_000)], [2, 3, 4, 4, 5]);
    }

    #[test]
    fn quantiles_are_estimated_inside_of_their_bucket() {
        let histogram = Histogram::default();
        assert_eq!(histogram.spread().quantile(0.5), Duration::ZERO);
        for _ in 0..100 {
            histogram.observe(Duration::from_micros(700));
        }
        let spread = histogram.spread();
        assert_eq!(spread.quantile(0.5), Duration::from_micros(750));
        assert_eq!(spread.quantile(1.0), Duration::from_micros(1_000));
        for _ in 0..100 {
            histogram.observe(Duration::from_secs(600));
        }
        assert_eq!(histogram.spread().quantile(0.99), Duration::from_secs(60));
    }
}
