//! What is said on stderr: errors, notes, counts.
//!
//! Separate because stdout carries data only, so nothing else may write to stderr or choose its form.

use std::io::{self, IsTerminal, Write};

use clap::builder::StyledStr;
use pg_core::ErrorReport;

use crate::flags::Flags;
use crate::format::Format;
use crate::printable;

/// The form of messages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Messages {
    /// Say errors only.
    pub(crate) quiet: bool,
    /// Write errors as JSON, for a program.
    pub(crate) errors_as_json: bool,
    /// Use colour where stderr is a terminal.
    pub(crate) colour: bool,
}

impl Messages {
    /// Takes the form that the flags ask for.
    pub(crate) fn heed(&mut self, flags: &Flags) {
        self.quiet = flags.quiet;
        self.errors_as_json = flags.format.is_some_and(Format::errors_as_json);
    }

    /// Says what went wrong.
    pub(crate) fn error(&self, report: &ErrorReport) {
        if self.errors_as_json {
            let error = serde_json::json!({ "success": false, "error": report });
            say(&error.to_string());
            return;
        }
        let text = report.to_string();
        let prefix = if self.colour && io::stderr().is_terminal() {
            "\u{1b}[1;31mpg-cli:\u{1b}[0m"
        } else {
            "pg-cli:"
        };
        say(&format!("{prefix} {}", printable::lines(&text)));
    }

    /// Shows help that was not asked for.
    pub(crate) fn help(&self, help: &StyledStr) {
        if self.colour && io::stderr().is_terminal() {
            say(help.ansi().to_string().trim_end());
        } else {
            say(help.to_string().trim_end());
        }
    }

    /// Says something that is worth knowing and not an error.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            say(&printable::lines(text));
        }
    }
}

fn say(text: &str) {
    // Where stderr is closed there is nobody to tell that it is.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
