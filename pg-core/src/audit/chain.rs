//! The chain: each line carries a code over its number, the code before it, and its text.
//!
//! Separate because writing and verifying must agree on it to the byte. Invariant: without the key nobody can make a line
//! that fits, and a line fits in one place only.

use std::{
    fmt, fs,
    io::{self, Write},
    path::Path,
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Characters of a code.
pub(super) const CODE_LENGTH: usize = 64;
/// What stands before the first line of all.
pub(super) const FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// The fewest bytes of a key.
const SHORTEST_KEY: usize = 16;

/// The key of a chain.
#[derive(Clone)]
pub(crate) struct Key(Vec<u8>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key([redacted])")
    }
}

impl Key {
    /// The key that this text is.
    pub(crate) fn new(text: &str) -> io::Result<Self> {
        let bytes = text.trim().as_bytes();
        if bytes.len() < SHORTEST_KEY {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("an audit key has at least {SHORTEST_KEY} characters"),
            ));
        }
        Ok(Self(bytes.to_vec()))
    }

    /// The key in a file.
    pub(crate) fn read(file: &Path) -> io::Result<Self> {
        Self::new(&fs::read_to_string(file)?)
    }

    /// The key in a file, which is made with a random key where there is none.
    pub(crate) fn read_or_make(file: &Path) -> io::Result<Self> {
        match Self::make(file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::read(file),
            made => made,
        }
    }

    fn make(file: &Path) -> io::Result<Self> {
        let mut opened = super::files::private().write(true).create_new(true).open(file)?;
        let mut random = [0_u8; 32];
        getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
        let text = hex(&random);
        opened.write_all(text.as_bytes())?;
        opened.sync_all()?;
        Self::new(&text)
    }

    /// The code of a line: its number, the code before it, its text without a code.
    pub(super) fn code(&self, number: u64, before: &str, text: &str) -> String {
        // HMAC takes keys of any length, so this cannot fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(&number.to_be_bytes());
        mac.update(before.as_bytes());
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A line: the text of an object with a number put in front and the code behind.
pub(super) fn line(key: &Key, number: u64, before: &str, fields: &str) -> (String, String) {
    let text = format!("{{\"seq\":{number},{fields}");
    let code = key.code(number, before, &text);
    (format!("{text},\"mac\":\"{code}\"}}\n"), code)
}

/// A line taken apart: what its code is over, and the code.
pub(super) fn split(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_suffix("\"}")?;
    let at = rest.len().checked_sub(CODE_LENGTH)?;
    let (front, code) = (rest.get(..at)?, rest.get(at..)?);
    Some((front.strip_suffix(",\"mac\":\"")?, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_apart_as_it_was_put_together() {
        let key = Key::new("a key of enough characters").unwrap();
        let (line, code) = line(&key, 7, FIRST, "\"event\":\"x\"");
        let (text, found) = split(line.trim_end()).unwrap();
        assert_eq!(found, code);
        assert_eq!(key.code(7, FIRST, text), code);
        assert_ne!(key.code(8, FIRST, text), code);
        serde_json::from_str::<serde_json::Value>(&line).unwrap();
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(Key::new("short").is_err());
    }
}
