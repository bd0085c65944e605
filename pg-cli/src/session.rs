//! What operations of one command run on: its service, who calls, what stops it.
//!
//! Separate from the command itself, because a script asks for several operations one after the other.
//! Invariant: a statement in the server ends with the command, however that ends; connections are closed at the end.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use clap::ArgMatches;
use pg_core::{
    Answer, AnyOperation, Call, Environment, Error, ErrorKind, ErrorReport, Identity, RowWriter, Service,
};
use serde_json::Value;
use tokio::time::sleep;

use crate::failure::Failure;
use crate::flags::Flags;
use crate::messages::Messages;
use crate::signals::{Stop, Stops};
use crate::{confirm, connection, log, progress};

/// How long a stopped operation may take to end before it is left.
const GRACE: Duration = Duration::from_secs(5);
/// How long closing the connections may take.
pub(crate) const CLOSING: Duration = Duration::from_secs(2);

/// How long the last traces may take to be sent.
#[cfg(feature = "otlp")]
const TRACES: Duration = Duration::from_secs(2);

/// The arguments of an operation.
#[derive(Debug)]
pub(crate) enum Asked {
    /// From the command line.
    Words(ArgMatches),
    /// As a JSON object.
    Json(Value),
}

/// What operations of one command run on.
pub(crate) struct Session<'a> {
    service: Service,
    identity: Arc<Identity>,
    flags: &'a Flags,
    environment: &'a Environment,
    /// Where notes go.
    pub(crate) messages: &'a Messages,
    stops: Stops,
}

impl Session<'_> {
    /// The names of the connections, in order.
    pub(crate) fn connections(&self) -> Vec<String> {
        self.service.connections().iter().map(|connection| connection.id().to_owned()).collect()
    }

    /// Runs an operation; `rows` is where its rows go as they come, if not into the answer.
    pub(crate) async fn ask(
        &mut self,
        operation: &'static dyn AnyOperation,
        asked: &Asked,
        rows: Option<RowWriter>,
    ) -> Result<Answer, Failure> {
        // Whoever is at the command line can read and write files without this program too.
        let call = Call::new(&self.service).identified(Arc::clone(&self.identity)).with_local_files();
        let call = match confirm::asker(self.flags.yes) {
            Some(asker) => call.with_asker(asker),
            None => call,
        };
        let call = match self.environment.non_empty("TRACEPARENT") {
            Some(span) => call.caused_by(span),
            None => call,
        };
        let call = progress::told(call, self.messages);
        let call = match rows {
            Some(writer) => call.with_rows_to(writer),
            None => call,
        };
        let running = async {
            match asked {
                Asked::Words(matches) => operation.run_matches(&call, matches).await,
                Asked::Json(arguments) => operation.run_json(&call, arguments.clone()).await,
            }
        };
        supervise(running, &call, &mut self.stops, self.messages).await
    }
}

/// Runs `work` with a session, and closes it.
///
/// # Errors
/// A configuration that is wrong, and what `work` ends with.
pub(crate) fn with(
    flags: &Flags,
    environment: &Environment,
    messages: &Messages,
    work: impl AsyncFnOnce(&mut Session<'_>) -> Result<u8, Failure>,
) -> Result<u8, Failure> {
    let configuration = connection::configuration(&flags.connection, flags.timeout, environment, messages)?;
    #[cfg(feature = "otlp")]
    let telemetry = log::telemetry(&configuration)?;
    log::start(
        messages,
        #[cfg(feature = "otlp")]
        telemetry.as_ref(),
    );
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        let service = connection::start(configuration, environment)?;
        let identity = Identity {
            via: "cli".to_owned(),
            user: environment.user().map(str::to_owned),
            ..Identity::default()
        };
        let stops =
            Stops::listen(flags.timeout).map_err(|error| fault("signals could not be waited for", &error))?;
        let mut session =
            Session { service, identity: Arc::new(identity), flags, environment, messages, stops };
        let ended = work(&mut session).await;
        if !matches!(ended, Err(Failure::Interrupted)) {
            session.service.stop(CLOSING).await;
        }
        ended
    });
    #[cfg(feature = "otlp")]
    if let Some(telemetry) = telemetry {
        telemetry.stop(TRACES);
    }
    // A write to a reader that does not read would hold a thread, and this process, for ever.
    runtime.shutdown_background();
    ended
}

/// What operations run on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| fault("the runtime could not be started", &error))
}

/// Waits for an operation, and cancels it when something stops it: its statement in the server ends with it.
async fn supervise(
    running: impl Future<Output = Result<Answer, Error>>,
    call: &Call,
    stops: &mut Stops,
    messages: &Messages,
) -> Result<Answer, Failure> {
    let mut running = pin!(running);
    let stop = tokio::select! {
        ended = &mut running => return ended.map_err(|error| error.report().into()),
        stop = stops.next() => stop,
    };
    call.cancellation().cancel();
    if stop == Stop::Signal {
        messages.note("pg-cli: cancelling; interrupt again to leave at once");
    }
    let mut grace = pin!(sleep(GRACE));
    let ended = loop {
        tokio::select! {
            ended = &mut running => break Some(ended),
            again = stops.next() => if again == Stop::Signal {
                return Err(Failure::Interrupted);
            },
            () = &mut grace => break None,
        }
    };
    match ended {
        // It was done before the cancellation reached it.
        Some(Ok(answer)) => Ok(answer),
        Some(Err(error)) => Err(stopped(stop, error.report()).into()),
        None => Err(stop.report().into()),
    }
}

/// The report of an operation that ended with an error after a stop: that of the stop where the error is its consequence.
fn stopped(stop: Stop, report: ErrorReport) -> ErrorReport {
    match report.kind {
        ErrorKind::Cancelled | ErrorKind::Timeout | ErrorKind::Connection => {
            let mut told = stop.report();
            told.connection_id = report.connection_id;
            told.detail = report.detail;
            told
        }
        _ => report,
    }
}

fn fault(what: &str, error: &io::Error) -> Failure {
    ErrorReport::new(ErrorKind::Internal, format!("{what}: {error}")).into()
}
