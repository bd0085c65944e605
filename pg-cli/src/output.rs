//! Where data goes: stdout, or the file of `--output`.
//!
//! Separate because two write to it: an operation that streams rows, and what shows its answer afterwards.
//! Invariants: a file is not touched before there is data for it; the first error of writing is remembered, so that a
//! reader that has gone (`… | head`) is told from everything else that may go wrong.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};

/// Bytes that are collected before they are written.
const BUFFER: usize = 64 * 1024;

/// Where data goes. Clones write to the same place.
#[derive(Clone)]
pub(crate) struct Output {
    state: Arc<Mutex<State>>,
}

struct State {
    file: Option<PathBuf>,
    writer: Option<BufWriter<Box<dyn AsyncWrite + Send + Unpin>>>,
    broken: Option<io::ErrorKind>,
    written: bool,
}

impl Output {
    /// To a file, or to stdout.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { state: Arc::new(Mutex::new(State { file, writer: None, broken: None, written: false })) }
    }

    /// Whether a person reads it.
    pub(crate) fn is_terminal(&self) -> bool {
        self.lock().file.is_none() && io::stdout().is_terminal()
    }

    /// The file, if it goes to one.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        self.lock().file.clone()
    }

    /// Whether anything was written.
    pub(crate) fn written(&self) -> bool {
        self.lock().written
    }

    /// The first error of writing, if there was one.
    pub(crate) fn broken(&self) -> Option<io::ErrorKind> {
        self.lock().broken
    }

    /// Writes the text and everything before it to the end. A file is there afterwards, even where the text is empty.
    pub(crate) async fn finish(&mut self, text: &str) -> io::Result<()> {
        self.write_all(text.as_bytes()).await?;
        self.lock().open()?;
        self.flush().await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn open(&mut self) -> io::Result<&mut BufWriter<Box<dyn AsyncWrite + Send + Unpin>>> {
        if self.writer.is_none() {
            let target: Box<dyn AsyncWrite + Send + Unpin> = match &self.file {
                // Opening is one short call; the writes are not, and go through tokio.
                Some(path) => Box::new(tokio::fs::File::from_std(std::fs::File::create(path)?)),
                None => Box::new(tokio::io::stdout()),
            };
            self.writer = Some(BufWriter::with_capacity(BUFFER, target));
        }
        self.writer.as_mut().ok_or_else(|| io::Error::other("the output is closed"))
    }

    fn note<T>(&mut self, result: io::Result<T>) -> Poll<io::Result<T>> {
        if let Err(error) = &result {
            self.broken.get_or_insert(error.kind());
        }
        Poll::Ready(result)
    }
}

impl AsyncWrite for Output {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut state = self.lock();
        let result = match state.open() {
            Ok(writer) => ready!(Pin::new(writer).poll_write(context, bytes)),
            Err(error) => Err(error),
        };
        state.written |= !bytes.is_empty();
        state.note(result)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.lock();
        let result = match &mut state.writer {
            Some(writer) => ready!(Pin::new(writer).poll_flush(context)),
            None => Ok(()),
        };
        state.note(result)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Whoever streamed rows is done; what comes after them is not.
        self.poll_flush(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_touched_only_when_there_is_something_for_it() {
        let path = std::env::temp_dir().join(format!("pg-cli-output-{}", std::process::id()));
        std::fs::write(&path, "old").unwrap();
        let mut output = Output::new(Some(path.clone()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        let mut clone = output.clone();
        clone.write_all(b"a,b\n").await.unwrap();
        clone.shutdown().await.unwrap();
        output.finish("1,2\n").await.unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a,b\n1,2\n");
        assert!(output.written());
        Output::new(Some(path.clone())).finish("").await.unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
        std::fs::remove_file(&path).unwrap();
    }

    #[tokio::test]
    async fn remembers_the_first_error() {
        let mut output = Output::new(Some("/nonexistent/folder/file".into()));
        assert!(output.finish("x").await.is_err());
        assert_eq!(output.broken(), Some(io::ErrorKind::NotFound));
    }
}
