//! How a panel's numbers go on: the methods held against what really came, and the better one's forecast.
//!
//! Invariant: what is told as an error was measured on values that the method had not seen.

mod holt_winters;
mod naive;
mod steps;

use serde::Serialize;

use crate::{
    Panel,
    columns::{Axis, Chosen, number},
    definition::PanelDefinition,
};

/// How much of what comes the intervals are to hold, and the standard normal quantile that belongs to it.
const INTERVAL: f64 = 0.95;
const QUANTILE: f64 = 1.959_964;
/// From how many points in the past forecasts are tried.
const ORIGINS: usize = 8;
/// How many rows are forecast unless the panel says it.
const HORIZON: usize = 6;

/// How a series goes on.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Forecast {
    /// The method, which erred least in the back-tests.
    pub method: Method,
    /// The column that it goes on with.
    pub column: String,
    /// How many rows make a season.
    pub season: usize,
    /// How much of what comes the intervals are to hold.
    pub interval: f64,
    /// The values to come.
    pub points: Vec<ForecastPoint>,
    /// How each method did on the end of the series, which it was not shown.
    pub backtests: Vec<Backtest>,
    /// What to bear in mind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A method of forecasting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Each value is that of a season before.
    SeasonalNaive,
    /// Level, trend and season, smoothed exponentially and added up.
    HoltWinters,
}

impl Method {
    /// Its name as people write it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Method::SeasonalNaive => "seasonal naive",
            Method::HoltWinters => "Holt-Winters",
        }
    }

    fn fit(self, series: &[f64], season: usize) -> Option<Box<dyn Fitted>> {
        match self {
            Method::SeasonalNaive => Some(Box::new(naive::Naive::fit(series, season)?)),
            Method::HoltWinters => Some(Box::new(holt_winters::HoltWinters::fit(series, season)?)),
        }
    }
}

/// A method that has seen a series.
trait Fitted {
    /// The value so many steps on, counted from 1, and its standard error.
    fn ahead(&self, step: usize) -> (f64, f64);
}

/// A value to come.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ForecastPoint {
    /// Where along the axis.
    pub x: String,
    /// The value.
    pub value: f64,
    /// The lower end of its interval.
    pub lower: f64,
    /// The upper end of its interval.
    pub upper: f64,
    /// Where along the axis, as a number.
    #[serde(skip)]
    pub(crate) place: f64,
}

/// How a method did on the end of the series.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Backtest {
    /// The method.
    pub method: Method,
    /// From how many points in the past it was tried.
    pub origins: usize,
    /// How many values it was held against in all.
    pub values: usize,
    /// The mean absolute error.
    pub mean_absolute_error: f64,
    /// The mean absolute error in percent; left out where a value is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_absolute_percentage_error: Option<f64>,
    /// The share of values that lay in their intervals.
    pub in_interval: f64,
}

impl Forecast {
    /// What comes after a panel's rows.
    pub(crate) fn of(panel: &PanelDefinition, rows: &Panel, chosen: &Chosen) -> Result<Self, String> {
        let column = chosen.y.first().copied().unwrap_or(chosen.value);
        let name = rows.columns.get(column).cloned().unwrap_or_default();
        let series: Option<Vec<f64>> = rows.rows.iter().map(|row| number(row.get(column)?)).collect();
        let series = series.ok_or_else(|| {
            format!("`{name}` has values that are no numbers; a forecast needs one for every step: fill gaps in the query")
        })?;
        let (season, horizon) = (panel.season.unwrap_or(1), panel.horizon.unwrap_or(HORIZON));
        let mut notes = Vec::new();
        let least = season + 1;
        if series.len() < least {
            return Err(format!(
                "{} rows are too few for a forecast with a season of {season}: it takes {least}",
                series.len()
            ));
        }
        let backtests: Vec<Backtest> = [Method::SeasonalNaive, Method::HoltWinters]
            .into_iter()
            .filter_map(|method| backtest(method, &series, season, horizon))
            .collect();
        let best = backtests
            .iter()
            .min_by(|one, other| one.mean_absolute_error.total_cmp(&other.mean_absolute_error));
        if backtests.len() < 2 {
            notes.push(format!(
                "the {} rows do not reach for comparing both methods with what came",
                series.len()
            ));
        }
        if rows.cut.is_some() {
            notes.push(
                "rows are missing: the limit of rows was reached before the end of the series".to_owned(),
            );
        }
        let method = best.map_or(Method::SeasonalNaive, |best| best.method);
        let fitted = method.fit(&series, season).ok_or("the series is too short for a forecast")?;
        let axis = Axis::of(rows.rows.iter().filter_map(|row| row.get(chosen.x)));
        let steps = steps::after(&axis, horizon);
        let points = (1..).zip(steps).map(|(step, (place, x))| {
            let (value, error) = fitted.ahead(step);
            let reach = QUANTILE * error;
            ForecastPoint {
                x,
                value: rounded(value),
                lower: rounded(value - reach),
                upper: rounded(value + reach),
                place,
            }
        });
        Ok(Self {
            method,
            column: name,
            season,
            interval: INTERVAL,
            points: points.collect(),
            backtests,
            notes,
        })
    }
}

