//! disk_forecast: how fast a database grows, and when it would fill a disk.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::catalog;
use crate::history::{ForecastConfidence, Growth, Point, Points, SNAPSHOTS, growth};
use crate::values;

/// How many sizes this process remembers, of all connections together.
const REMEMBERED: usize = 1_000;
/// How many points a caller may give.
const MOST_POINTS: usize = 10_000;
/// The longest window that a call waits for, in seconds.
const LONGEST_WINDOW: u32 = 300;
/// How many tables are told.
const TABLES: u32 = 10;
/// Days past which a date says nothing.
const FAR: f64 = 36_500.0;

/// Forecast how the database grows, from sizes that were sampled before: by this process, in points, or over a window. Says how far the
/// forecast can be trusted.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct DiskForecastInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// Earlier sizes, as an earlier answer's points: `@FILE` on the command line.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value = "[]", hide_default_value = true))]
    pub points: Points,
    /// Sample again after so many seconds, up to 300.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub window_seconds: u32,
    /// Bytes that the database may have: the disk, less what else is on it.
    #[cfg_attr(feature = "cli", arg(long))]
    pub capacity_bytes: Option<i64>,
    /// A snapshot of what_changed, for the growth of tables.
    #[cfg_attr(feature = "cli", arg(long))]
    pub since: Option<String>,
}

/// How a database grows.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DiskForecastOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// Bytes of the database now.
    pub database_bytes: i64,
    /// How far the forecast can be trusted: `none`, `low`, `medium` or `high`.
    pub confidence: ForecastConfidence,
    /// Bytes a day by which it grows; absent where nothing is known but the size of now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_per_day: Option<i64>,
    /// Bytes of write-ahead log a day; known with since only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wal_bytes_per_day: Option<i64>,
    /// The share of the spread that a straight line explains, from 0 to 1; absent for two points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<f64>,
    /// Seconds from the first size to the last.
    pub span_seconds: f64,
    /// Bytes in 30 days, if it goes on so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_30_days_bytes: Option<i64>,
    /// Days until capacity_bytes are reached, if it goes on so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_until_full: Option<f64>,
    /// The sizes that this rests on; give them again later.
    pub points: Vec<Point>,
    /// The largest tables, or with since those that grew most.
    pub largest_tables: Vec<TableGrowth>,
    /// What this can tell, and what not.
    pub notes: Vec<String>,
}

/// A table and its growth.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TableGrowth {
    /// Its schema.
    pub schema: String,
    /// The table.
    pub table_name: String,
    /// Bytes with indexes and TOAST.
    pub bytes: i64,
    /// Bytes by which it grew since the snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grown_bytes: Option<i64>,
}

/// The operation disk_forecast.
#[derive(Debug)]
pub struct DiskForecast;

#[async_trait]
impl Operation for DiskForecast {
    type Input = DiskForecastInput;
    type Output = DiskForecastOutput;
    const NAME: &'static str = "disk_forecast";
    const TITLE: &'static str = "When the disk would be full";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Health;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] =
        &[Example { title: "How large is it, and how does it grow?", arguments: "{}" }];

