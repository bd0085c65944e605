//! The name of this process, which everything carries that is good in it alone: cursors, open transactions, codes that confirm.
//!
//! Separate because several processes may serve the same callers behind a proxy: what one of them does not know is then told from
//! what nobody knows. Invariant: a name tells nothing but whose it is.

use std::sync::LazyLock;

/// Digits of a process's name.
const DIGITS: usize = 8;

static NAME: LazyLock<String> = LazyLock::new(|| {
    let mut bits = [0_u8; 4];
    let number = match getrandom::fill(&mut bits) {
        Ok(()) => u32::from_be_bytes(bits),
        Err(_) => std::process::id(),
    };
    format!("{number:08x}")
});

/// The name of this process: eight hexadecimal digits, drawn when it started.
#[must_use]
pub fn process_name() -> &'static str {
    &NAME
}

/// A name that is good in this process.
pub(crate) fn mark(name: &str) -> String {
    format!("{}-{name}", process_name())
}

/// The process that a name is good in, where that is another one than this.
pub(crate) fn elsewhere(name: &str) -> Option<&str> {
    let (process, _) = name.split_once('-')?;
    let is_one = process.len() == DIGITS && process.bytes().all(|digit| digit.is_ascii_hexdigit());
    (is_one && process != process_name()).then_some(process)
}

/// What a name that is not open is, if it is not that of another process.
pub(crate) fn not_open(name: &str, what: &str) -> String {
    match elsewhere(name) {
        Some(process) => {
            format!("lives in another process of this server ({process}; this one is {})", process_name())
        }
        None => what.to_owned(),
    }
}

/// What to do about a name that is good in another process.
pub(crate) const STICK: &str = "several processes serve here: have the proxy lead all calls of one client to one of them (by its \
                                Mcp-Session-Id, its token or its address), or call anew";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_whose_it_is() {
        assert_eq!(elsewhere(&mark("abc")), None);
        assert_eq!(elsewhere("nonsense"), None);
        assert_eq!(elsewhere("not-one"), None);
        let other = if process_name() == "00000000" { "11111111" } else { "00000000" };
        assert_eq!(elsewhere(&format!("{other}-abc")), Some(other));
    }
}
