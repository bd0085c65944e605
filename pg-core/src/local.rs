//! Files of the machine that this runs on, which only a caller at its command line may name.
//!
//! Invariant: nothing is opened for a call that was not given leave, and no front end for remote callers gives it.

use tokio::{
    fs::File,
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
};

use crate::{Call, Error};

/// Opens a file for reading; `-` is standard input.
pub(crate) async fn open(call: &Call, path: &str) -> Result<Box<dyn AsyncRead + Send + Unpin>, Error> {
    allowed(call)?;
    if path == "-" {
        return Ok(Box::new(tokio::io::stdin()));
    }
    match File::open(path).await {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(Error::argument(format!("the file {path} cannot be read: {error}"))),
    }
}

/// The text of a file; `-` is standard input.
///
/// # Errors
/// [`Error::Argument`] where the caller may not name files, and for one that cannot be read, is longer than `most` bytes or is
/// no text.
pub async fn read_local_file(call: &Call, path: &str, most: u64) -> Result<String, Error> {
    let mut text = String::new();
    let read = open(call, path).await?.take(most.saturating_add(1)).read_to_string(&mut text).await;
    match read {
        Ok(read) if read as u64 > most => {
            Err(Error::argument(format!("the file {path} is longer than {most} bytes")))
        }
        Ok(_) => Ok(text),
        Err(error) => Err(Error::argument(format!("the file {path} cannot be read: {error}"))),
    }
}

/// Opens a file that is read here and there.
#[cfg(feature = "parquet")]
pub(crate) async fn open_file(call: &Call, path: &str) -> Result<std::fs::File, Error> {
    allowed(call)?;
    match File::open(path).await {
        Ok(file) => Ok(file.into_std().await),
        Err(error) => Err(Error::argument(format!("the file {path} cannot be read: {error}"))),
    }
}

/// Opens a file for writing, and empties it.
pub(crate) async fn create(call: &Call, path: &str) -> Result<File, Error> {
    allowed(call)?;
    let opened = File::create(path).await;
    opened.map_err(|error| Error::argument(format!("the file {path} cannot be written: {error}")))
}

impl Call {
    /// Writes a file that the caller names, over what it held.
    ///
    /// # Errors
    /// [`Error::Argument`] where the caller may not name files, or the file cannot be written.
    pub async fn write_local_file(&self, path: &str, text: &str) -> Result<(), Error> {
        let mut file = create(self, path).await?;
        let written = async {
            file.write_all(text.as_bytes()).await?;
            file.flush().await
        };
        written.await.map_err(|error| Error::argument(format!("the file {path} cannot be written: {error}")))
    }
}

fn allowed(call: &Call) -> Result<(), Error> {
    if call.has_local_files() {
        return Ok(());
    }
    Err(Error::argument(
        "files can be named on the command line only, not by this caller; pass the rows as `data`, or use pg-cli",
    ))
}
