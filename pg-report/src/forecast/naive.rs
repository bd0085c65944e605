//! Seasonal naive: what was a season ago comes again.
//!
//! Source: Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", third edition, sections 5.2 and 5.5.

use super::{Fitted, count};

/// The last season, and how far seasons differ.
#[derive(Debug)]
pub(super) struct Naive {
    last: Vec<f64>,
    deviation: f64,
}

impl Naive {
    /// Needs one value more than a season has.
    pub(super) fn fit(series: &[f64], season: usize) -> Option<Self> {
        let last = series.get(series.len().checked_sub(season)?..)?.to_vec();
        let differences: Vec<f64> =
            series.iter().zip(series.get(season..)?).map(|(before, after)| after - before).collect();
        let squares: f64 = differences.iter().map(|difference| difference * difference).sum();
        (!differences.is_empty() && season > 0)
            .then(|| Self { last, deviation: (squares / count(differences.len())).sqrt() })
    }
}

impl Fitted for Naive {
    fn ahead(&self, step: usize) -> (f64, f64) {
        let (seasons, place) = ((step - 1) / self.last.len(), (step - 1) % self.last.len());
        let value = self.last.get(place).copied().unwrap_or_default();
        (value, self.deviation * count(seasons + 1).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_season_comes_again_and_is_less_sure_each_time() {
        let naive = Naive::fit(&[1.0, 2.0, 3.0, 5.0, 4.0, 3.0], 3).unwrap();
        // Differences of 4, 2 and 0: their root mean square is the square root of 20 / 3.
        let deviation = (20.0_f64 / 3.0).sqrt();
        assert_eq!(naive.ahead(1), (5.0, deviation));
        assert_eq!(naive.ahead(4), (5.0, deviation * 2.0_f64.sqrt()));
        assert!(Naive::fit(&[1.0, 2.0, 3.0], 3).is_none());
    }
}
