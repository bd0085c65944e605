//! Where data goes: stdout, or the file of `--output`.
//!
//! Separate because two write to it: an operation that streams rows, and what shows its answer afterwards.
//! Invariants: a file that cannot be written is refused before anything runs, and keeps what it held until all is there: data
//! goes to a file beside it that takes its name at the end, so that half a file never looks whole; the first error of writing is remembered, so that a
//! reader that has gone (`… | head`) is told from everything else that may go wrong.

use std::fs::File;
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

type Writer = BufWriter<Box<dyn AsyncWrite + Send + Unpin>>;

struct State {
    file: Option<PathBuf>,
    /// The file beside it, and the place that it takes.
    part: Option<Part>,
    opened: Option<File>,
    writer: Option<Writer>,
    broken: Option<io::ErrorKind>,
    written: bool,
}

impl Output {
    /// To stdout.
    pub(crate) fn stdout() -> Self {
        Self::with(None, None, None)
    }

    /// To a file.
    ///
    /// # Errors
    /// The file cannot be opened for writing.
    pub(crate) fn to_file(path: PathBuf) -> io::Result<Self> {
        // Where a link leads is what is replaced, not the link.
        let place = path.canonicalize().unwrap_or_else(|_| path.clone());
        let (permissions, regular) = match place.metadata() {
            Ok(about) => {
                let there = File::options().write(true).open(&place)?;
                if !about.is_file() {
                    // A pipe or a device cannot be replaced.
                    return Ok(Self::with(Some(path), None, Some(there)));
                }
                (Some(about.permissions()), true)
            }
            Err(_) => (None, false),
        };
        let part = Part::beside(place)?;
        let opened = File::options().write(true).create_new(true).open(&part.beside)?;
        if let Some(permissions) = permissions.filter(|_| regular) {
            opened.set_permissions(permissions)?;
        }
        Ok(Self::with(Some(path), Some(part), Some(opened)))
    }

    fn with(file: Option<PathBuf>, part: Option<Part>, opened: Option<File>) -> Self {
        let state = State { file, part, opened, writer: None, broken: None, written: false };
        Self { state: Arc::new(Mutex::new(state)) }
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
        self.flush().await?;
        match self.lock().part.take() {
            Some(part) => part.take_place(),
            None => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that is written beside the place that it takes when it is whole; removed if that never comes.
struct Part {
    beside: PathBuf,
    place: Option<PathBuf>,
}

impl Part {
    fn beside(place: PathBuf) -> io::Result<Self> {
        let name = place.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".part-{}", std::process::id()));
        let beside = place.with_file_name(hidden);
        // What an earlier process of this number left when it was killed is nobody's.
        let _ = std::fs::remove_file(&beside);
        Ok(Self { beside, place: Some(place) })
    }

    fn take_place(mut self) -> io::Result<()> {
        match self.place.take() {
            Some(place) => std::fs::rename(&self.beside, place),
            None => Ok(()),
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.place.is_some() {
            // It is hidden and named as a part: nobody takes it for the whole where this fails.
            let _ = std::fs::remove_file(&self.beside);
        }
    }
}

impl State {
    fn open(&mut self) -> io::Result<&mut Writer> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => BufWriter::with_capacity(BUFFER, self.target()?),
        };
        Ok(self.writer.insert(writer))
    }

    fn target(&mut self) -> io::Result<Box<dyn AsyncWrite + Send + Unpin>> {
        Ok(match self.opened.take() {
            Some(file) => Box::new(tokio::fs::File::from_std(file)),
            None => Box::new(tokio::io::stdout()),
        })
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
    async fn a_file_keeps_what_it_held_until_all_is_there() {
        let path = std::env::temp_dir().join(format!("pg-cli-output-{}", std::process::id()));
        std::fs::write(&path, "old").unwrap();
        let mut output = Output::to_file(path.clone()).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        let mut clone = output.clone();
        clone.write_all(b"a,b\n").await.unwrap();
        clone.shutdown().await.unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        output.finish("1,2\n").await.unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a,b\n1,2\n");
        assert!(output.written());
        Output::to_file(path.clone()).unwrap().finish("").await.unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
        std::fs::remove_file(&path).unwrap();
    }

    #[tokio::test]
    async fn a_file_that_is_not_finished_is_not_there() {
        let folder = std::env::temp_dir().join(format!("pg-cli-output-part-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut output = Output::to_file(folder.join("new.csv")).unwrap();
        output.write_all(b"a,b\n").await.unwrap();
        drop(output);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir(&folder).unwrap();
    }

    #[test]
    fn refuses_a_file_that_cannot_be_written() {
        assert!(Output::to_file("/nonexistent/folder/file".into()).is_err());
    }

    #[tokio::test]
    async fn remembers_the_first_error() {
        let mut output = Output::to_file("/dev/full".into()).unwrap();
        assert!(output.finish("x").await.is_err());
        assert_eq!(output.broken(), Some(io::ErrorKind::StorageFull));
    }
}
