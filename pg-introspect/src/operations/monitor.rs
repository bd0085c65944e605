//! monitor: how busy the servers are now, as rates between looks, and what passed its threshold.

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::join_all;
use pg_core::{
    Call, Connection, Effect, Error, ErrorKind, Example, Exit, Operation, Service, Severity, Toolset, Update,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::top_queries::{counted, lacking};
use crate::catalog::{self, Look};
use crate::monitor::{Alert, HISTORY, Raised, Rates, Taken, UNREACHABLE, alerts, notify, rates};
use crate::values;
use crate::workload::{Counted, changes};

/// The longest watch of a caller who hears nothing before its end, in seconds.
const LONGEST: f64 = 300.0;
/// How long one look may take, so that a server that does not answer holds up no other.
const PATIENCE: Duration = Duration::from_secs(10);
/// A look that is older than this says nothing about now.
const BEFORE: Duration = Duration::from_secs(600);
/// Statements that are told of a server.
const BUSIEST: usize = 5;
/// How long messages to webhooks are waited for at the end.
const DELIVERY: Duration = Duration::from_secs(6);

/// Monitor databases: connections, transactions, cache hits, waits, locks, replication lag, WAL, checkpoints, I/O, slow statements,
/// as rates, with alerts. One may be down.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct MonitorInput {
    /// The connections; all by default.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg())]
    pub connection_ids: Vec<String>,
    /// Seconds to watch for, up to 300 but on the command line; 0 looks once.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long = "window", visible_alias = "duration", default_value_t = 0.0))]
    pub window_s: f64,
    /// Seconds between looks.
    #[serde(default = "every")]
    #[cfg_attr(feature = "cli", arg(long = "interval", default_value_t = every()))]
    pub interval_s: f64,
}

fn every() -> f64 {
    5.0
}

/// How busy servers are.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MonitorOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// How many of the databases could not be looked at.
    pub unreachable: usize,
    /// The databases.
    pub monitored: Vec<Monitored>,
}

/// How busy one server is.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Monitored {
    /// The connection.
    pub connection_id: String,
    /// The worst alert.
    pub status: Severity,
    /// Why nothing could be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What passed its threshold.
    pub alerts: Vec<Alert>,
    /// What happened since the look before, or over the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rates: Option<Rates>,
    /// The statements that took the most time over the window, or since the look before; of pg_stat_statements.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<BusyStatement>,
    /// The last look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look: Option<Look>,
    /// How many looks of it this process keeps.
    pub history: usize,
    /// What could not be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A statement at work.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BusyStatement {
    /// Its identifier in pg_stat_statements.
    pub query_id: String,
    /// Its text, with `$n` for constants; null where it may not be told.
    pub query: Option<String>,
    /// Runs in a second.
    pub calls: f64,
    /// Milliseconds of one, on average.
    pub mean_ms: f64,
    /// Of the time that all statements took, in percent.
    pub time_percent: f64,
    /// Whether it did not run before.
    pub is_new: bool,
}

/// What a watch of one server began with.
#[derive(Clone, Debug, Default)]
struct Begun {
    taken: Option<Taken>,
    /// Statements, and when they were counted.
    counted: Option<(Instant, Counted)>,
}

/// The operation monitor.
#[derive(Debug)]
pub struct Monitor;

#[async_trait]
impl Operation for Monitor {
    type Input = MonitorInput;
    type Output = MonitorOutput;
    const NAME: &'static str = "monitor_databases";
    const SHORT_NAME: Option<&'static str> = Some("monitor");
    const TITLE: &'static str = "Watch how busy databases are";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Health;
    const EXAMPLES: &'static [Example] =
        &[Example { title: "How busy are the databases now?", arguments: "{}" }];

