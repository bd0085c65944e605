//! The records that were left out: the first of them for the answer, all of them for a file.

use serde::Serialize;
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufWriter},
};

use crate::{Error, ErrorReport};

/// Records that the answer shows.
const SHOWN: usize = 100;
/// Characters of a record that the answer shows.
const SHOWN_CHARACTERS: usize = 1000;

/// A record that was left out.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rejected {
    /// The line that it begins on, counted from 1.
    pub line: u64,
    /// Why it was left out.
    pub error: ErrorReport,
    /// The record as it stands in the input; in the answer its first 1,000 characters.
    pub raw: String,
}

/// Gathers them.
#[derive(Debug, Default)]
pub(crate) struct Rejects {
    /// The first of them.
    pub shown: Vec<Rejected>,
    /// How many there are.
    pub count: u64,
    file: Option<BufWriter<File>>,
}

impl Rejects {
    /// Writes all of them to a file besides, as NDJSON.
    pub(crate) fn to_file(file: File) -> Self {
        Self { file: Some(BufWriter::new(file)), ..Self::default() }
    }

    /// Adds one.
    pub(crate) async fn add(&mut self, line: u64, error: &Error, raw: &[u8]) -> Result<(), Error> {
        let mut rejected =
            Rejected { line, error: error.report(), raw: String::from_utf8_lossy(raw).into_owned() };
        self.count += 1;
        if let Some(file) = &mut self.file {
            let mut json = serde_json::to_vec(&rejected).map_err(|source| Error::Encode { source })?;
            json.push(b'\n');
            file.write_all(&json).await.map_err(|source| Error::Write { source })?;
        }
        if self.shown.len() < SHOWN {
            if let Some((end, _)) = rejected.raw.char_indices().nth(SHOWN_CHARACTERS) {
                rejected.raw.truncate(end);
            }
            self.shown.push(rejected);
        }
        Ok(())
    }

    /// Writes out what is left.
    pub(crate) async fn finish(&mut self) -> Result<(), Error> {
        match &mut self.file {
            Some(file) => file.flush().await.map_err(|source| Error::Write { source }),
            None => Ok(()),
        }
    }
}
