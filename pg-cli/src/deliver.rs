//! Writing an answer where it goes, and saying what is to be said beside it.

use std::path::Path;

use pg_core::{Answer, ErrorKind, ErrorReport};
use tokio::io::AsyncWriteExt;

use crate::failure::Failure;
use crate::flags::Flags;
use crate::format::Format;
use crate::messages::Messages;
use crate::output::Output;
use crate::pager::Pager;
use crate::report;
use crate::show::{self, Reader, Shown};

/// Where the answers of a command go, and in which form.
pub(crate) struct Delivery {
    pub(crate) output: Output,
    pub(crate) format: Format,
    terminal: bool,
    pager: Option<Pager>,
}

impl Delivery {
    /// What the flags ask for.
    ///
    /// # Errors
    /// A file that cannot be written, and bytes for a terminal.
    pub(crate) fn new(flags: &Flags, pager: Option<Pager>) -> Result<Self, Failure> {
        let output = match &flags.output {
            Some(path) => {
                Output::to_file(path.clone()).map_err(|error| Failure::file("write", path, &error))?
            }
            None => Output::stdout(),
        };
        let terminal = output.is_terminal();
        let format = flags.format.unwrap_or(Format::default_for(terminal));
        if terminal && format.is_binary() {
            let problem = "this format is binary, and standard output is a terminal: give -o FILE, or a pipe";
            return Err(ErrorReport::new(ErrorKind::Argument, problem).into());
        }
        Ok(Self { output, format, terminal, pager: pager.filter(|_| terminal) })
    }

    /// To a file, in a format.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn to_file(path: &Path, format: Format) -> Result<Self, Failure> {
        let output =
            Output::to_file(path.to_owned()).map_err(|error| Failure::file("write", path, &error))?;
        Ok(Self { output, format, terminal: false, pager: None })
    }

    /// Writes the last answer and gives the exit code.
    pub(crate) async fn last(mut self, answer: &Answer, messages: &Messages) -> Result<u8, Failure> {
        let rows_written = self.output.written() || self.has_no_rows(answer);
        let shown = self.told(answer, rows_written)?;
        self.finish(&shown.text).await?;
        shown.notes.iter().for_each(|note| messages.note(note));
        Ok(code(answer, self.format))
    }

    /// Writes an answer after which others come; `rows_written` says that its rows are written already.
    pub(crate) async fn next(
        &mut self,
        answer: &Answer,
        rows_written: bool,
        messages: &Messages,
    ) -> Result<(), Failure> {
        let shown = self.told(answer, rows_written)?;
        let written = async {
            self.output.write_all(shown.text.as_bytes()).await?;
            self.output.flush().await
        };
        written.await.map_err(|error| Failure::output(&error))?;
        shown.notes.iter().for_each(|note| messages.note(note));
        Ok(())
    }

    /// Whether this is the answer of a statement without columns in a format of rows: there is nothing to write.
    pub(crate) fn has_no_rows(&self, answer: &Answer) -> bool {
        let told: serde_json::Value = match self.format.rows() {
            Some(_) => serde_json::from_str(answer.json.get()).unwrap_or_default(),
            None => return false,
        };
        told.get("columns").and_then(|columns| columns.as_array()).is_some_and(Vec::is_empty)
    }

    /// Writes the text and everything before it to the end.
    pub(crate) async fn finish(&mut self, text: &str) -> Result<(), Failure> {
        let file = self.output.file();
        if let Some(pager) = self.pager.as_ref().filter(|_| !self.output.written())
            && pager.shows(text)
        {
            return Ok(());
        }
        self.output.finish(text).await.map_err(|error| match file {
            Some(path) => Failure::file("write", &path, &error),
            None => Failure::output(&error),
        })
    }

    /// Writes out the rows that came before an operation failed, and tells that they are not all.
    pub(crate) async fn broken_off(mut self, failure: Failure) -> Failure {
        if self.output.broken() == Some(std::io::ErrorKind::BrokenPipe) {
            return Failure::ReaderGone;
        }
        if matches!(failure, Failure::Interrupted) || !self.output.written() {
            return failure;
        }
        // The failure is the operation's, whatever becomes of its rows.
        let _ = self.output.flush().await;
        let why = match self.output.file() {
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

    fn told(&self, answer: &Answer, rows_written: bool) -> Result<Shown, Failure> {
        let width =
            self.terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| usize::from(width.0));
        show::show(answer, self.format, Reader { terminal: self.terminal, width, rows_written })
    }
}

/// How a command ends with an answer.
fn code(answer: &Answer, format: Format) -> u8 {
    // Whoever watches with plugins of Nagios knows their exit codes and no others.
    match &answer.report {
        Some(told) if format == Format::Nagios => report::nagios_code(told),
        _ => answer.exit.code(),
    }
}
