//! Verification of a log, by its files and its key alone.
//!
//! Separate because it must not trust the process that wrote. Invariant: a log passes only if every line from the first
//! that rotation has kept to the last that was written is there, unchanged and in order.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{
    chain::{self, FIRST, Key},
    files::{Head, head_of, number, rotated},
};
use crate::AuditKey;

/// What a log that passed holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditVerdict {
    /// Lines in all files.
    pub records: u64,
    /// The number of the first line: more than 1 where older files were rotated away.
    pub first: u64,
    /// The number of the last line.
    pub last: u64,
    /// The files, oldest first.
    pub files: Vec<PathBuf>,
}

/// The first thing that is wrong with a log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditFault {
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The operating system's error.
        #[source]
        source: io::Error,
    },
    /// The key cannot be used.
    #[error("the key cannot be used: {source}")]
    Key {
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A line is not what was written there.
    #[error("{}, line {line}: {problem}", file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What does not fit.
        problem: String,
    },
    /// The log does not end where its head says, or does not begin there.
    #[error("{}: {problem}", file.display())]
    Head {
        /// The head.
        file: PathBuf,
        /// What does not fit.
        problem: String,
    },
}

/// Verifies the log at `log`, with the files that it was rotated into, by its key.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify_audit(log: &Path, key: &AuditKey) -> Result<AuditVerdict, AuditFault> {
    let key = match key {
        AuditKey::File(file) => Key::read(file),
        AuditKey::Given(secret) => Key::new(secret.expose()),
    };
    verify(log, &key.map_err(|source| AuditFault::Key { source })?)
}

pub(super) fn verify(log: &Path, key: &Key) -> Result<AuditVerdict, AuditFault> {
    let mut files: Vec<PathBuf> =
        (1..).map(|index| rotated(log, index)).take_while(|file| file.exists()).collect();
    files.reverse();
    files.push(log.to_owned());
    let mut walk = Walk { key, before: None, last: 0, first: 0, records: 0 };
    for file in &files {
        walk.file(file)?;
    }
    walk.head(log)?;
    Ok(AuditVerdict { records: walk.records, first: walk.first, last: walk.last, files })
}

/// A walk over the lines, oldest first.
struct Walk<'a> {
    key: &'a Key,
    /// The code of the line before, once there is one.
    before: Option<String>,
    last: u64,
    first: u64,
    records: u64,
}

impl Walk<'_> {
    fn file(&mut self, file: &Path) -> Result<(), AuditFault> {
        let failed = |source| AuditFault::Read { file: file.to_owned(), source };
        let mut lines = BufReader::new(File::open(file).map_err(failed)?);
        let mut buffer = Vec::new();
        for at in 1.. {
            buffer.clear();
            if lines.read_until(b'\n', &mut buffer).map_err(failed)? == 0 {
                break;
            }
            self.line(&buffer).map_err(|problem| AuditFault::Line {
                file: file.to_owned(),
                line: at,
                problem,
            })?;
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        let text = std::str::from_utf8(line).map_err(|_| "not UTF-8: it was changed".to_owned())?;
        let whole = text.strip_suffix('\n').ok_or("it has no end: the rest was cut off")?;
        let found = number(whole).ok_or("not a record: it was changed or put in")?;
        let (signed, code) = chain::split(whole).ok_or("not a record: it was changed or put in")?;
        if self.records > 0 && found != self.last + 1 {
            let gap = if found > self.last {
                "records are missing before it"
            } else {
                "it is out of order or twice there"
            };
            return Err(format!("record {found} follows record {}: {gap}", self.last));
        }
        let before = match &self.before {
            Some(before) => before.clone(),
            None if found == 1 => FIRST.to_owned(),
            None => previous(whole).ok_or("the records before it are missing: a file was cut or removed")?,
        };
        if self.key.code(found, &before, signed) != code {
            return Err(format!("record {found} was changed, or was written with another key"));
        }
        if self.records == 0 {
            self.first = found;
        }
        self.before = Some(code.to_owned());
        self.last = found;
        self.records += 1;
        Ok(())
    }

    fn head(&self, log: &Path) -> Result<(), AuditFault> {
        let file = head_of(log);
        let wrong = |problem: String| AuditFault::Head { file: file.clone(), problem };
        let text = std::fs::read_to_string(&file)
            .map_err(|source| AuditFault::Read { file: file.clone(), source })?;
        let head = Head::parse(&text, self.key).map_err(|error| wrong(error.to_string()))?;
        let Some(head) = head else {
            return if self.records == 0 { Ok(()) } else { Err(wrong("the head is empty".to_owned())) };
        };
        if self.last < head.seq {
            let missing = head.seq - self.last;
            return Err(wrong(format!(
                "the log ends with record {} and was written up to record {}: {missing} at its end are missing",
                self.last, head.seq
            )));
        }
        if self.first > head.first {
            return Err(wrong(format!(
                "the log begins with record {} and rotation kept it from record {} on: its oldest part is missing",
                self.first, head.first
            )));
        }
        Ok(())
    }
}

