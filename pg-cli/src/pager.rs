//! A program that shows long text page by page, for a person at a terminal.
//!
//! Separate because it is the only place where another program gets what is shown. Invariant: only text that is longer or wider
//! than the terminal goes there; where the program cannot be started the text is written as ever.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, Stdio};

use pg_core::Environment;
use unicode_width::UnicodeWidthStr;

/// What is run where no variable names anything.
const USUAL: &str = "less";
/// What `less` is told where nothing else is: leave at the end of one screen, keep the screen, cut no colours, chop long lines.
const LESS: &str = "FRXS";

/// A command line that pages.
#[derive(Debug)]
pub(crate) struct Pager {
    command: String,
    sets_less: bool,
}

impl Pager {
    /// What `PSQL_PAGER`, else `PAGER`, else common sense says; none where one of them is empty.
    pub(crate) fn of(environment: &Environment) -> Option<Self> {
        let said = environment.variable("PSQL_PAGER").or_else(|| environment.variable("PAGER"));
        let command = said.unwrap_or(USUAL).trim();
        if command.is_empty() {
            return None;
        }
        Some(Self { command: command.to_owned(), sets_less: environment.variable("LESS").is_none() })
    }

    /// Shows a text that is too long for the terminal; false where it is not, or where that cannot be done.
    pub(crate) fn shows(&self, text: &str) -> bool {
        let Some((width, height)) = terminal_size::terminal_size() else { return false };
        let (width, height) = (usize::from(width.0), usize::from(height.0));
        // A line less, for the prompt that comes after.
        let fits =
            text.lines().take(height).count() < height && text.lines().all(|line| line.width() <= width);
        !fits && self.run(text)
    }

    fn run(&self, text: &str) -> bool {
        let mut command = shell(&self.command);
        if self.sets_less {
            command.env("LESS", LESS);
        }
        let Ok(mut child) = command.stdin(Stdio::piped()).spawn() else { return false };
        if let Some(mut stdin) = child.stdin.take() {
            // Whoever leaves the pager early has read enough.
            let _ = stdin.write_all(text.as_bytes());
        }
        // As shells have it: 127 and 126 say that there is no such program, or that it cannot be run.
        child.wait().is_ok_and(|status| !matches!(status.code(), Some(126 | 127)))
    }
}

/// As psql does, the shell reads the words: `PAGER='less -S'`.
fn shell(line: &str) -> Command {
    let (program, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("/bin/sh", "-c") };
    let mut command = Command::new(program);
    command.arg(flag).arg(OsString::from(line));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Option<String> {
        let environment: Environment = variables.iter().copied().collect();
        Pager::of(&environment).map(|pager| pager.command)
    }

    #[test]
    fn the_variable_of_psql_wins_and_an_empty_one_pages_nothing() {
        assert_eq!(of(&[]).as_deref(), Some("less"));
        assert_eq!(of(&[("PAGER", "more")]).as_deref(), Some("more"));
        assert_eq!(of(&[("PAGER", "more"), ("PSQL_PAGER", "less -S")]).as_deref(), Some("less -S"));
        assert_eq!(of(&[("PAGER", "more"), ("PSQL_PAGER", " ")]), None);
    }
}
