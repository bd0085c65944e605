//! The files of the log: the one that is written, those that it was rotated into, and the head, which says where the log
//! ends.
//!
//! Several processes may write one log: each appends under a lock on the head, and takes the end of the chain from it.
//! Invariant: what is appended is whole, or nothing of it stays.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::chain::{self, FIRST, Key};

/// Bytes that the head is padded to: it is overwritten in one piece, which needs no room on a full disk.
const HEAD_BYTES: usize = 512;

/// Where the log ends and begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    /// The number of the last line.
    pub(super) seq: u64,
    /// Its code.
    pub(super) mac: String,
    /// The bytes of the file that is written.
    pub(super) bytes: u64,
    /// The number of the first line that rotation has kept.
    pub(super) first: u64,
    /// A code over the rest.
    pub(super) check: String,
}

impl Head {
    fn new() -> Self {
        Self { seq: 0, mac: FIRST.to_owned(), bytes: 0, first: 1, check: String::new() }
    }

    fn code(&self, key: &Key) -> String {
        key.code(self.seq, &self.mac, &format!("head {} {}", self.bytes, self.first))
    }

    /// Reads a head, or says what is wrong with it. An empty one is that of a log that has not begun.
    pub(super) fn parse(text: &str, key: &Key) -> io::Result<Option<Self>> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let head: Self = serde_json::from_str(text)
            .map_err(|error| invalid(format!("the head cannot be read: {error}")))?;
        if head.check != head.code(key) {
            return Err(invalid("the head was changed, or was written with another key".to_owned()));
        }
        Ok(Some(head))
    }
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// How a file is opened that only its owner may read.
pub(super) fn private() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes are Unix's"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The head that belongs to a log.
pub(super) fn head_of(log: &Path) -> PathBuf {
    suffixed(log, "head")
}

/// The file that a log was rotated into, counted from 1, the youngest.
pub(super) fn rotated(log: &Path, index: u32) -> PathBuf {
    suffixed(log, &index.to_string())
}

fn suffixed(log: &Path, suffix: &str) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// A log on disk.
#[derive(Debug)]
pub(super) struct Files {
    /// The file that is written.
    pub(super) log: PathBuf,
    /// The key of its chain.
    pub(super) key: Key,
    /// From how many bytes on another file is begun.
    pub(super) max_bytes: u64,
    /// How many files are kept, the one that is written included.
    pub(super) files: u32,
}

impl Files {
    /// Appends records, each the fields of an object without its braces. All of them are in the log afterwards, or none.
    pub(super) fn append(&self, records: &[String]) -> io::Result<()> {
        let mut head_file =
            private().read(true).write(true).create(true).truncate(false).open(head_of(&self.log))?;
        // Held until the file is closed.
        head_file.lock()?;
        let mut text = String::new();
        head_file.read_to_string(&mut text)?;
        let known = Head::parse(&text, &self.key)?;
        let mut log = private().read(true).append(true).create(true).open(&self.log)?;
        let found = log.metadata()?.len();
        let mut head = match known {
            Some(head) => self.catch_up(head, &mut log, found)?,
            None if found > 0 => {
                return Err(invalid(
                    "the log has records and its head is missing: verify it, then move it away".to_owned(),
                ));
            }
            None => Head::new(),
        };
        if head.bytes >= self.max_bytes {
            drop(log);
            log = self.rotate(&mut head)?;
        }
        let mut lines = String::new();
        if head.bytes == 0 && head.seq > 0 {
            let fields = format!("\"event\":\"continued\",\"previous\":\"{}\"", head.mac);
            self.push(&mut head, &mut lines, &fields);
        }
        for fields in records {
            self.push(&mut head, &mut lines, fields);
        }
        let before = head.bytes;
        head.bytes += lines.len() as u64;
        head.check = head.code(&self.key);
        let written = log.write_all(lines.as_bytes()).and_then(|()| write_head(&mut head_file, &head));
        if written.is_err() {
            // Nothing of a batch stays that is not whole; if that fails too, the next one finds the end by the chain.
            let _shortened = log.set_len(before);
        }
        written
    }

    fn push(&self, head: &mut Head, lines: &mut String, fields: &str) {
        let (line, code) = chain::line(&self.key, head.seq + 1, &head.mac, fields);
        lines.push_str(&line);
        head.seq += 1;
        head.mac = code;
    }

    /// A process that died between a batch and its head left lines that the head does not know: those that fit the chain
    /// count, and a line without an end does not. A log that is shorter than its head says is left as it is, for the
    /// verification to find.
    fn catch_up(&self, mut head: Head, log: &mut File, found: u64) -> io::Result<Head> {
        if found > head.bytes {
            log.seek(SeekFrom::Start(head.bytes))?;
            let mut tail = String::new();
            log.read_to_string(&mut tail)?;
            let mut known = head.bytes;
            for line in tail.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
                known += line.len() as u64;
                if let Some((text, code)) = chain::split(line.trim_end())
                    && self.key.code(head.seq + 1, &head.mac, text) == code
                {
                    head.seq += 1;
                    head.mac = code.to_owned();
                }
            }
            if known < found {
                log.set_len(known)?;
            }
            head.bytes = known;
        } else {
            head.bytes = found;
        }
        Ok(head)
    }

    /// Moves each file one place back; the last one goes.
    fn rotate(&self, head: &mut Head) -> io::Result<File> {
        let kept = self.files.max(1) - 1;
        if kept == 0 {
            fs::remove_file(&self.log)?;
        } else {
            for index in (1..kept).rev() {
                let file = rotated(&self.log, index);
                if file.exists() {
                    fs::rename(file, rotated(&self.log, index + 1))?;
                }
            }
            fs::rename(&self.log, rotated(&self.log, 1))?;
        }
        head.bytes = 0;
        let oldest = (1..=kept).rev().map(|index| rotated(&self.log, index)).find(|file| file.exists());
        head.first = match oldest {
            Some(file) => first_number(&file)?.unwrap_or(head.first),
            None => head.seq + 1,
        };
        private().read(true).append(true).create(true).open(&self.log)
    }
}

fn write_head(file: &mut File, head: &Head) -> io::Result<()> {
    let text = serde_json::to_string(head)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(format!("{text:<width$}\n", width = HEAD_BYTES - 1).as_bytes())
}

/// The number of a file's first line.
fn first_number(file: &Path) -> io::Result<Option<u64>> {
    use io::BufRead;

    let mut line = String::new();
    io::BufReader::new(File::open(file)?).read_line(&mut line)?;
    Ok(number(&line))
}

/// The number of a line.
pub(super) fn number(line: &str) -> Option<u64> {
    let digits = line.strip_prefix("{\"seq\":")?.split(',').next()?;
    digits.parse().ok()
}