    async fn run(call: &Call, input: DiskForecastInput) -> Result<DiskForecastOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        if input.points.0.len() > MOST_POINTS {
            return Err(Error::argument(format!("at most {MOST_POINTS} points are read; give fewer")));
        }
        if input.capacity_bytes.is_some_and(|bytes| bytes <= 0) {
            return Err(Error::argument("capacity_bytes must be more than 0"));
        }
        let mut points = input.points.0;
        let (measured, mut now) = sampled(call, &connection).await?;
        if input.window_seconds > 0 {
            let window = Duration::from_secs(u64::from(input.window_seconds.min(LONGEST_WINDOW)));
            tokio::select! {
                () = call.cancellation().cancelled() => return Err(Error::Cancelled),
                () = tokio::time::sleep(window) => {}
            }
            (_, now) = sampled(call, &connection).await?;
        }
        points.extend(remembered(&measured));
        points.push(now);
        let mut notes = Vec::new();
        settle(&mut points, &now, &mut notes);
        let found = growth(&points);
        notes.push(trust(found.as_ref(), points.len()));
        if input.capacity_bytes.is_none() {
            notes.push(
                "the server does not tell how large its disk is: give capacity_bytes for a date; write-ahead log, temporary files and \
                 other databases take space besides"
                    .to_owned(),
            );
        }
        let (tables, wal_bytes_per_day) = tables(call, &connection, input.since.as_deref()).await?;
        let rate = found.map(|growth| growth.bytes_a_day);
        Ok(DiskForecastOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            database_bytes: now.bytes,
            confidence: found.map_or(ForecastConfidence::None, |growth| growth.confidence),
            bytes_per_day: rate.map(|rate| rate.round() as i64),
            wal_bytes_per_day,
            fit: found.and_then(|growth| growth.fit).map(|fit| (fit * 1_000.0).round() / 1_000.0),
            span_seconds: found.map_or(0.0, |growth| (growth.span_seconds * 10.0).round() / 10.0),
            in_30_days_bytes: rate.map(|rate| (now.bytes as f64 + rate * 30.0).max(0.0).round() as i64),
            days_until_full: input
                .capacity_bytes
                .zip(rate)
                .and_then(|(most, rate)| days_until(now.bytes, most, rate)),
            points,
            largest_tables: tables,
            notes,
        })
    }
}

/// Days until `most` bytes are reached; none where it does not grow, or where the day is out of sight.
fn days_until(bytes: i64, most: i64, rate: f64) -> Option<f64> {
    if bytes >= most {
        return Some(0.0);
    }
    let days = (most - bytes) as f64 / rate;
    (rate > 0.0 && days < FAR).then(|| (days * 10.0).round() / 10.0)
}

/// The points in the order of time, each once, and none that is of the future.
fn settle(points: &mut Vec<Point>, now: &Point, notes: &mut Vec<String>) {
    let given = points.len();
    points.retain(|point| point.epoch.is_finite() && point.epoch <= now.epoch && point.bytes >= 0);
    if points.len() < given {
        notes.push(format!(
            "{} points are later than the server's clock, or no sizes, and were passed over",
            given - points.len()
        ));
    }
    points.sort_by(|left, right| left.epoch.total_cmp(&right.epoch));
    points.dedup();
}

/// What may be made of the forecast, in words.
fn trust(found: Option<&Growth>, points: usize) -> String {
    let Some(growth) = found else {
        return "one size is no growth: ask again later, keep the points, or give window_seconds".to_owned();
    };
    let hours = growth.span_seconds / 3_600.0;
    match growth.confidence {
        ForecastConfidence::None => "there is nothing to forecast from".to_owned(),
        ForecastConfidence::Low if points == 2 => format!(
            "two sizes {hours:.1} hours apart give a rate and nothing more: whether growth is even, comes in loads, or was a single \
             one, two points cannot tell"
        ),
        ForecastConfidence::Low => format!(
            "{points} sizes over {hours:.1} hours: too short a time, too few, or too uneven to tell more than the rate of that time"
        ),
        ForecastConfidence::Medium => {
            format!(
                "{points} sizes over {:.1} days lie about a line; a week of them would tell more",
                hours / 24.0
            )
        }
        ForecastConfidence::High => format!(
            "{points} sizes over {:.1} days lie close to a line; what changes how the database is used changes this",
            hours / 24.0
        ),
    }
}

/// What a size is of: the connection and the database.
type Measured = (String, String);

static HISTORY: Mutex<VecDeque<(Measured, Point)>> = Mutex::new(VecDeque::new());

/// The sizes that this process has seen of it.
fn remembered(measured: &Measured) -> Vec<Point> {
    let history = HISTORY.lock().unwrap_or_else(PoisonError::into_inner);
    history.iter().filter(|(known, _)| known == measured).map(|(_, point)| *point).collect()
}

