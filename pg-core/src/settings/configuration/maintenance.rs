//! The rules of maintenance: which rows and partitions grow too old, and from when on a table or an index is worth the work.
//!
//! Separate because arguments of a call say them in the same words. Invariant: a rule that is not understood is an error, and
//! none has a default for how old is too old.

use std::{fmt, str::FromStr, time::Duration};

/// What is said of maintenance.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MaintenanceOptions {
    /// Dead tuples below which a table is left alone.
    pub dead_rows: u64,
    /// Dead tuples, in percent of live ones, from which on a table is vacuumed.
    pub dead_percent: f64,
    /// Changed rows, in percent, from which on a table is analyzed.
    pub stale_percent: f64,
    /// The age of the oldest transaction in a table, in transactions, from which on it is frozen.
    pub freeze_age: u64,
    /// Which rows grow too old.
    pub retention: Vec<RetentionRule>,
    /// Which partitions are made and dropped.
    pub partitions: Vec<PartitionRule>,
    /// Rows that one transaction deletes.
    pub batch_rows: u32,
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// How long one statement may wait for a lock.
    pub lock_timeout: Duration,
    /// How long a run may take, where that is bounded.
    pub window: Option<Duration>,
}

impl Default for MaintenanceOptions {
    fn default() -> Self {
        Self {
            dead_rows: 1_000,
            dead_percent: 10.0,
            stale_percent: 10.0,
            freeze_age: 150_000_000,
            retention: Vec::new(),
            partitions: Vec::new(),
            batch_rows: 5_000,
            statement_timeout: Duration::from_secs(4 * 60 * 60),
            lock_timeout: Duration::from_secs(5),
            window: None,
        }
    }
}

/// Rows of a table that are deleted once they are old: `audit_logs.created_at older than 90 days`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionRule {
    /// The table, with or without its schema.
    pub table: String,
    /// The column that says how old a row is.
    pub column: String,
    /// How old a row has to be, in seconds.
    pub older_than_s: u64,
}

/// A period of time that one partition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A day.
    Day,
    /// A week, from Monday on.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// What becomes of partitions that are too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldPartitions {
    /// They are dropped, with their rows.
    Drop,
    /// They become tables of their own.
    Detach,
}

/// Partitions of a table: `events by month, 3 ahead, drop after 12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionRule {
    /// The partitioned table, with or without its schema.
    pub table: String,
    /// What one partition holds.
    pub period: Period,
    /// How many periods are made beforehand, besides the one that is.
    pub ahead: u32,
    /// After how many whole periods a partition is too old, and what becomes of it.
    pub old: Option<(u32, OldPartitions)>,
}

const RETENTION: &str = "TABLE.COLUMN older than NUMBER UNIT, such as `audit_logs.created_at older than 90 days`; units are \
                         minutes, hours, days and weeks, and 0 days means: once the time has passed";
const PARTITIONS: &str = "TABLE by PERIOD, NUMBER ahead, and where old ones go, drop (or detach) after NUMBER, such as \
                          `events by month, 3 ahead, drop after 12`; periods are day, week, month and year";
/// The longest age and the most periods that a rule may name.
const MOST: u64 = 1_000_000;

impl FromStr for RetentionRule {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, age) = text.split_once(" older than ").ok_or(RETENTION)?;
        let (table, column) = name.trim().rsplit_once('.').ok_or(RETENTION)?;
        let mut words = age.split_whitespace();
        let number: u64 = words.next().and_then(|word| word.parse().ok()).ok_or(RETENTION)?;
        let unit = match words.next().ok_or(RETENTION)?.trim_end_matches('s') {
            "minute" => 60,
            "hour" => 3_600,
            "day" => 86_400,
            "week" => 7 * 86_400,
            _ => return Err(RETENTION),
        };
        if table.is_empty() || column.is_empty() || number > MOST || words.next().is_some() {
            return Err(RETENTION);
        }
        Ok(Self { table: table.to_owned(), column: column.to_owned(), older_than_s: number * unit })
    }
}

impl fmt::Display for RetentionRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, column, older_than_s } = self;
        let (number, unit) = match older_than_s {
            s if s % 86_400 == 0 => (s / 86_400, "days"),
            s if s % 3_600 == 0 => (s / 3_600, "hours"),
            s => (s / 60, "minutes"),
        };
        write!(f, "{table}.{column} older than {number} {unit}")
    }
}

impl Period {
    /// The word for it, which `date_trunc` knows.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

impl FromStr for Period {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Day, Self::Week, Self::Month, Self::Year]
            .into_iter()
            .find(|period| period.word() == text)
            .ok_or(PARTITIONS)
    }
}

impl FromStr for PartitionRule {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(',').map(str::trim);
        let (table, period) = parts.next().and_then(|part| part.rsplit_once(" by ")).ok_or(PARTITIONS)?;
        let count =
            |word: &str| word.parse().ok().filter(|number| u64::from(*number) <= MOST).ok_or(PARTITIONS);
        let mut rule =
            Self { table: table.trim().to_owned(), period: period.trim().parse()?, ahead: 0, old: None };
        for part in parts {
            let words: Vec<&str> = part.split_whitespace().collect();
            match *words {
                [number, "ahead"] => rule.ahead = count(number)?,
                ["drop", "after", number] => rule.old = Some((count(number)?, OldPartitions::Drop)),
                ["detach", "after", number] => rule.old = Some((count(number)?, OldPartitions::Detach)),
                _ => return Err(PARTITIONS),
            }
        }
        // A partition for each day of three years is what a plan of a thousand steps can hold.
        if rule.table.is_empty() || rule.ahead > 1_000 { Err(PARTITIONS) } else { Ok(rule) }
    }
}

impl fmt::Display for PartitionRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}, {} ahead", self.table, self.period.word(), self.ahead)?;
        match self.old {
            Some((periods, OldPartitions::Drop)) => write!(f, ", drop after {periods}"),
            Some((periods, OldPartitions::Detach)) => write!(f, ", detach after {periods}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rules_and_writes_them_as_they_were() {
        for text in
            ["audit_logs.created_at older than 90 days", "s.t.c older than 36 hours", "t.c older than 0 days"]
        {
            assert_eq!(text.parse::<RetentionRule>().unwrap().to_string(), text);
        }
        for text in [
            "events by month, 3 ahead, drop after 12",
            "s.e by day, 0 ahead",
            "e by year, 1 ahead, detach after 7",
        ] {
            assert_eq!(text.parse::<PartitionRule>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_a_rule_that_leaves_anything_open() {
        for text in [
            "",
            "audit_logs older than 90 days",
            "a.b older than days",
            "a.b older than 90",
            "a.b older than -1 days",
            "a.b older than 9 days or so",
            "a.b older than 9 months",
            "a.b older than 99999999 days",
        ] {
            assert!(text.parse::<RetentionRule>().is_err(), "{text}");
        }
        for text in [
            "",
            "events",
            "events by hour",
            "events by month, keep 3",
            "events by month, drop after x",
            " by day",
            "events by day, 5000 ahead",
        ] {
            assert!(text.parse::<PartitionRule>().is_err(), "{text}");
        }
    }
}
