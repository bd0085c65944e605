//! Codes that confirm: random, good once, for one change, for a while.
//!
//! They are kept in this process, or, for a command that ends before its user answers, in a folder that only its user may
//! read. Invariant: a code is taken at most once, whoever asks at the same time.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::touched::TableChange;
use crate::{Error, audit::hex, process};

/// Most codes that wait in one process.
const MOST: usize = 1000;
/// After so many wrong codes in a row those that wait are void.
const MOST_WRONG: u32 = 20;
/// For how long it is remembered that a code was used or expired.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// What a code stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Promise {
    /// A digest of statements, parameters, connection and policy.
    pub binding: String,
    /// What the preview counted.
    pub changes: Vec<TableChange>,
    /// Until when it is good, in seconds since 1970.
    pub expires: u64,
    /// Whether it was taken.
    pub used: bool,
}

/// The codes of one process, or of one user's commands.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    waiting: Mutex<BTreeMap<String, Promise>>,
    folder: Option<PathBuf>,
    wrong: AtomicU32,
}

impl Codes {
    /// Codes that are kept in this folder, if one is given.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, ..Self::default() }
    }

    /// A code for this change.
    pub(crate) fn give(
        &self,
        binding: String,
        changes: Vec<TableChange>,
        lasts: Duration,
    ) -> Result<String, Error> {
        let mut bits = [0_u8; 16];
        getrandom::fill(&mut bits).map_err(|error| Error::Driver { problem: error.to_string() })?;
        let code = match &self.folder {
            Some(_) => hex(&bits),
            // Good in this process alone.
            None => process::mark(&hex(&bits)),
        };
        let promise = Promise { binding, changes, expires: now() + lasts.as_secs(), used: false };
        match &self.folder {
            Some(folder) => write(folder, &name(&code), &promise)
                .map_err(|error| Error::Driver { problem: format!("the code could not be kept: {error}") })?,
            None => {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.retain(|_, promise| promise.expires + REMEMBERED.as_secs() > now());
                if waiting.len() >= MOST
                    && let Some(oldest) = waiting
                        .iter()
                        .min_by_key(|(_, promise)| promise.expires)
                        .map(|(name, _)| name.clone())
                {
                    waiting.remove(&oldest);
                }
                waiting.insert(name(&code), promise);
            }
        }
        Ok(code)
    }

    /// Takes a code for this change, once.
    pub(crate) fn take(&self, code: &str, binding: &str) -> Result<Vec<TableChange>, Error> {
        let name = name(code);
        let taken = match &self.folder {
            Some(folder) => take_file(folder, &name, binding),
            None => {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(promise) = waiting.get_mut(&name) else {
                    if let Some(other) = process::elsewhere(code) {
                        return Err(Error::argument(format!(
                            "the code of `confirm` was given by another process of this server ({other}; this one is {}); nothing \
                             was changed. {}",
                            process::process_name(),
                            process::STICK
                        )));
                    }
                    if self.wrong.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_WRONG {
                        waiting.clear();
                    }
                    return Err(wrong("is not known"));
                };
                let taken = fits(promise, binding);
                promise.used |= taken.is_ok();
                taken
            }
        };
        if taken.is_ok() {
            self.wrong.store(0, Ordering::Relaxed);
        }
        taken
    }
}

fn wrong(what: &str) -> Error {
    Error::argument(format!(
        "the code of `confirm` {what}; nothing was changed. Call without `confirm` for a new preview and a new code"
    ))
}

/// Whether a code may be taken for a change.
fn fits(promise: &Promise, binding: &str) -> Result<Vec<TableChange>, Error> {
    if promise.used {
        return Err(wrong("was used already: it is good once"));
    }
    if promise.binding != binding {
        return Err(wrong(
            "was given for another change: other statements, parameters, options or connection",
        ));
    }
    if promise.expires <= now() {
        return Err(wrong("has expired"));
    }
    Ok(promise.changes.clone())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The name under which a code is kept, from which nobody learns the code.
fn name(code: &str) -> String {
    hex(&Sha256::digest(code.trim()))
}

fn write(folder: &Path, name: &str, promise: &Promise) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    for old in fs::read_dir(folder)?.flatten() {
        let age = old.metadata().and_then(|file| file.modified()).ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > REMEMBERED) {
            let _gone = fs::remove_file(old.path());
        }
    }
    let mut file = crate::audit::private().write(true).create_new(true).open(folder.join(name))?;
    file.write_all(serde_json::to_string(promise)?.as_bytes())
}

/// Of several that take one code at once, only one succeeds in renaming its file.
fn take_file(folder: &Path, name: &str, binding: &str) -> Result<Vec<TableChange>, Error> {
    let (file, used) = (folder.join(name), folder.join(format!("{name}.used")));
    if used.exists() {
        return Err(wrong("was used already: it is good once"));
    }
    let text = fs::read_to_string(&file).map_err(|_| wrong("is not known"))?;
    let promise: Promise = serde_json::from_str(&text).map_err(|_| wrong("is not known"))?;
    let changes = fits(&promise, binding)?;
    fs::rename(&file, &used).map_err(|_| wrong("was used already: it is good once"))?;
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(error: &Error) -> String {
        error.to_string()
    }

    /// Codes in memory, and in a folder that is the test's to take away.
    fn stores() -> ([Codes; 2], PathBuf) {
        let folder = std::env::temp_dir().join(format!("codes-{}-{}", std::process::id(), now()));
        ([Codes::new(None), Codes::new(Some(folder.clone()))], folder)
    }

    #[test]
    fn a_code_is_good_once_and_for_its_change_only() {
        let (stores, folder) = stores();
        for codes in stores {
            let code = codes.give("a".into(), Vec::new(), Duration::from_secs(60)).unwrap();
            assert!(told(&codes.take(&code, "b").unwrap_err()).contains("another change"));
            assert!(codes.take(&code, "a").is_ok());
            assert!(told(&codes.take(&code, "a").unwrap_err()).contains("used already"));
            assert!(told(&codes.take("0000", "a").unwrap_err()).contains("not known"));
            let code = codes.give("a".into(), Vec::new(), Duration::ZERO).unwrap();
            assert!(told(&codes.take(&code, "a").unwrap_err()).contains("expired"));
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn guessing_makes_waiting_codes_void() {
        let codes = Codes::new(None);
        let code = codes.give("a".into(), Vec::new(), Duration::from_secs(60)).unwrap();
        for n in 0..MOST_WRONG {
            assert!(codes.take(&format!("{n:032x}"), "a").is_err());
        }
        assert!(codes.take(&code, "a").is_err());
    }
}
