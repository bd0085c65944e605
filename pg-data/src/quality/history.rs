//! Earlier runs, and where they are kept: in the caller's own hands, in a file where the caller may name files, or in the database.
//!
//! Separate so that a connection which only reads has trend and drift too. Invariant: a run remembers counts and the bounds of
//! buckets, never a row; bounds are of columns that the policy lets be seen.

use std::collections::{BTreeMap, BTreeSet};

use pg_core::{Call, Connection, Error, read_local_file};
use serde::{Deserialize, Serialize};

use super::{drift::Buckets, outcome::CheckedRule, state};

/// Runs that are kept.
const KEPT: usize = 100;
/// Bytes of a file of runs at most.
const LONGEST: u64 = 32 << 20;

/// A run, as it is remembered.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    /// The suite's name.
    pub suite: String,
    /// When, in ISO 8601.
    pub at: String,
    /// Its score.
    #[serde(default)]
    pub score: Option<f64>,
    /// The share of the pages that it read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_percent: Option<f64>,
    /// What it counted, by the names of the checks.
    pub checks: BTreeMap<String, Counted>,
}

/// What a check counted.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Counted {
    /// Rows that were looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<i64>,
    /// Those that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing: Option<i64>,
    /// The buckets of a drift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buckets: Option<Buckets>,
}

/// Where runs are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the answer, from which the caller gives them back.
    Answer,
    /// In a file.
    File(String),
    /// In the database that is checked.
    Database,
}

/// The runs of a suite, the oldest first.
#[derive(Clone, Debug)]
pub(crate) struct History {
    place: Place,
    runs: Vec<Run>,
}

impl History {
    /// The runs that a caller names.
    ///
    /// # Errors
    /// An argument error for what holds no runs; what reading a file or the database gives.
    pub(crate) async fn of(
        call: &Call,
        connection: &Connection,
        suite: &str,
        given: &str,
    ) -> Result<Self, Error> {
        if given.trim_start().starts_with('[') {
            return Ok(Self { place: Place::Answer, runs: read(given, "history")? });
        }
        if given == "database" {
            return Ok(Self { place: Place::Database, runs: state::last(call, connection, suite).await? });
        }
        if !call.has_local_files() {
            return Err(Error::argument(
                "history is the `history` of an earlier answer ([] at first) or \"database\"; files can be named on the command \
                 line only",
            ));
        }
        let text =
            if is_there(given) { read_local_file(call, given, LONGEST).await? } else { "[]".to_owned() };
        Ok(Self { place: Place::File(given.to_owned()), runs: read(&text, given)? })
    }

    /// The runs of a suite, the oldest first.
    pub(crate) fn of_suite(&self, suite: &str) -> Vec<&Run> {
        self.runs.iter().filter(|run| run.suite == suite).collect()
    }

    /// Adds a run; gives the runs as JSON where the caller keeps them, the last ones that fit into so many bytes; and what there
    /// is to know.
    ///
    /// # Errors
    /// What writing a file gives.
    pub(crate) async fn keep(
        mut self,
        call: &Call,
        connection: &Connection,
        run: Run,
        most: usize,
    ) -> Result<(Option<String>, Option<String>), Error> {
        let unkept = match &self.place {
            Place::Database => match state::keep(call, connection, &run).await {
                Ok(()) => return Ok((None, None)),
                // The answer is had: it is not thrown away because it cannot be kept.
                Err(error) => Some(format!("this run was not kept: {}", error.report().message)),
            },
            Place::Answer | Place::File(_) => None,
        };
        self.runs.push(run);
        let surplus = self.runs.len().saturating_sub(KEPT);
        self.runs.drain(..surplus);
        self.forget_old_buckets();
        let mut text = self.text()?;
        while self.place == Place::Answer && text.len() > most && self.runs.len() > 1 {
            self.runs.remove(0);
            text = self.text()?;
        }
        match &self.place {
            Place::Answer => Ok((Some(text), None)),
            Place::Database => Ok((None, unkept)),
            Place::File(path) => {
                call.write_local_file(path, &text).await?;
                Ok((None, None))
            }
        }
    }
}

impl History {
    fn text(&self) -> Result<String, Error> {
        serde_json::to_string(&self.runs)
            .map_err(|error| Error::argument(format!("the runs cannot be written: {error}")))
    }

    /// Only the newest buckets of a check are compared with.
    fn forget_old_buckets(&mut self) {
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        for run in self.runs.iter_mut().rev() {
            for (name, counted) in &mut run.checks {
                if counted.buckets.is_some() && !seen.insert((run.suite.clone(), name.clone())) {
                    counted.buckets = None;
                }
            }
        }
    }
}

/// Whether a file is there: the first run has none to compare with.
fn is_there(path: &str) -> bool {
    std::path::Path::new(path).exists()
}

fn read(text: &str, place: &str) -> Result<Vec<Run>, Error> {
    serde_json::from_str(text).map_err(|error| {
        Error::argument(format!("{place} holds no runs of check_data_quality: {error}; begin with []"))
    })
}

/// What is remembered of checks.
pub(crate) fn counted(checks: &[CheckedRule]) -> BTreeMap<String, Counted> {
    let looked = checks.iter().filter(|check| check.looked());
    looked
        .map(|check| {
            let counted =
                Counted { rows: check.rows, failing: check.failing, buckets: check.buckets.clone() };
            (check.name.clone(), counted)
        })
        .collect()
}
