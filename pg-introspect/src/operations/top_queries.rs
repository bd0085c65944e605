//! top_queries: which statements cost the most, since ever or within a window.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::budget::{default_max_tokens, fitting};
use crate::catalog::{self, CountedStatement, StatementsExtension};
use crate::paging::Truncated;
use crate::values;
use crate::workload::{Change, Counted, SNAPSHOTS, began_anew, changes, forgotten, mean, was_reset};

/// How many statements a snapshot holds.
const SNAPSHOT: u32 = 20_000;
/// The longest window that a call waits for, in seconds.
const LONGEST_WINDOW: u32 = 300;

/// By what top_queries orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "snake_case")]
pub enum QueryOrder {
    /// All the time that it took.
    #[default]
    TotalTime,
    /// Time a run.
    MeanTime,
    /// Runs.
    Calls,
    /// Rows.
    Rows,
    /// Blocks read.
    Io,
    /// Blocks of temporary files.
    TemporaryFiles,
    /// Bytes of write-ahead log.
    Wal,
    /// Time of planning.
    Planning,
}

/// List the statements that cost the most by pg_stat_statements. Each answer names a snapshot; `since` a snapshot, or with
/// window_seconds, it tells what ran meanwhile, what is new and what got slower.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct TopQueriesInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// By what to order.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t))]
    pub order_by: QueryOrder,
    /// A snapshot that an earlier answer named: only what ran since.
    #[cfg_attr(feature = "cli", arg(long))]
    pub since: Option<String>,
    /// Watch for so many seconds, up to 300, and tell only what ran meanwhile.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub window_seconds: u32,
    /// Statements of all databases.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub all_databases: bool,
    /// The most to list, up to 500.
    #[serde(default = "ten")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = ten()))]
    pub limit: u32,
    /// The largest answer, in tokens.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
}

fn ten() -> u32 {
    10
}

/// Statements by their cost.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TopQueriesOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// Whether the server counts statements; if not, notes say what would make it.
    pub is_available: bool,
    /// The statements, the costliest first.
    pub queries: Vec<TopQuery>,
    /// Since when the server counts, since 14.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_since: Option<String>,
    /// Whether the counters were reset within the window: what ran before that is not counted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub was_reset: bool,
    /// The window in seconds; absent where all is told that was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_seconds: Option<f64>,
    /// Present where there are more statements than are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
    /// The name of this answer's snapshot, for `since`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
    /// What this answer could not tell, and what would bring it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// A statement and its cost.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TopQuery {
    /// Its identifier.
    pub query_id: String,
    /// Its text with `$n` for constants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Who runs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// In which database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Runs.
    pub calls: i64,
    /// Milliseconds in all.
    pub total_ms: f64,
    /// Milliseconds a run.
    pub mean_ms: f64,
    /// Milliseconds of the longest run ever.
    pub max_ms: f64,
    /// Share of the time of all statements, in percent.
    pub share_percent: f64,
    /// Rows returned or changed.
    pub rows: i64,
    /// Blocks read from outside of memory.
    pub blocks_read: i64,
    /// Blocks found in memory, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_hit_percent: Option<f64>,
    /// Blocks of temporary files.
    #[serde(skip_serializing_if = "is_zero")]
    pub temporary_blocks: i64,
    /// Bytes of write-ahead log.
    #[serde(skip_serializing_if = "is_zero")]
    pub wal_bytes: i64,
    /// Milliseconds of planning, where track_planning is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planning_ms: Option<f64>,
    /// How often it was planned, where track_planning is on; fewer than calls where plans were kept.
    #[serde(skip_serializing_if = "is_zero")]
    pub plans: i64,
    /// Milliseconds of input and output, where track_io_timing is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub io_ms: Option<f64>,
    /// In a window: that it did not run before, or was forgotten meanwhile.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_new: bool,
    /// In a window: that a run takes at least half as long again as before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_slower: bool,
    /// In a window: what speaks for another plan than before it. The server keeps no plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_change: Option<String>,
    /// In a window: milliseconds a run before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_before_ms: Option<f64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}

/// The operation top_queries.
#[derive(Debug)]
pub struct TopQueries;

