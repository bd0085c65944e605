//! How a size grows: a straight line through points in time, and how far it can be trusted.
//!
//! Separate because it is arithmetic, and because its honesty is what tests are for. Invariant: fewer points, or a shorter time, than
//! a statement needs give a lower confidence and never a bolder statement.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// A size at a time.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Seconds since 1970.
    pub epoch: f64,
    /// Bytes.
    pub bytes: i64,
}

/// Sizes that were sampled before.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Points(pub Vec<Point>);

impl FromStr for Points {
    type Err = String;

    /// Reads a JSON array, as the command line gives it.
    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| {
            format!(r#"a JSON array of sizes is expected, for example '[{{"epoch": 1795000000, "bytes": 8192}}]': {error}"#)
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Points {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Points".into()
    }

    fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "array",
            "description": "Earlier sizes of the database, as an earlier answer's points.",
            "items": {
                "type": "object",
                "properties": { "epoch": { "type": "number", "description": "Seconds since 1970." },
                    "bytes": { "type": "integer", "description": "Bytes of the database." }, },
            },
        })
    }
}

/// How far a forecast can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ForecastConfidence {
    /// There is nothing to forecast from.
    None,
    /// Two points, or less than a day: a rate, and nothing of how even it is.
    Low,
    /// Five points or more over a day or more that lie about a line.
    Medium,
    /// Ten points or more over a week or more that lie close to a line.
    High,
}

/// A line through points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Growth {
    /// Bytes a day.
    pub(crate) bytes_a_day: f64,
    /// Seconds from the first point to the last.
    pub(crate) span_seconds: f64,
    /// The share of the points' spread that the line explains, where there are more than two.
    pub(crate) fit: Option<f64>,
    /// How far it can be trusted.
    pub(crate) confidence: ForecastConfidence,
}

/// The line of least squares through the points; none where they are of one moment.
pub(crate) fn growth(points: &[Point]) -> Option<Growth> {
    let first = points.iter().map(|point| point.epoch).fold(f64::INFINITY, f64::min);
    let last = points.iter().map(|point| point.epoch).fold(f64::NEG_INFINITY, f64::max);
    let span_seconds = last - first;
    // A second is less than what a clock and a size are told with.
    if points.len() < 2 || !span_seconds.is_finite() || span_seconds < 1.0 {
        return None;
    }
    let count = points.len() as f64;
    let mean_time = points.iter().map(|point| (point.epoch - first) / DAY).sum::<f64>() / count;
    let mean_bytes = points.iter().map(|point| point.bytes as f64).sum::<f64>() / count;
    let (mut both, mut times, mut sizes) = (0.0, 0.0, 0.0);
    for point in points {
        let (time, bytes) = ((point.epoch - first) / DAY - mean_time, point.bytes as f64 - mean_bytes);
        both += time * bytes;
        times += time * time;
        sizes += bytes * bytes;
    }
    if times <= 0.0 {
        return None;
    }
    let fit = (points.len() > 2).then(|| if sizes > 0.0 { both * both / (times * sizes) } else { 1.0 });
    let days = span_seconds / DAY;
    let confidence = match fit {
        Some(fit) if points.len() >= 10 && days >= 7.0 && fit >= 0.95 => ForecastConfidence::High,
        Some(fit) if points.len() >= 5 && days >= 1.0 && fit >= 0.8 => ForecastConfidence::Medium,
        _ => ForecastConfidence::Low,
    };
    Some(Growth { bytes_a_day: both / times, span_seconds, fit, confidence })
}

#[cfg(test)]
mod tests {
    use super::{DAY, ForecastConfidence, Point, growth};

    fn points(sizes: &[(f64, i64)]) -> Vec<Point> {
        sizes.iter().map(|&(days, bytes)| Point { epoch: 1e9 + days * DAY, bytes }).collect()
    }

    #[test]
    fn one_point_or_one_moment_is_no_growth() {
        assert_eq!(growth(&[]), None);
        assert_eq!(growth(&points(&[(0.0, 5)])), None);
        assert_eq!(growth(&points(&[(1.0, 5), (1.0, 50)])), None);
        assert_eq!(growth(&[Point { epoch: f64::NAN, bytes: 1 }, Point { epoch: 1.0, bytes: 2 }]), None);
    }

    #[test]
    fn two_points_give_a_rate_and_no_trust() {
        let growth = growth(&points(&[(0.0, 1_000), (30.0, 4_000)])).unwrap();
        assert_eq!((growth.bytes_a_day.round(), growth.fit), (100.0, None));
        assert_eq!(growth.confidence, ForecastConfidence::Low);
    }

    #[test]
    fn trust_grows_with_points_time_and_evenness() {
        let even: Vec<(f64, i64)> = (0..10).map(|n| (f64::from(n), i64::from(n) * 100)).collect();
        assert_eq!(growth(&points(&even)).unwrap().confidence, ForecastConfidence::High);
        assert_eq!(growth(&points(&even[..5])).unwrap().confidence, ForecastConfidence::Medium);
        let within_a_day: Vec<(f64, i64)> = even.iter().map(|&(days, bytes)| (days / 100.0, bytes)).collect();
        assert_eq!(growth(&points(&within_a_day)).unwrap().confidence, ForecastConfidence::Low);
        let uneven: Vec<(f64, i64)> = (0..10).map(|n| (f64::from(n), i64::from(n % 2) * 100)).collect();
        assert_eq!(growth(&points(&uneven)).unwrap().confidence, ForecastConfidence::Low);
    }

    #[test]
    fn what_shrinks_has_a_rate_below_zero_and_what_stands_still_none() {
        assert!(growth(&points(&[(0.0, 9), (1.0, 4)])).unwrap().bytes_a_day < 0.0);
        assert_eq!(growth(&points(&[(0.0, 4), (1.0, 4), (2.0, 4)])).unwrap().bytes_a_day, 0.0);
    }
}
