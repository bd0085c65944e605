//! One command, from its words to its exit code.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::ColorChoice;
use pg_core::{Environment, Exit};

use crate::arguments::{self, Invocation, Request};
use crate::deliver::Delivery;
use crate::failure::Failure;
use crate::flags::Flags;
use crate::format::Format;
use crate::messages::Messages;
use crate::pager::Pager;
use crate::session::{self, Asked};
use crate::{audit, command, flags, man, policy, schema, script, server, show, steps};

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
            invoke(*invocation, environment, &messages)
        }
        Ok(Request::Script(script)) => {
            messages.heed(&script.flags);
            script::run(*script, environment, &messages)
        }
        Ok(Request::Steps(wanted)) => {
            messages.heed(&wanted.flags);
            steps::run(&wanted, environment, &messages)
        }
        Ok(Request::Man(wanted)) => man::write(&wanted).map(Exit::code),
        Ok(Request::Schema(operation)) => schema::print(operation.as_deref()).map(Exit::code),
        Ok(Request::Server(words)) => server::hand_over(&words, environment),
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

/// The pager, unless a flag says that there is to be none.
pub(crate) fn pager(flags: &Flags, environment: &Environment) -> Option<Pager> {
    if flags.no_pager { None } else { Pager::of(environment) }
}

fn invoke(invocation: Invocation, environment: &Environment, messages: &Messages) -> Result<u8, Failure> {
    let Invocation { operation, matches, flags } = invocation;
    if flags.format.is_some_and(Format::is_for_reports) && !operation.reports() {
        return Err(Failure::argument(show::NO_REPORT, show::ASK_OTHERWISE));
    }
    let delivery = Delivery::new(&flags, pager(&flags, environment))?;
    session::with(&flags, environment, messages, async |session| {
        let rows = delivery.format.writer(delivery.output.clone());
        match session.ask(operation, &Asked::Words(matches), rows).await {
            Ok(answer) => delivery.last(&answer, messages).await,
            Err(failure) => Err(delivery.broken_off(failure).await),
        }
    })
}
