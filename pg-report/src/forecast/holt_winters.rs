//! Holt-Winters with additive trend and season, in its error-correction form; with a season of 1 it is Holt's linear method.
//!
//! Ours and no library's: those that were looked at bring linear algebra and random numbers for what is a page here. Source:
//! Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", third edition, sections 8.3 and 8.5 to 8.7. The smoothing
//! parameters are those of a grid, then of a finer one around its best, with the least sum of squared errors one step ahead.

use super::{Fitted, count};

/// What the smoothing parameters may be at first: shares of what they can be.
const SHARES: [f64; 7] = [0.001, 0.05, 0.15, 0.3, 0.5, 0.7, 0.95];
/// How often the grid becomes finer.
const ROUNDS: i32 = 3;
/// The longest series whose every grid point is tried on the whole of it.
const LONGEST: usize = 5_000;

/// How many values it takes to fit.
pub(super) fn least(season: usize) -> usize {
    2 * season + 3
}

/// Level, trend and season after the last value.
#[derive(Clone, Debug)]
pub(super) struct HoltWinters {
    smoothing: Smoothing,
    level: f64,
    trend: f64,
    /// Of the last season, the oldest first.
    season: Vec<f64>,
    deviation: f64,
}

/// Alpha, beta and gamma of the error-correction form.
#[derive(Clone, Copy, Debug, Default)]
struct Smoothing {
    level: f64,
    trend: f64,
    season: f64,
}

impl Smoothing {
    /// From shares of what each can be: trend up to the level's, season up to what the level's leaves.
    fn of([level, trend, season]: [f64; 3], seasonal: bool) -> Self {
        Self { level, trend: trend * level, season: if seasonal { season * (1.0 - level) } else { 0.0 } }
    }
}

impl HoltWinters {
    /// Needs two seasons and three values more.
    pub(super) fn fit(series: &[f64], season: usize) -> Option<Self> {
        if season == 0 || series.len() < least(season) {
            return None;
        }
        let from = series.len().saturating_sub(LONGEST.max(least(season)));
        let series = series.get(from..)?;
        let seasonal = season > 1;
        let sum = |shares: [f64; 3]| {
            run(series, season, Smoothing::of(shares, seasonal)).map(|(_, squares)| squares)
        };
        let mut best = ([0.5; 3], f64::INFINITY);
        let consider = |shares: [f64; 3], best: &mut ([f64; 3], f64)| {
            if let Some(squares) = sum(shares).filter(|squares| *squares < best.1) {
                *best = (shares, squares);
            }
        };
        let seasons: &[f64] = if seasonal { &SHARES } else { &[0.5] };
        for level in SHARES {
            for trend in SHARES {
                for season in seasons {
                    consider([level, trend, *season], &mut best);
                }
            }
        }
        for round in 1..=ROUNDS {
            let reach = 0.1 * 0.4_f64.powi(round - 1);
            let ([level, trend, season], _) = best;
            let around = |share: f64| [-reach, 0.0, reach].map(|step| (share + step).clamp(0.001, 0.999));
            for level in around(level) {
                for trend in around(trend) {
                    for season in around(season) {
                        consider([level, trend, season], &mut best);
                    }
                }
            }
        }
        let (mut fitted, squares) = run(series, season, Smoothing::of(best.0, seasonal))?;
        let freedom = series.len().saturating_sub(season + 3).max(1);
        fitted.deviation = (squares / count(freedom)).sqrt();
        Some(fitted)
    }
}

/// Goes through a series, and sums the squares of the errors one step ahead from the second season on.
fn run(series: &[f64], season: usize, smoothing: Smoothing) -> Option<(HoltWinters, f64)> {
    let (first, rest) = series.split_at_checked(season)?;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count(values.len());
    let second = rest.get(..season)?;
    let trend = (mean(second) - mean(first)) / count(season);
    let middle = (count(season) - 1.0) / 2.0;
    // The season without the trend, which was measured over two of them.
    let seasonal: Vec<f64> = (0..season)
        .zip(first.iter().zip(second))
        .map(|(at, (one, other))| {
            let ahead = (count(at) - middle) * trend;
            ((one - mean(first) - ahead) + (other - mean(second) - ahead)) / 2.0
        })
        .collect();
    let mut state = HoltWinters {
        smoothing,
        level: mean(first) + middle * trend,
        trend,
        season: seasonal,
        deviation: 0.0,
    };
    let mut squares = 0.0;
    for (at, value) in rest.iter().enumerate() {
        let place = at % season;
        let expected = state.season.get(place).copied()?;
        let error = value - (state.level + state.trend + expected);
        state.level += state.trend + smoothing.level * error;
        state.trend += smoothing.trend * error;
        *state.season.get_mut(place)? += smoothing.season * error;
        squares += error * error;
    }
    state.season.rotate_left(rest.len() % season);
    squares.is_finite().then_some((state, squares))
}

impl Fitted for HoltWinters {
    fn ahead(&self, step: usize) -> (f64, f64) {
        let season = self.season.get((step - 1) % self.season.len()).copied().unwrap_or_default();
        let value = self.level + count(step) * self.trend + season;
        let spread: f64 = (1..step)
            .map(|ago| {
                let seasonal =
                    if ago.is_multiple_of(self.season.len()) { self.smoothing.season } else { 0.0 };
                (self.smoothing.level + self.smoothing.trend * count(ago) + seasonal).powi(2)
            })
            .sum();
        (value, self.deviation * (1.0 + spread).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_and_a_season_without_noise_go_on_as_they_are() {
        let value = |at: u32| 50.0 + 1.5 * f64::from(at) + [0.0, 10.0, -10.0, 4.0][(at % 4) as usize];
        let series: Vec<f64> = (0..22).map(value).collect();
        let fitted = HoltWinters::fit(&series, 4).unwrap();
        for step in 1..=9_u32 {
            let (forecast, error) = fitted.ahead(step as usize);
            assert!((forecast - value(21 + step)).abs() < 1e-6, "{step}: {forecast}");
            assert!(error < 1e-6);
        }
    }

    #[test]
    fn without_a_season_it_is_a_line() {
        let series: Vec<f64> = (0..12).map(|at| 3.0 * f64::from(at)).collect();
        assert!((HoltWinters::fit(&series, 1).unwrap().ahead(2).0 - 39.0).abs() < 1e-6);
    }

    #[test]
    fn what_lies_further_ahead_is_less_sure() {
        let series: Vec<f64> =
            (0..40_u32).map(|at| f64::from(at % 4) * 5.0 + f64::from(at * 7919 % 13)).collect();
        let fitted = HoltWinters::fit(&series, 4).unwrap();
        let errors: Vec<f64> = (1..=8).map(|step| fitted.ahead(step).1).collect();
        assert!(errors.windows(2).all(|pair| pair[0] <= pair[1]), "{errors:?}");
    }

    #[test]
    fn a_short_series_is_not_smoothed() {
        assert!(HoltWinters::fit(&[1.0; 10], 4).is_none());
        assert!(HoltWinters::fit(&[1.0; 11], 4).is_some());
        assert!(HoltWinters::fit(&[1.0], 0).is_none());
    }
}