    async fn run(call: &Call, input: MonitorInput) -> Result<MonitorOutput, Error> {
        let ids: Vec<Option<&str>> = input.connection_ids.iter().map(|id| Some(id.as_str())).collect();
        let connections: Vec<Connection> = if ids.is_empty() {
            call.service().connections()
        } else {
            ids.into_iter().map(|id| call.service().connection(id)).collect::<Result<_, _>>()?
        };
        if connections.is_empty() {
            return Err(Error::argument(
                "there is no connection to monitor; configure one, or add one with add_connection",
            ));
        }
        if !(input.interval_s >= 0.1 && input.interval_s <= 3_600.0) {
            return Err(Error::argument("`interval_s` is the seconds between looks: from 0.1 to 3600"));
        }
        let longest = if call.hears_updates() { f64::MAX } else { LONGEST };
        if !(input.window_s >= 0.0 && input.window_s <= longest) {
            return Err(Error::argument(format!(
                "`window_s` is the seconds to watch for: from 0 to {LONGEST}"
            )));
        }
        let mut begun = None::<Instant>;
        let mut told: Vec<tokio::task::JoinHandle<()>> = Vec::new();
        let mut first: Vec<Begun> = vec![Begun::default(); connections.len()];
        let statements = input.window_s > 0.0;
        loop {
            let looks = connections
                .iter()
                .zip(&mut first)
                .map(|(connection, first)| one(call, connection, first, statements));
            let monitored: Vec<Monitored> = join_all(looks).await;
            for (connection, one) in connections.iter().zip(&monitored) {
                told.extend(notify(&key_of(connection), connection, &one.alerts, one.error.as_deref()));
            }
            told.retain(|task| !task.is_finished());
            let unreachable = monitored.iter().filter(|one| one.error.is_some()).count();
            let output = MonitorOutput { success: true, unreachable, monitored };
            // The window opens with the first look, which may have had to connect first.
            let next = begun.get_or_insert_with(Instant::now).elapsed().as_secs_f64() + input.interval_s;
            if next > input.window_s.max(0.0) + 0.001 || call.cancellation().is_cancelled() {
                // A program that ends now would take the messages with it.
                let _late = tokio::time::timeout(DELIVERY, join_all(told)).await;
                return Ok(output);
            }
            for one in &output.monitored {
                call.tell_update(|| update(one, &output));
            }
            tokio::select! {
                () = call.cancellation().cancelled() => {
                    let _late = tokio::time::timeout(DELIVERY, join_all(told)).await;
                    return Ok(output);
                }
                () = tokio::time::sleep(Duration::from_secs_f64(input.interval_s)) => {}
            }
        }
    }

    fn exit(output: &MonitorOutput) -> Exit {
        let fine = output.monitored.iter().all(|one| one.alerts.is_empty() && one.error.is_none());
        if fine { Exit::Ok } else { Exit::Findings }
    }
}

/// A figure for whoever draws curves of it.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub help: &'static str,
    /// Whether it only rises, until the statistics are reset.
    pub is_counter: bool,
    /// The number for each connection.
    pub values: Vec<(String, f64)>,
}

/// The latest figures of the connections whose configuration wants them told (`monitor.in_metrics`), looked at now.
pub async fn monitor_figures(call: &Call) -> Vec<Figure> {
    let connections = call.service().connections();
    let wanted: Vec<&Connection> = connections.iter().filter(|one| one.monitor().in_metrics).collect();
    let looks =
        wanted.iter().map(|connection| async { one(call, connection, &mut Begun::default(), false).await });
    let monitored = join_all(looks).await;
    let figure = |name, help, is_counter, of: &dyn Fn(&Monitored) -> Option<f64>| Figure {
        name,
        help,
        is_counter,
        values: monitored.iter().filter_map(|one| Some((one.connection_id.clone(), of(one)?))).collect(),
    };
    type Of = fn(&Look) -> Option<f64>;
    let looked: [(&'static str, &'static str, bool, Of); 16] = [
        ("connections", "Sessions of clients.", false, |look| Some(look.connections as f64)),
        ("active_connections", "Sessions at work.", false, |look| Some(look.active_connections as f64)),
        ("idle_in_transaction", "Sessions idle in a transaction.", false, |look| {
            Some(look.idle_in_transaction as f64)
        }),
        ("waiting_locks", "Locks that are waited for.", false, |look| Some(look.waiting_locks as f64)),
        ("slow_statements", "Statements above the threshold.", false, |look| {
            Some(look.slow_statements as f64)
        }),
        ("longest_transaction_seconds", "Age of the oldest transaction.", false, |look| {
            look.longest_transaction_s
        }),
        ("replication_lag_bytes", "Bytes that the last standby is behind.", false, |look| {
            look.replication_lag_bytes.map(|lag| lag as f64)
        }),
        ("size_bytes", "Bytes of the database.", false, |look| look.size_bytes.map(|size| size as f64)),
        ("commits_total", "Transactions committed.", true, |look| Some(look.commits as f64)),
        ("rollbacks_total", "Transactions rolled back.", true, |look| Some(look.rollbacks as f64)),
        ("blocks_hit_total", "Blocks found in the cache.", true, |look| Some(look.blocks_hit as f64)),
        ("blocks_read_total", "Blocks not found in the cache.", true, |look| Some(look.blocks_read as f64)),
        ("temporary_bytes_total", "Bytes of temporary files.", true, |look| {
            Some(look.temporary_bytes as f64)
        }),
        ("deadlocks_total", "Deadlocks.", true, |look| Some(look.deadlocks as f64)),
        ("wal_bytes_total", "Bytes of write-ahead log.", true, |look| {
            look.wal_bytes.map(|bytes| bytes as f64)
        }),
        ("checkpoints_requested_total", "Checkpoints that were asked for.", true, |look| {
            look.checkpoints_requested.map(|count| count as f64)
        }),
    ];
    let mut figures = vec![
        figure("up", "Whether the server could be looked at.", false, &|one| {
            Some(f64::from(u8::from(one.error.is_none())))
        }),
        figure("alerts", "Alerts that are raised.", false, &|one| Some(one.alerts.len() as f64)),
    ];
    for (name, help, is_counter, of) in looked {
        figures.push(figure(name, help, is_counter, &|one| one.look.as_ref().and_then(of)));
    }
    figures
}