/// Tries a method from several points in the past, the last of which has the whole horizon behind it.
fn backtest(method: Method, series: &[f64], season: usize, horizon: usize) -> Option<Backtest> {
    let horizon = horizon.min(series.len() / 4).max(1);
    let last = series.len().checked_sub(horizon)?;
    let (mut origins, mut values, mut inside) = (0_usize, 0_usize, 0_usize);
    let (mut absolute, mut percentage) = (0.0, Some(0.0));
    // From the same points for each method, or their errors could not be compared.
    let first = holt_winters::least(season).min(last).max(last.saturating_sub(ORIGINS - 1));
    for origin in first..=last {
        let Some((seen, unseen)) = series.split_at_checked(origin) else { continue };
        let Some(fitted) = method.fit(seen, season) else { continue };
        origins += 1;
        for (step, came) in (1..=horizon).zip(unseen) {
            let (value, error) = fitted.ahead(step);
            let miss = (value - came).abs();
            values += 1;
            absolute += miss;
            percentage = percentage.filter(|_| *came != 0.0).map(|sum| sum + miss / came.abs());
            inside += usize::from(miss <= QUANTILE * error);
        }
    }
    (values > 0).then(|| Backtest {
        method,
        origins,
        values,
        mean_absolute_error: rounded(absolute / count(values)),
        mean_absolute_percentage_error: percentage.map(|sum| rounded(100.0 * sum / count(values))),
        in_interval: rounded(count(inside) / count(values)),
    })
}

#[expect(clippy::cast_precision_loss, reason = "rows of an answer are few")]
fn count(number: usize) -> f64 {
    number as f64
}

/// With four digits behind the point, which is more than a forecast knows.
fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three years and more of months with a trend and a season.
    fn months(count: u32) -> Vec<f64> {
        (0..count).map(|month| 100.0 + 2.0 * f64::from(month) + 30.0 * f64::from(month % 12)).collect()
    }

    #[test]
    fn holt_winters_errs_less_where_there_is_a_trend() {
        let series = months(48);
        let naive = backtest(Method::SeasonalNaive, &series, 12, 6).unwrap();
        let smoothed = backtest(Method::HoltWinters, &series, 12, 6).unwrap();
        // A season before means 12 months of trend too little.
        assert!((naive.mean_absolute_error - 24.0).abs() < 1e-9, "{naive:?}");
        assert!(smoothed.mean_absolute_error < 0.1, "{smoothed:?}");
        assert_eq!((naive.origins, naive.values), (8, 48));
    }

    #[test]
    fn an_error_is_of_values_that_were_not_seen() {
        let mut series = months(48);
        let before = backtest(Method::HoltWinters, &series, 12, 1).unwrap();
        if let Some(last) = series.last_mut() {
            *last += 800.0;
        }
        let after = backtest(Method::HoltWinters, &series, 12, 1).unwrap();
        let difference = after.mean_absolute_error - before.mean_absolute_error;
        assert!((difference - 100.0).abs() < 0.1, "one of eight values is 800 off: {difference}");
    }

    #[test]
    fn percentages_are_left_out_where_a_value_is_nothing() {
        let flat = vec![0.0; 20];
        assert_eq!(
            backtest(Method::SeasonalNaive, &flat, 4, 2).unwrap().mean_absolute_percentage_error,
            None
        );
    }
}
