//! Files of the machine that this runs on, which only a caller at its command line may name.
//!
//! Invariant: nothing is opened for a call that was not given leave, and no front end for remote callers gives it.

use tokio::{fs::File, io::AsyncRead};

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

fn allowed(call: &Call) -> Result<(), Error> {
    if call.has_local_files() {
        return Ok(());
    }
    Err(Error::argument(
        "files can be named on the command line only, not by this caller; pass the rows as `data`, or use pg-cli",
    ))
}