/// Looks at the configured connections that have `monitor.interval_s`, each as often as it says, until the service stops or the
/// connection is removed: what it sees is kept for the operation, and alerts are logged. Others are not looked at.
pub async fn watch_databases(service: &Service) {
    let watched = service
        .connections()
        .into_iter()
        .filter_map(|one| Some((one.id().to_owned(), one.monitor().interval?)));
    let watches = watched.map(|(id, interval)| async move {
        // By its name each time, so that a watch holds no connection that was removed.
        while let Ok(connection) = service.connection(Some(&id)) {
            let seen = one(&Call::new(service), &connection, &mut Begun::default(), false).await;
            // Nobody waits for it: what is late is told late.
            drop(notify(&key_of(&connection), &connection, &seen.alerts, seen.error.as_deref()));
            tokio::time::sleep(interval).await;
        }
    });
    tokio::select! {
        () = service.stopping().cancelled() => {}
        _ = join_all(watches) => {}
    }
}

/// What a connection is remembered by: its name, and where it leads.
fn key_of(connection: &Connection) -> String {
    format!("{} {:?}", connection.id(), connection.settings().map(|settings| settings.describe()))
}

/// One look at one server; that it is down is an answer too.
async fn one(call: &Call, connection: &Connection, first: &mut Begun, statements: bool) -> Monitored {
    let options = connection.monitor();
    let parameters = [
        json!(values::may_tell_statements(connection)),
        json!(options.slow_after_s),
        json!(first.taken.is_none()),
    ];
    let asked = catalog::MONITOR.rows(call, connection, &parameters);
    let looked = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(looked) => looked.map(|looks| looks.into_iter().next()),
        Err(_) => Err(Error::Timeout { limit: PATIENCE }),
    };
    let mut monitored = Monitored {
        connection_id: connection.id().to_owned(),
        status: Severity::Ok,
        error: None,
        alerts: Vec::new(),
        rates: None,
        statements: Vec::new(),
        look: None,
        history: 0,
        note: None,
    };
    let look = match looked {
        Ok(Some(look)) => look,
        Ok(None) => return monitored,
        Err(error) => {
            if error.kind() != ErrorKind::Cancelled {
                log(connection, &[], Some(&error));
            }
            monitored.status = Severity::Critical;
            monitored.error = Some(error.report().message);
            return monitored;
        }
    };
    let key = key_of(connection);
    let taken = Taken { at: Instant::now(), look: look.clone() };
    let before = HISTORY.keep(&key, taken.clone()).filter(|before| before.at.elapsed() < BEFORE);
    monitored.history = HISTORY.of(&key).len();
    // Who looks on sees what happened since the last look; who waits for the answer, what happened over the window.
    let began = first.taken.clone();
    let from = if call.hears_updates() { before.or(began) } else { began.or(before) };
    monitored.rates =
        from.map(|from| rates(&from.look, &look, taken.at.duration_since(from.at).as_secs_f64()));
    first.taken.get_or_insert(taken);
    monitored.alerts = alerts(&look, monitored.rates.as_ref(), options);
    monitored.status = monitored.alerts.iter().map(|alert| alert.severity).max().unwrap_or(Severity::Ok);
    monitored.note = (look.hidden_sessions > 0).then(|| {
        format!(
            "{} sessions of other roles are counted and not told apart: GRANT pg_read_all_stats to this role",
            look.hidden_sessions
        )
    });
    monitored.look = Some(look);
    log(connection, &monitored.alerts, None);
    if statements {
        match at_work(call, connection, first).await {
            Ok(busy) => monitored.statements = busy,
            Err(problem) => {
                let before = monitored.note.take().map(|note| format!("{note}; ")).unwrap_or_default();
                monitored.note = Some(format!("{before}statements have no rates: {problem}"));
            }
        }
    }
    monitored
}

