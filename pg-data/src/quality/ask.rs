//! Asking for figures and rows: many figures in one scan where that works, one by one where one of them cannot be had.
//!
//! Invariant: every text is judged by the connection's policy as the caller's own and run in read access. What concerns one check
//! is told of that check; only a lost connection or a caller who goes ends the whole.

use pg_core::{Call, Connection, Error, ErrorKind};
use serde_json::{Map, Value};

use super::sql;

/// Checks whose figures are asked in one statement.
const TOGETHER: usize = 40;

/// Why something cannot be told.
#[derive(Clone, Debug)]
pub(crate) struct Missed {
    pub why: String,
    /// Whether a time limit ended it: asking for a part of it would take as long.
    timed_out: bool,
}

/// The figures of a check, or why they cannot be had.
pub(crate) type Figures = Result<Vec<Option<String>>, Missed>;

/// Whom is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub call: &'a Call,
    pub connection: &'a Connection,
}

impl Asked<'_> {
    /// The rows of a text.
    ///
    /// # Errors
    /// What ends the whole; what concerns this text alone is the inner error.
    pub(crate) async fn rows(&self, text: &str) -> Result<Result<Vec<Map<String, Value>>, Missed>, Error> {
        let asked = async {
            let vetted = self.connection.vet(self.call, text).await?;
            self.connection.fetch(self.call, &vetted, &[]).await
        };
        told(asked.await)
    }

    /// The figures of one text that [`sql::figures`] made.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub(crate) async fn figures(&self, text: &str) -> Result<Figures, Error> {
        self.figures_where(text, text).await
    }

    /// The same, where it is another text that must not judge masks.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub(crate) async fn figures_where(&self, text: &str, judged: &str) -> Result<Figures, Error> {
        if let Some(why) = self.hidden(judged).await? {
            return Ok(Err(why));
        }
        Ok(self.rows(text).await?.map(|rows| rows.first().map(values).unwrap_or_default()))
    }

    /// What the server's clock says, in ISO 8601.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub(crate) async fn moment(&self) -> Result<String, Error> {
        const NOW: &str = "SELECT pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS c0";
        let found = self.rows(NOW).await?;
        Ok(found.ok().and_then(|rows| values(rows.first()?).into_iter().next()?).unwrap_or_default())
    }

    /// Why a text would judge what nobody sees: a mask in place of a column would pass or fail in its stead.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub(crate) async fn hidden(&self, text: &str) -> Result<Option<Missed>, Error> {
        if !self.connection.masks_columns() {
            return Ok(None);
        }
        let shown = told(self.connection.only_shows_masks(self.call, text).await)?;
        Ok(match shown {
            Err(missed) => Some(missed),
            Ok(true) => None,
            Ok(false) => Some(Missed {
                why: "the policy masks a column that this check judges, so that its mask would be judged; use a connection that \
                      may see it"
                    .to_owned(),
                timed_out: false,
            }),
        })
    }

    /// The figures of several checks of one table, in as few scans as possible.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub(crate) async fn folded(&self, from: &str, checks: &[Vec<String>]) -> Result<Vec<Figures>, Error> {
        let mut all: Vec<Figures> = Vec::new();
        let mut left: Vec<&[Vec<String>]> = checks.chunks(TOGETHER).rev().collect();
        while let Some(part) = left.pop() {
            let wanted: Vec<&str> = part.iter().flatten().map(String::as_str).collect();
            if wanted.is_empty() {
                all.extend(part.iter().map(|_| Ok(Vec::new())));
                continue;
            }
            let found = self.figures(&sql::figures(&wanted, from)).await?;
            match found {
                Ok(figures) => {
                    let mut figures = figures.into_iter();
                    all.extend(part.iter().map(|check| Ok(figures.by_ref().take(check.len()).collect())));
                }
                // One of them cannot be had: the others can.
                Err(missed) if part.len() > 1 && !missed.timed_out => {
                    let (first, second) = part.split_at(part.len() / 2);
                    left.extend([second, first]);
                }
                Err(missed) => all.extend(part.iter().map(|_| Err(missed.clone()))),
            }
        }
        Ok(all)
    }
}

/// What ends the whole, or what concerns one text.
fn told<T>(asked: Result<T, Error>) -> Result<Result<T, Missed>, Error> {
    match asked {
        Ok(found) => Ok(Ok(found)),
        Err(error) => match error.kind() {
            ErrorKind::Connection | ErrorKind::Cancelled | ErrorKind::Internal => Err(error),
            kind => Ok(Err(Missed { why: error.report().message, timed_out: kind == ErrorKind::Timeout })),
        },
    }
}

/// The figures of a row, which are named by their places.
fn values(row: &Map<String, Value>) -> Vec<Option<String>> {
    (0..row.len()).map(|at| row.get(&format!("c{at}")).and_then(Value::as_str).map(str::to_owned)).collect()
}

/// A figure that is a whole number.
pub(crate) fn whole(figures: &[Option<String>], at: usize) -> Option<i64> {
    figures.get(at)?.as_deref()?.parse().ok()
}