/// The size of now, which is remembered.
async fn sampled(call: &Call, connection: &Connection) -> Result<(Measured, Point), Error> {
    let moment = catalog::MOMENT.rows(call, connection, &[]).await?.into_iter().next();
    let sample = moment
        .and_then(|moment| {
            let point = Point { epoch: moment.epoch, bytes: moment.database_bytes? };
            Some(((connection.id().to_owned(), moment.database), point))
        })
        .ok_or_else(|| {
            Error::argument(
                "the connection's role may not see how large the database is: GRANT CONNECT ON DATABASE to it",
            )
        })?;
    let mut history = HISTORY.lock().unwrap_or_else(PoisonError::into_inner);
    if history.len() >= REMEMBERED {
        history.pop_front();
    }
    history.push_back(sample.clone());
    Ok(sample)
}

/// The largest tables, or those that grew most since a snapshot; with it the log a day.
async fn tables(
    call: &Call,
    connection: &Connection,
    since: Option<&str>,
) -> Result<(Vec<TableGrowth>, Option<i64>), Error> {
    let Some(name) = since else {
        let largest = catalog::SNAPSHOT_SIZES.rows(call, connection, &[json!(TABLES)]).await?;
        let told = |table: catalog::TableBytes| TableGrowth {
            schema: table.schema,
            table_name: table.name,
            bytes: table.bytes,
            grown_bytes: None,
        };
        return Ok((largest.into_iter().map(told).collect(), None));
    };
    let Some((before, _)) = SNAPSHOTS.kept(connection.id(), name) else {
        return Err(Error::argument(format!(
            "this process keeps no snapshot \"{}\" of connection \"{}\"; what_changed takes one",
            values::excerpt(name, 80),
            connection.id()
        )));
    };
    let now = catalog::SNAPSHOT_SIZES
        .rows(call, connection, &[json!(before.sizes.len().max(TABLES as usize))])
        .await?;
    let mut grown: Vec<TableGrowth> = now
        .into_iter()
        .map(|table| {
            let then =
                before.sizes.iter().find(|then| then.schema == table.schema && then.name == table.name);
            TableGrowth {
                grown_bytes: Some(table.bytes - then.map_or(0, |then| then.bytes)),
                schema: table.schema,
                table_name: table.name,
                bytes: table.bytes,
            }
        })
        .collect();
    grown.sort_by_key(|table| std::cmp::Reverse(table.grown_bytes));
    grown.truncate(TABLES as usize);
    let moment = catalog::MOMENT.rows(call, connection, &[]).await?.into_iter().next();
    let wal = moment.and_then(|now| {
        let days = (now.epoch - before.moment.epoch) / 86_400.0;
        let written = now.wal_position? - before.moment.wal_position?;
        (days > 0.0).then(|| (written as f64 / days).round() as i64)
    });
    Ok((grown, wal))
}

#[cfg(test)]
mod tests {
    use super::{days_until, settle};
    use crate::history::Point;

    #[test]
    fn a_date_is_told_only_where_it_grows_towards_one() {
        assert_eq!(days_until(50, 100, 10.0), Some(5.0));
        assert_eq!(days_until(100, 100, -1.0), Some(0.0));
        assert_eq!(days_until(50, 100, 0.0), None);
        assert_eq!(days_until(50, 100, -3.0), None);
        assert_eq!(days_until(0, i64::MAX, 1.0), None, "out of sight");
    }

    #[test]
    fn points_of_the_future_are_passed_over_and_said_so() {
        let now = Point { epoch: 100.0, bytes: 5 };
        let mut points = vec![
            Point { epoch: 200.0, bytes: 9 },
            Point { epoch: f64::NAN, bytes: 9 },
            now,
            Point { epoch: 50.0, bytes: 3 },
            now,
        ];
        let mut notes = Vec::new();
        settle(&mut points, &now, &mut notes);
        assert_eq!(points, [Point { epoch: 50.0, bytes: 3 }, now]);
        assert!(notes[0].starts_with("2 points"), "{notes:?}");
    }
}
