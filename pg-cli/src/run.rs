//! One command, from its words to its exit code.

use std::ffi::OsString;
use std::io;
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use clap::ColorChoice;
use pg_core::{Answer, Call, Environment, Error, ErrorKind, ErrorReport, Exit, Identity};
use tokio::time::sleep;

use crate::arguments::{self, Invocation, Request};
use crate::failure::Failure;
use crate::format::Format;
use crate::messages::Messages;
use crate::output::Output;
use crate::show::{self, Reader};
use crate::signals::{Stop, Stops};
use crate::{audit, command, confirm, connection, flags, log, policy, progress, report};

/// How long a stopped operation may take to end before it is left.
const GRACE: Duration = Duration::from_secs(5);
/// How long closing the connections may take.
pub(crate) const CLOSING: Duration = Duration::from_secs(2);

/// How long the last traces may take to be sent.
#[cfg(feature = "otlp")]
const TRACES: Duration = Duration::from_secs(2);

/// Runs a command line, program name first, and gives its exit code: one of [`Exit`], or 130.
pub fn run(words: impl IntoIterator<Item = OsString>, environment: &Environment) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    let colour = environment.non_empty("NO_COLOR").is_none() && !flags::say_no_colour(&words);
    let mut messages = Messages { colour, ..Messages::default() };
    let choice = if colour { ColorChoice::Auto } else { ColorChoice::Never };
    let ended = match arguments::parse(&words, choice) {
        Ok(Request::Completions(shell)) => completions(shell).map(Exit::code),
        Ok(Request::Audit(verification)) => audit::verify(verification, environment).map(Exit::code),
        Ok(Request::Policy(request)) => {
            messages.heed(&request.flags);
            policy::run(*request, environment, &messages).map(Exit::code)
        }
        Ok(Request::Run(invocation)) => {
            messages.heed(&invocation.flags);
            invoke(invocation, environment, &messages)
        }
        Err(failure) => Err(failure),
    };
    match ended {
        Ok(code) => ExitCode::from(code),
        Err(failure) => failure.tell(&messages),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "pg-cli", &mut script);
    io::Write::write_all(&mut io::stdout().lock(), &script).map_err(|error| Failure::output(&error))?;
    Ok(Exit::Ok)
}

fn invoke(
    invocation: Box<Invocation>,
    environment: &Environment,
    messages: &Messages,
) -> Result<u8, Failure> {
    let Invocation { operation, matches, flags } = *invocation;
    if flags.format.is_some_and(Format::is_for_reports) && !operation.reports() {
        return Err(Failure::argument(show::NO_REPORT, show::ASK_OTHERWISE));
    }
    let output = match &flags.output {
        Some(path) => Output::to_file(path.clone()).map_err(|error| Failure::file("write", path, &error))?,
        None => Output::stdout(),
    };
    let terminal = output.is_terminal();
    let format = flags.format.unwrap_or(Format::default_for(terminal));
    if terminal && format.is_binary() {
        let problem = "this format is binary, and standard output is a terminal: give -o FILE, or a pipe";
        return Err(ErrorReport::new(ErrorKind::Argument, problem).into());
    }
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
        // Whoever is at the command line can read and write files without this program too.
        let call = Call::new(&service).identified(identity).with_local_files();
        let call = match confirm::asker(flags.yes) {
            Some(asker) => call.with_asker(asker),
            None => call,
        };
        let call = match environment.non_empty("TRACEPARENT") {
            Some(span) => call.caused_by(span),
            None => call,
        };
        let call = progress::told(call, messages);
        let call = match format.writer(output.clone()) {
            Some(writer) => call.with_rows_to(writer),
            None => call,
        };
        let running = operation.run_matches(&call, &matches);
        let ended = supervise(running, &call, flags.timeout, messages).await;
        let ended = match ended {
            Ok(answer) => deliver(&answer, format, terminal, output, messages).await,
            Err(_) if output.broken() == Some(io::ErrorKind::BrokenPipe) => Err(Failure::ReaderGone),
            Err(failure) => Err(keep(output, failure).await),
        };
        if !matches!(ended, Err(Failure::Interrupted)) {
            service.stop(CLOSING).await;
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
    limit: Option<Duration>,
    messages: &Messages,
) -> Result<Answer, Failure> {
    let mut stops = Stops::listen(limit).map_err(|error| fault("signals could not be waited for", &error))?;
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

async fn deliver(
    answer: &Answer,
    format: Format,
    terminal: bool,
    mut output: Output,
    messages: &Messages,
) -> Result<u8, Failure> {
    let width = terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| usize::from(width.0));
    let reader = Reader { terminal, width, rows_written: output.written() };
    let shown = show::show(answer, format, reader)?;
    let file = output.file();
    output.finish(&shown.text).await.map_err(|error| match file {
        Some(path) => Failure::file("write", &path, &error),
        None => Failure::output(&error),
    })?;
    for note in &shown.notes {
        messages.note(note);
    }
    // Whoever watches with plugins of Nagios knows their exit codes and no others.
    Ok(match &answer.report {
        Some(told) if format == Format::Nagios => report::nagios_code(told),
        _ => answer.exit.code(),
    })
}

/// Writes out the rows that came before an operation failed, and tells that they are not all.
async fn keep(mut output: Output, failure: Failure) -> Failure {
    use tokio::io::AsyncWriteExt;

    if matches!(failure, Failure::Interrupted) || !output.written() {
        return failure;
    }
    // The failure is the operation's, whatever becomes of its rows.
    let _ = output.flush().await;
    let why = match output.file() {
        Some(_) => "it failed midway, and the file was left as it was",
        None => "it failed midway: the rows that were written are not all",
    };
    match failure {
        Failure::Report(mut report) => {
            report.why.get_or_insert_with(|| why.to_owned());
            Failure::Report(report)
        }
        other => other,
    }
}

fn fault(what: &str, error: &io::Error) -> Failure {
    ErrorReport::new(ErrorKind::Internal, format!("{what}: {error}")).into()
}