/// The code of the last line of the file before, as the first line of a file repeats it.
fn previous(line: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Continued {
        previous: String,
    }
    serde_json::from_str::<Continued>(line).ok().map(|line| line.previous)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{super::files::Files, *};

    /// A log in a folder of its own, which goes with it.
    struct Log(PathBuf);

    impl std::ops::Deref for Log {
        type Target = Path;

        fn deref(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for Log {
        fn drop(&mut self) {
            let _gone = self.0.parent().map(fs::remove_dir_all);
        }
    }

    /// A log of its own, of ten records in files of some lines each.
    fn written(name: &str, max_bytes: u64, files: u32) -> (Log, Key) {
        let folder = std::env::temp_dir().join(format!("audit-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let log = folder.join("audit.jsonl");
        let key = Key::new("a key of enough characters").unwrap();
        let writer = Files { log: log.clone(), key: key.clone(), max_bytes, files };
        for n in 0..10 {
            writer.append(&[format!("\"event\":\"test\",\"n\":{n}")]).unwrap();
        }
        (Log(log), key)
    }

    fn edited(log: &Path, edit: impl Fn(Vec<String>) -> Vec<String>) {
        let lines = fs::read_to_string(log).unwrap().lines().map(|line| format!("{line}\n")).collect();
        fs::write(log, edit(lines).concat()).unwrap();
    }

    #[test]
    fn a_log_as_it_was_written_passes() {
        let (log, key) = written("whole", 1 << 20, 3);
        let verdict = verify(&log, &key).unwrap();
        assert_eq!((verdict.records, verdict.first, verdict.last), (10, 1, 10));
    }

    #[test]
    fn a_rotated_log_passes_and_says_where_it_begins() {
        let (log, key) = written("rotated", 300, 3);
        let verdict = verify(&log, &key).unwrap();
        assert_eq!(verdict.files.len(), 3);
        assert!(verdict.first > 1, "{verdict:?}");
    }

    #[test]
    fn an_edit_a_cut_another_order_and_another_key_show() {
        type Edit = fn(Vec<String>) -> Vec<String>;
        let edits: [(&str, Edit, &str); 7] = [
            (
                "edit",
                |mut l| {
                    l[3] = l[3].replace("\"n\":3", "\"n\":4");
                    l
                },
                "line 4: record 4 was changed",
            ),
            (
                "cut",
                |mut l| {
                    l.remove(3);
                    l
                },
                "line 4: record 5 follows record 3",
            ),
            (
                "order",
                |mut l| {
                    l.swap(3, 4);
                    l
                },
                "line 4: record 5 follows record 3",
            ),
            (
                "twice",
                |mut l| {
                    l.insert(3, l[2].clone());
                    l
                },
                "line 4: record 3 follows record 3",
            ),
            (
                "front",
                |mut l| {
                    l.remove(0);
                    l
                },
                "line 1: the records before it are missing",
            ),
            (
                "end",
                |mut l| {
                    l.pop();
                    l
                },
                "1 at its end are missing",
            ),
            (
                "half",
                |mut l| {
                    let last = l.pop().unwrap();
                    l.push(last[..20].to_owned());
                    l
                },
                "line 10: ",
            ),
        ];
        for (name, edit, told) in edits {
            let (log, key) = written(name, 1 << 20, 3);
            edited(&log, edit);
            let fault = verify(&log, &key).unwrap_err().to_string();
            assert!(fault.contains(told), "{name}: {fault}");
        }
        let (log, _) = written("key", 1 << 20, 3);
        let fault = verify(&log, &Key::new("another key, as long as that").unwrap()).unwrap_err().to_string();
        assert!(fault.contains("line 1: record 1 was changed, or was written with another key"), "{fault}");
    }

    #[test]
    fn a_missing_file_and_a_changed_head_show() {
        let (log, key) = written("oldest", 300, 3);
        fs::remove_file(rotated(&log, 2)).unwrap();
        let fault = verify(&log, &key).unwrap_err().to_string();
        assert!(fault.contains("its oldest part is missing"), "{fault}");
        let (log, key) = written("head", 1 << 20, 3);
        edited(&log, |mut lines| {
            lines.pop();
            lines
        });
        let head = fs::read_to_string(head_of(&log)).unwrap().replace("\"seq\":10", "\"seq\":9");
        fs::write(head_of(&log), head).unwrap();
        let fault = verify(&log, &key).unwrap_err().to_string();
        assert!(fault.contains("the head was changed"), "{fault}");
    }

    #[test]
    fn two_writers_share_one_chain() {
        let (log, key) = written("two", 1 << 20, 3);
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let files = Files { log: log.to_path_buf(), key: key.clone(), max_bytes: 2000, files: 100 };
                std::thread::spawn(move || {
                    for _ in 0..25 {
                        files.append(&["\"event\":\"x\"".to_owned(), "\"event\":\"y\"".to_owned()]).unwrap();
                    }
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        let verdict = verify(&log, &key).unwrap();
        assert!(verdict.records >= 210 && verdict.first == 1, "{verdict:?}");
    }

    #[test]
    fn what_a_dying_writer_left_behind_is_taken_up() {
        let (log, key) = written("died", 1 << 20, 3);
        let writer = Files { log: log.to_path_buf(), key: key.clone(), max_bytes: 1 << 20, files: 3 };
        let head = fs::read_to_string(head_of(&log)).unwrap();
        writer.append(&["\"event\":\"unheard\"".to_owned()]).unwrap();
        fs::write(head_of(&log), head).unwrap();
        let mut text = fs::read_to_string(&*log).unwrap();
        text.push_str("{\"seq\":12,\"ev");
        fs::write(&*log, text).unwrap();
        writer.append(&["\"event\":\"later\"".to_owned()]).unwrap();
        assert_eq!(verify(&log, &key).unwrap().last, 12);
    }
}
