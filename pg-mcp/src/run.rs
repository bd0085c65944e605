//! The program: from its arguments and environment to its exit code.

use std::{
    error::Error as _,
    ffi::OsString,
    io::{self, Write},
    pin::pin,
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, ValueEnum, builder::PossibleValue};
use pg_core::{Environment, Exit, Service, TokenHash};

use crate::{
    Arguments, Error, Listener,
    arguments::Task,
    doctor::doctor,
    install::{ServerArguments, install},
    logging, serve_http, serve_stdio,
    settings::{self, Settings},
};

/// How long statements may take to be cancelled when the process is told to stop.
const STOP: Duration = Duration::from_secs(5);

/// How long the last traces may take to be sent.
#[cfg(feature = "otlp")]
const TRACES: Duration = Duration::from_secs(2);

/// Runs the program with these arguments, the first of which is its own name, and gives its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, environment: Environment) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(problem) => {
            let code = if problem.use_stderr() { Exit::Usage } else { Exit::Ok };
            let _ = problem.print();
            return ExitCode::from(code.code());
        }
    };
    match start(&arguments, environment) {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) => {
            say(&format!("pg-mcp: {}", chain(&error)));
            ExitCode::from(error.exit().code())
        }
    }
}

fn start(arguments: &Arguments, environment: Environment) -> Result<Exit, Error> {
    let done = match &arguments.task {
        Some(Task::Install(given)) => {
            // A configuration that could not be used is not entered anywhere.
            settings::load(arguments, environment.clone())?;
            let access = arguments.access.and_then(|level| level.to_possible_value());
            let server = ServerArguments {
                config: arguments.config.as_deref(),
                access: access.as_ref().map(PossibleValue::get_name),
            };
            install(given, &server, &environment)
        }
        Some(Task::Doctor(given)) => return doctor(given, arguments, &environment),
        Some(Task::Token { name }) => token(name),
        None => serve_until_stopped(settings::load(arguments, environment)?),
    };
    done.map(|()| Exit::Ok)
}

/// Makes a token: its hash is for the configuration, the token itself for the caller and nobody else.
fn token(name: &str) -> Result<(), Error> {
    let (token, hash) =
        TokenHash::generate().map_err(|error| Error::Token { problem: error.report().to_string() })?;
    let name = toml_key(name);
    let text = format!(
        "# The token, for the client alone (Authorization: Bearer …); it is kept nowhere else:\n# {token}\n\n\
         [server.tokens.{name}]\nhash = \"{hash}\"\naccess = \"read\"\n# connections = [\"shop\"]\n# toolsets = [\"core\"]\n"
    );
    io::stdout().write_all(text.as_bytes()).map_err(|source| Error::Start { source })
}

/// A name as TOML takes it for a key.
fn toml_key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if bare { name.to_owned() } else { format!("\"{}\"", name.escape_default()) }
}

fn serve_until_stopped(settings: Settings) -> Result<(), Error> {
    #[cfg(feature = "otlp")]
    let telemetry = settings.telemetry()?;
    logging::start(
        settings.level,
        #[cfg(feature = "otlp")]
        telemetry.as_ref(),
    );
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| Error::Start { source })?;
    let outcome = runtime.block_on(async {
        let service = settings.service()?;
        let signals = signals().map_err(|source| Error::Start { source })?;
        let mut serving = pin!(serve(&service, settings));
        tokio::select! {
            outcome = &mut serving => return outcome,
            () = signals => service.stop(STOP).await,
        }
        serving.await
    });
    #[cfg(feature = "otlp")]
    if let Some(telemetry) = telemetry {
        telemetry.stop(TRACES);
    }
    // A read of a terminal cannot be called off, and must not hold the process.
    runtime.shutdown_background();
    outcome
}

async fn serve(service: &Service, settings: Settings) -> Result<(), Error> {
    let watched = service.clone();
    // Ends when the service stops, which it does below.
    tokio::spawn(async move { pg_introspect::watch_databases(&watched).await });
    let outcome = match &settings.listen {
        Some(address) => {
            let listener = Listener::bind(address, settings.http).await?;
            say(&format!("listening on {}", listener.url()));
            serve_http(service, listener).await
        }
        None => serve_stdio(service).await,
    };
    service.stop(STOP).await;
    outcome
}

/// Waits for a signal to stop, once the returned future is awaited; the signals are caught from the call on.
#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signals() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// An error and what caused it, in one line.
pub(crate) fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

/// Writes a line on standard error; where nobody listens there, nobody is told.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