/// What was raised when the log was told last.
static LOGGED: LazyLock<Raised> = LazyLock::new(Raised::default);

/// Logs what began and what ended, once.
fn log(connection: &Connection, alerts: &[Alert], unreachable: Option<&Error>) {
    if !connection.monitor().log_alerts {
        return;
    }
    let Some(turn) = LOGGED.turn(&key_of(connection), alerts, unreachable.is_some()) else { return };
    let connection = connection.id();
    for alert in alerts.iter().filter(|alert| turn.began.contains(&alert.metric)) {
        tracing::warn!(connection, metric = alert.metric, "monitor: {}", alert.message);
    }
    if let Some(error) = unreachable {
        tracing::warn!(connection, metric = UNREACHABLE, "monitor: it could not be looked at: {error}");
    }
    for metric in turn.resolved {
        tracing::info!(connection, metric, "monitor: {metric} is no longer raised");
    }
}

/// The statements that took the most time since the watch began, or, for whoever looks on, since the look before; nothing at the first look.
async fn at_work(
    call: &Call,
    connection: &Connection,
    begun: &mut Begun,
) -> Result<Vec<BusyStatement>, String> {
    let told = |error: Error| error.report().message;
    let extension =
        catalog::STATEMENTS_EXTENSION.rows(call, connection, &[]).await.map_err(told)?.into_iter().next();
    if let Some(lacking) = lacking(extension.as_ref()) {
        return Err(lacking);
    }
    let now = (Instant::now(), counted(call, connection, extension.as_ref(), false).await.map_err(told)?);
    let Some((since, before)) = &begun.counted else {
        begun.counted = Some(now);
        return Ok(Vec::new());
    };
    let seconds = now.0.duration_since(*since).as_secs_f64().max(0.001);
    let mut changed = changes(before, &now.1);
    changed.retain(|change| change.statement.calls > 0);
    changed.sort_by(|one, other| other.statement.total_ms.total_cmp(&one.statement.total_ms));
    let all: f64 = changed.iter().map(|change| change.statement.total_ms).sum();
    let hundredths = |number: f64| (number * 100.0).round() / 100.0;
    let busy = changed.into_iter().take(BUSIEST).map(|change| BusyStatement {
        mean_ms: hundredths(change.statement.total_ms / change.statement.calls as f64),
        calls: hundredths(change.statement.calls as f64 / seconds),
        time_percent: if all > 0.0 { hundredths(100.0 * change.statement.total_ms / all) } else { 0.0 },
        is_new: change.is_new,
        query_id: change.statement.query_id,
        query: values::statement(connection, change.statement.query),
    });
    let busy = busy.collect();
    if call.hears_updates() {
        begun.counted = Some(now);
    }
    Ok(busy)
}

/// The state of one server for whoever looks on; a screen shows them all.
fn update(one: &Monitored, output: &MonitorOutput) -> Option<Update> {
    let json = serde_json::value::to_raw_value(one).ok()?;
    let mut screen = String::new();
    for one in &output.monitored {
        // Writing to a String does not fail.
        let _ = writeln!(screen, "{}", line(one));
        for alert in &one.alerts {
            let _ = writeln!(screen, "  ! {}", alert.message);
        }
        for busy in &one.statements {
            let text = busy.query.as_deref().unwrap_or(&busy.query_id);
            let _ = writeln!(
                screen,
                "    {} %, {}/s, {} ms: {text}",
                busy.time_percent, busy.calls, busy.mean_ms
            );
        }
        for text in one.look.iter().flat_map(|look| look.waits.iter().chain(&look.slowest)) {
            let _ = writeln!(screen, "    {text}");
        }
    }
    Some(Update { json, line: line(one), screen })
}

/// One server in a line.
fn line(one: &Monitored) -> String {
    let (Some(look), None) = (&one.look, &one.error) else {
        return format!("{}: {}", one.connection_id, one.error.as_deref().unwrap_or("nothing was seen"));
    };
    let rate = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| value.to_string());
    let rates = one.rates.clone().unwrap_or_default();
    format!(
        "{}: {}, {} of {} connections, {} active, {} idle in transaction, {} waiting locks, {} tx/s, {} % hits, {} B/s WAL",
        one.connection_id,
        one.status.word(),
        look.connections,
        look.max_connections,
        look.active_connections,
        look.idle_in_transaction,
        look.waiting_locks,
        rate(rates.transactions),
        rate(rates.cache_hit_percent),
        rate(rates.wal_bytes),
    )
}