#[async_trait]
impl Operation for TopQueries {
    type Input = TopQueriesInput;
    type Output = TopQueriesOutput;
    const NAME: &'static str = "top_queries";
    const SHORT_NAME: Option<&'static str> = Some("top");
    const TITLE: &'static str = "Statements that cost the most";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Query;
    const EXAMPLES: &'static [Example] =
        &[Example { title: "What takes the most time?", arguments: r#"{"limit": 5}"# }];

    async fn run(call: &Call, input: TopQueriesInput) -> Result<TopQueriesOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        if input.since.is_some() && input.window_seconds > 0 {
            return Err(Error::argument("since and window_seconds exclude each other: name one of them"));
        }
        let extension = catalog::STATEMENTS_EXTENSION.rows(call, &connection, &[]).await?.into_iter().next();
        if let Some(lacking) = lacking(extension.as_ref()) {
            return Ok(unavailable(&connection, lacking));
        }
        let before = before(call, &connection, extension.as_ref(), &input).await?;
        let now = counted(call, &connection, extension.as_ref(), input.all_databases).await?;
        let changed: Vec<Change> = match &before {
            Some((before, _)) => changes(before, &now),
            None => now.statements.iter().map(since_ever).collect(),
        };
        let mut notes = Vec::new();
        if extension.is_some_and(|extension| !extension.sees_all) {
            notes.push(
                "texts of statements that other roles run are hidden; GRANT pg_read_all_stats TO the connection's role shows them"
                    .to_owned(),
            );
        }
        if let Some((before, _)) = &before {
            notes.extend(notes_on_window(before, &now));
        }
        let total = i64::try_from(changed.len()).unwrap_or(i64::MAX);
        let mut queries = told(&connection, changed, input.order_by, input.limit);
        queries.truncate(fitting(&queries, input.max_tokens));
        Ok(TopQueriesOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            is_available: true,
            truncated: Truncated::without_offset(queries.len(), total),
            queries,
            counted_since: now.reset.counted_since.clone(),
            was_reset: before.as_ref().is_some_and(|(before, _)| was_reset(before, &now)),
            window_seconds: before.map(|(_, window)| tenths(window.as_secs_f64())),
            snapshot: Some(SNAPSHOTS.keep(connection.id(), now)),
            notes: (!notes.is_empty()).then_some(notes),
        })
    }
}

/// What the server has counted until now.
pub(super) async fn counted(
    call: &Call,
    connection: &Connection,
    extension: Option<&StatementsExtension>,
    all_databases: bool,
) -> Result<Counted, Error> {
    let statements =
        catalog::STATEMENTS.rows(call, connection, &[json!(all_databases), json!(SNAPSHOT)]).await?;
    // A server may be newer than the extension that is installed in it.
    let reset = if extension.is_some_and(tells_resets) {
        catalog::STATEMENTS_RESET.rows(call, connection, &[]).await?.into_iter().next()
    } else {
        None
    };
    Ok(Counted { statements, reset: reset.unwrap_or_default() })
}

/// Whether the extension is of version 1.9 or later, which has pg_stat_statements_info.
fn tells_resets(extension: &StatementsExtension) -> bool {
    let Some((major, minor)) = extension.version.as_deref().and_then(|version| version.split_once('.'))
    else {
        return false;
    };
    matches!((major.parse::<u32>(), minor.parse::<u32>()), (Ok(major), Ok(minor)) if (major, minor) >= (1, 9))
}

/// What is to be said of a window: what no counter tells, and what its counters lost.
fn notes_on_window(before: &Counted, now: &Counted) -> Vec<String> {
    let mut notes = vec![
        "the server keeps no plans: plan_change is inferred from blocks, rows and temporary files a run; explain_query with \
         compare_with compares plans"
            .to_owned(),
    ];
    if was_reset(before, now) {
        let since = now.reset.counted_since.as_deref().unwrap_or("an unknown moment");
        notes.push(format!(
            "the counters were reset within the window, at {since}: what is told ran since then, and what ran before that is lost"
        ));
    } else {
        let anew = began_anew(before, now);
        if anew > 0 {
            notes.push(format!(
                "{anew} statements are counted anew since the snapshot, by a reset or because they were forgotten: they are told as new"
            ));
        }
    }
    let forgotten = forgotten(before, now);
    if forgotten > 0 {
        notes.push(format!(
            "for want of room the server forgot statements {forgotten} times within the window: what is new may be back only, and \
             costs are missing; raise pg_stat_statements.max"
        ));
    }
    notes
}

/// The snapshot to compare with, and how long the window is.
async fn before(
    call: &Call,
    connection: &Connection,
    extension: Option<&StatementsExtension>,
    input: &TopQueriesInput,
) -> Result<Option<(Arc<Counted>, Duration)>, Error> {
    if let Some(name) = &input.since {
        return match SNAPSHOTS.kept(connection.id(), name) {
            Some(found) => Ok(Some(found)),
            None => Err(Error::argument(format!(
                "this process keeps no snapshot \"{}\" of connection \"{}\"; call without since to take one, or use window_seconds",
                values::excerpt(name, 80),
                connection.id()
            ))),
        };
    }
    if input.window_seconds == 0 {
        return Ok(None);
    }
    let window = Duration::from_secs(u64::from(input.window_seconds.min(LONGEST_WINDOW)));
    let before = counted(call, connection, extension, input.all_databases).await?;
    tokio::select! {
        () = call.cancellation().cancelled() => Err(Error::Cancelled),
        () = tokio::time::sleep(window) => Ok(Some((Arc::new(before), window))),
    }
}

