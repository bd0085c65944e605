//! One pass over a database: each source is asked once, two at a time, within one time limit.
//!
//! Invariant: a source that fails makes its checks unknown, and the others go on.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use pg_core::{Call, Connection, Error, ErrorKind};
use tokio::time::{Instant, timeout_at};

use super::check::{Check, Source};
use super::finding::CheckFinding;
use super::{clock, indexes, judge, statements};
use crate::catalog::{self, Measured, StatisticsAge};

/// Sessions that one pass uses at most.
const SESSIONS: usize = 2;

/// What one pass found.
#[derive(Debug)]
pub(crate) struct Examination {
    /// Every finding, also those that are ok.
    pub(crate) findings: Vec<CheckFinding>,
    /// The checks that were run.
    pub(crate) run: Vec<&'static str>,
    /// Those that the configuration switched off.
    pub(crate) off: Vec<&'static str>,
    /// The server's version as one number.
    pub(crate) version: u32,
}

/// Runs the checks.
///
/// # Errors
/// No session can be had, or the caller cancelled.
pub(crate) async fn examine(
    call: &Call,
    connection: &Connection,
    checks: &[&'static Check],
) -> Result<Examination, Error> {
    let deadline = Instant::now() + connection.limits().statement_timeout;
    let version = connection.server_version_number(call).await?;
    // Without it what stands on counters is unsure, and all else is as it was.
    let age = match catalog::STATISTICS_AGE.rows(call, connection, &[]).await {
        Ok(rows) => rows.into_iter().next(),
        Err(error) if error.kind() == ErrorKind::Timeout || error.kind() == ErrorKind::Sql => None,
        Err(error) => return Err(error),
    };
    let (on, off): (Vec<&'static Check>, Vec<&'static Check>) =
        checks.iter().copied().partition(|check| connection.check_options(check.id).enabled);
    let sources: BTreeMap<&'static str, Source> =
        on.iter().map(|check| (check.source.name(), check.source)).collect();
    let age = age.as_ref();
    // Each is made before it is polled: a closure in the stream would not be general enough for callers' tasks.
    let asked: Vec<_> = sources
        .into_iter()
        .map(|(name, source)| within(deadline, call, connection, name, source, age))
        .collect();
    let answered: Vec<Result<Answered, Error>> =
        stream::iter(asked).buffer_unordered(SESSIONS).collect().await;
    let measured: Vec<Answered> = answered.into_iter().collect::<Result<_, Error>>()?;
    let measured: BTreeMap<&str, Result<Vec<Measured>, String>> = measured.into_iter().collect();
    let findings = on.iter().flat_map(|check| match measured.get(check.source.name()) {
        Some(Ok(rows)) => {
            let days = match check.source {
                Source::Statements => statements::days(rows),
                _ => age.map(|age| age.days),
            };
            judge::judge(check, connection.check_options(check.id), rows, days)
        }
        Some(Err(reason)) => vec![judge::unknown(check, format!("{reason}; {}", check.needs.advice()))],
        None => vec![judge::unknown(check, "it was not asked".to_owned())],
    });
    Ok(Examination {
        findings: findings.collect(),
        run: on.iter().map(|check| check.id).collect(),
        off: off.iter().map(|check| check.id).collect(),
        version,
    })
}

/// The name of a source with its rows, or with the reason why there are none.
type Answered = (&'static str, Result<Vec<Measured>, String>);

async fn within(
    deadline: Instant,
    call: &Call,
    connection: &Connection,
    name: &'static str,
    source: Source,
    age: Option<&StatisticsAge>,
) -> Result<Answered, Error> {
    let rows = match timeout_at(deadline, ask(call, connection, source, age)).await {
        Ok(Ok(rows)) => Ok(rows),
        Ok(Err(error)) if error.kind() == ErrorKind::Cancelled => return Err(error),
        Ok(Err(error)) => Err(error.report().message),
        Err(_) => Err("the time limit of the connection was reached before this was answered".to_owned()),
    };
    Ok((name, rows))
}

async fn ask(
    call: &Call,
    connection: &Connection,
    source: Source,
    age: Option<&StatisticsAge>,
) -> Result<Vec<Measured>, Error> {
    match source {
        Source::Query(query) => query.rows(call, connection, &[]).await,
        Source::Indexes => indexes::measure(call, connection, age).await,
        Source::Statements => statements::measure(call, connection).await,
        Source::Clock => clock::measure(call, connection).await,
    }
}
