//! The ways in which a command ends without an answer, and what each prints.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::builder::StyledStr;
use pg_core::{ErrorKind, ErrorReport, Exit};

use crate::messages::Messages;

/// The exit code of a command that was interrupted twice: 128 and the number of SIGINT, as shells have it.
const INTERRUPTED: u8 = 130;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line does not parse, or asks for help or the version.
    Usage(Box<clap::Error>),
    /// Nothing was asked for: this help is the answer.
    NothingSaid(Box<StyledStr>),
    /// Anything that has an error report.
    Report(Box<ErrorReport>),
    /// The reader of stdout has gone: `… | head`. Nobody is there to be told anything, and nothing is wrong.
    ReaderGone,
    /// A second interrupt.
    Interrupted,
}

impl Failure {
    /// A wrong argument, with what to do instead.
    pub(crate) fn argument(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        ErrorReport::new(ErrorKind::Argument, problem).with_hint(hint).into()
    }

    /// A file, named by the caller, that cannot be read or written.
    pub(crate) fn file(doing: &str, path: &Path, error: &io::Error) -> Self {
        ErrorReport::new(ErrorKind::Argument, format!("could not {doing} `{}`: {error}", path.display()))
            .into()
    }

    /// What was not written to stdout or to the file of `--output`.
    pub(crate) fn output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure::ReaderGone;
        }
        ErrorReport::new(ErrorKind::Internal, format!("the output could not be written: {error}")).into()
    }

    /// Prints what there is to say and gives the exit code.
    pub(crate) fn tell(self, messages: &Messages) -> ExitCode {
        match self {
            Failure::Usage(error) => {
                // Help and version go to stdout, mistakes to stderr. A reader that has gone does not care.
                let _ = error.print();
                ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
            }
            Failure::NothingSaid(help) => {
                messages.help(&help);
                ExitCode::from(Exit::Usage.code())
            }
            Failure::Report(report) => {
                messages.error(&report);
                ExitCode::from(report.exit().code())
            }
            Failure::ReaderGone => ExitCode::SUCCESS,
            Failure::Interrupted => ExitCode::from(INTERRUPTED),
        }
    }
}

impl From<ErrorReport> for Failure {
    fn from(report: ErrorReport) -> Self {
        Failure::Report(Box::new(report))
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Failure::Usage(Box::new(error))
    }
}