fn since_ever(statement: &CountedStatement) -> Change {
    Change {
        statement: statement.clone(),
        is_new: false,
        mean_before_ms: None,
        is_slower: false,
        plan_change: None,
    }
}

/// What is in the way, with the lines that mend it.
pub(super) fn lacking(extension: Option<&StatementsExtension>) -> Option<String> {
    const LOAD: &str =
        "shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, and a restart of the server";
    let Some(extension) = extension else {
        return Some("the server did not say whether it counts statements".to_owned());
    };
    if extension.version.is_none() && !extension.is_available {
        return Some(format!(
            "the server has no extension pg_stat_statements: install PostgreSQL's contrib package, then {LOAD}, then CREATE \
             EXTENSION pg_stat_statements"
        ));
    }
    if !extension.is_loaded {
        return Some(format!(
            "pg_stat_statements is not loaded: {LOAD}; then CREATE EXTENSION pg_stat_statements"
        ));
    }
    if extension.version.is_none() {
        return Some(
            "pg_stat_statements is not installed in this database: CREATE EXTENSION pg_stat_statements"
                .to_owned(),
        );
    }
    let schema = extension.schema.as_deref().unwrap_or_default();
    (!extension.is_visible).then(|| {
        format!("pg_stat_statements is in the schema \"{schema}\", which is not on the search path: add it to the connection's search_path")
    })
}

fn unavailable(connection: &Connection, lacking: String) -> TopQueriesOutput {
    TopQueriesOutput {
        success: true,
        connection_id: connection.id().to_owned(),
        is_available: false,
        queries: Vec::new(),
        truncated: None,
        counted_since: None,
        was_reset: false,
        window_seconds: None,
        snapshot: None,
        notes: Some(vec![lacking]),
    }
}

fn told(connection: &Connection, mut changed: Vec<Change>, order: QueryOrder, limit: u32) -> Vec<TopQuery> {
    let whole: f64 = changed.iter().map(|change| change.statement.total_ms).sum();
    let weight = |change: &Change| -> f64 {
        let statement = &change.statement;
        match order {
            QueryOrder::TotalTime => statement.total_ms,
            QueryOrder::MeanTime => mean(statement),
            QueryOrder::Calls => statement.calls as f64,
            QueryOrder::Rows => statement.rows as f64,
            QueryOrder::Io => statement.blocks_read as f64,
            QueryOrder::TemporaryFiles => statement.temporary_blocks as f64,
            QueryOrder::Wal => statement.wal_bytes as f64,
            QueryOrder::Planning => statement.planning_ms,
        }
    };
    changed.sort_by(|left, right| {
        weight(right).total_cmp(&weight(left)).then_with(|| left.statement.key.cmp(&right.statement.key))
    });
    changed.truncate(limit.min(500) as usize);
    changed
        .into_iter()
        .map(|change| {
            let statement = change.statement;
            let blocks = statement.blocks_hit + statement.blocks_read;
            TopQuery {
                mean_ms: thousandths(mean(&statement)),
                total_ms: tenths(statement.total_ms),
                max_ms: tenths(statement.max_ms),
                share_percent: if whole > 0.0 { tenths(100.0 * statement.total_ms / whole) } else { 0.0 },
                cache_hit_percent: (blocks > 0)
                    .then(|| tenths(100.0 * statement.blocks_hit as f64 / blocks as f64)),
                planning_ms: (statement.planning_ms > 0.0).then(|| tenths(statement.planning_ms)),
                io_ms: statement.io_ms.filter(|&time| time > 0.0).map(tenths),
                query: values::statement(connection, statement.query),
                query_id: statement.query_id,
                role: statement.role,
                database: statement.database,
                calls: statement.calls,
                plans: statement.plans,
                rows: statement.rows,
                blocks_read: statement.blocks_read,
                temporary_blocks: statement.temporary_blocks,
                wal_bytes: statement.wal_bytes,
                is_new: change.is_new,
                is_slower: change.is_slower,
                plan_change: change.plan_change,
                mean_before_ms: change.mean_before_ms.map(thousandths),
            }
        })
        .collect()
}

/// Rounded to tenths.
fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// Rounded to thousandths.
fn thousandths(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
