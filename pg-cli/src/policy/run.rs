//! One policy command, from its words to its exit code.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::path::Path;

use pg_core::policy::{self, GrantOptions, Subject};
use pg_core::{Answer, Call, Configuration, Connection, Environment, Error, ErrorKind, ErrorReport, Exit};
use serde::Serialize;

use super::arguments::{Of, PolicyCommand, PolicyRequest};
use crate::connection;
use crate::failure::Failure;
use crate::flags::Flags;
use crate::format::Format;
use crate::messages::Messages;
use crate::output::Output;
use crate::session::{self, CLOSING};
use crate::show::{self, Reader};
use crate::text;

/// What a command comes to.
struct Outcome {
    /// For people.
    text: String,
    /// For programs; none where the text is for them too.
    answer: Option<Answer>,
    exit: Exit,
}

/// Runs a policy command.
pub(crate) fn run(
    request: PolicyRequest,
    environment: &Environment,
    messages: &Messages,
) -> Result<Exit, Failure> {
    let PolicyRequest { command, flags, statement } = request;
    let outcome = outcome(command, &flags, statement, environment, messages)?;
    deliver(&outcome, &flags)?;
    Ok(outcome.exit)
}

fn outcome(
    command: PolicyCommand,
    flags: &Flags,
    statement: Option<String>,
    environment: &Environment,
    messages: &Messages,
) -> Result<Outcome, Failure> {
    let configuration = |file: Option<&Path>| {
        let mut connection = flags.connection.clone();
        connection.config = file.map(Path::to_owned).or(connection.config);
        connection::configuration(&connection, flags.timeout, environment, messages)
    };
    match command {
        PolicyCommand::Check { configuration: file } => {
            if file.is_none()
                && flags.connection.config.is_none()
                && environment.non_empty("PG_TOOLKIT_CONFIG").is_none()
            {
                return Err(Failure::argument("no file is named", "say pg-cli policy check FILE"));
            }
            let summary = policy::summary(&configuration(file.as_deref())?);
            both(&summary, Exit::Ok)
        }
        PolicyCommand::Explain { query, file, of, live, offline } => {
            let query = match (statement.or(query), file) {
                (Some(query), _) if query != "-" => query,
                (None, Some(file)) => text::read(&file)?,
                (None, None) if io::stdin().is_terminal() => {
                    return Err(Failure::argument(
                        "the statement is missing",
                        "give it as an argument, with -f FILE, or on stdin",
                    ));
                }
                _ => text::read_stdin()?,
            };
            let configuration = configuration(None)?;
            let live = live || (of.connection.is_some() && !offline);
            let explained = if live {
                with_connection(configuration, &of, environment, async |call, connection| {
                    policy::explain_live(call, connection, &query).await
                })?
            } else {
                policy::explain(&subject(&configuration, &of)?, &query)
            };
            let exit = explained.exit();
            both(&explained, exit)
        }
        PolicyCommand::Test { corpus, of } => {
            let configuration = configuration(None)?;
            let report = policy::test_corpus(&subject(&configuration, &of)?, &corpus)
                .map_err(|error| error.report())?;
            let exit = report.exit();
            both(&report, exit)
        }
        PolicyCommand::Grants { of, role, schemas, login, live } => {
            let options = GrantOptions { role, schemas, login, ..GrantOptions::default() };
            let configuration = configuration(None)?;
            let subject = subject(&configuration, &of)?;
            let sql = if live {
                with_connection(configuration, &of, environment, async |call, connection| {
                    policy::grants_live(call, connection, &subject, &options).await
                })?
            } else {
                policy::grants(&subject, &options).map_err(|error| error.report())?
            };
            Ok(Outcome { text: sql, answer: None, exit: Exit::Ok })
        }
        PolicyCommand::Schema => {
            let schema =
                serde_json::to_string_pretty(&Configuration::schema()).map_err(|error| broken(&error))?;
            Ok(Outcome { text: format!("{schema}\n"), answer: None, exit: Exit::Ok })
        }
    }
}

fn subject(configuration: &Configuration, of: &Of) -> Result<Subject, Failure> {
    Subject::find(configuration, of.connection.as_deref(), of.profile.as_deref())
        .map_err(|error| error.report().into())
}

/// Asks a connection, and closes it.
fn with_connection<T>(
    configuration: Configuration,
    of: &Of,
    environment: &Environment,
    ask: impl AsyncFnOnce(&Call, &Connection) -> Result<T, Error>,
) -> Result<T, Failure> {
    if of.profile.is_some() {
        return Err(Failure::argument(
            "a profile has no catalog to ask",
            "name a connection with --connection, or leave --live out",
        ));
    }
    let runtime = session::runtime()?;
    let answer = runtime.block_on(async {
        let service = connection::start(configuration, environment)?;
        let call = Call::new(&service);
        let connection = service.connection(of.connection.as_deref()).map_err(|error| error.report())?;
        let answer = ask(&call, &connection).await;
        service.stop(CLOSING).await;
        answer.map_err(|error| error.report().into())
    });
    runtime.shutdown_background();
    answer
}

/// An answer for people and programs both.
fn both<T: Display + Serialize>(answer: &T, exit: Exit) -> Result<Outcome, Failure> {
    let json = serde_json::value::to_raw_value(answer).map_err(|error| broken(&error))?;
    Ok(Outcome {
        text: answer.to_string(),
        answer: Some(Answer { json, exit, report: None, rendering: None, text: None, links: Vec::new() }),
        exit,
    })
}

fn deliver(outcome: &Outcome, flags: &Flags) -> Result<(), Failure> {
    let mut output = match &flags.output {
        Some(path) => Output::to_file(path.clone()).map_err(|error| Failure::file("write", path, &error))?,
        None => Output::stdout(),
    };
    // Words for people where nothing else is asked for: what scripts need of these is the exit code.
    let text = match (&outcome.answer, flags.format) {
        (Some(answer), Some(format)) if format != Format::Table => {
            let reader = Reader { terminal: output.is_terminal(), width: None, rows_written: false };
            show::show(answer, format, reader)?.text
        }
        _ => outcome.text.clone(),
    };
    let file = output.file();
    session::runtime()?.block_on(output.finish(&text)).map_err(|error| match file {
        Some(path) => Failure::file("write", &path, &error),
        None => Failure::output(&error),
    })
}

fn broken(error: &serde_json::Error) -> Failure {
    ErrorReport::new(ErrorKind::Internal, format!("the answer is no JSON: {error}")).into()
}
