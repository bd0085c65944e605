//! The reviewed lists of functions and operators that come with PostgreSQL and its extensions.
//!
//! Separate because they are data, reviewed line by line, one name a line:
//! `harmless.txt` and `volatile.txt` (the server's, may be called in read access), `extensions.txt` (the
//! same for extensions), `denied.txt` (may not, and why), `operators.txt` (built-in operator symbols), `types.txt`
//! (built-in types).
//! `README.md` beside them says how they were made.
//! Invariant: what stands in no list is not known to be harmless.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::access::Access;

/// Why a function is not for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Denied {
    /// The access from which on it may be called; `None`: only where the policy lists it by name.
    pub(crate) from: Option<Access>,
    /// The extension that brings it; `None` for the server itself.
    pub(crate) extension: Option<&'static str>,
    /// What it does.
    pub(crate) why: &'static str,
}

static HARMLESS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    lines(include_str!("harmless.txt")).chain(lines(include_str!("volatile.txt"))).collect()
});

static OF_EXTENSIONS: LazyLock<HashSet<(&'static str, &'static str)>> = LazyLock::new(|| {
    let pairs = lines(include_str!("extensions.txt")).filter_map(|line| line.split_once(' '));
    pairs.map(|(name, extension)| (name, extension.trim())).collect()
});

/// Symbols may begin with `#`, so this list has no comments.
static OPERATORS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("operators.txt").lines().collect());

static TYPES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| lines(include_str!("types.txt")).collect());

static DENIED: LazyLock<Vec<(&'static str, Denied)>> =
    LazyLock::new(|| lines(include_str!("denied.txt")).filter_map(denied_line).collect());

static DENIED_BY_NAME: LazyLock<HashMap<&'static str, Denied>> =
    LazyLock::new(|| DENIED.iter().filter(|(name, _)| !name.ends_with('*')).copied().collect());

/// The beginnings of names, apart because each name that is asked about is compared with all of them.
static DENIED_BY_BEGINNING: LazyLock<Vec<(&'static str, Denied)>> = LazyLock::new(|| {
    DENIED.iter().filter_map(|(name, denied)| Some((name.strip_suffix('*')?, *denied))).collect()
});

/// Whether the server's own function of this name may be called in read access.
pub(crate) fn is_harmless(name: &str) -> bool {
    HARMLESS.contains(name)
}

/// Whether a volatile function of an extension may be called in read access.
pub(crate) fn is_harmless_of_extension(name: &str, extension: &str) -> bool {
    OF_EXTENSIONS.contains(&(name, extension))
}

/// Whether the server itself brings an operator of this symbol.
pub(crate) fn is_builtin_operator(symbol: &str) -> bool {
    OPERATORS.contains(symbol)
}

/// Whether the server itself brings a type of this name.
pub(crate) fn is_builtin_type(name: &str) -> bool {
    TYPES.contains(name)
}

/// The reviewed reason against a function of this name, if there is one.
pub(crate) fn denied(name: &str) -> Option<Denied> {
    if let Some(denied) = DENIED_BY_NAME.get(name) {
        return Some(*denied);
    }
    let found = DENIED_BY_BEGINNING.iter().find(|(beginning, _)| name.starts_with(beginning));
    found.map(|(_, denied)| *denied)
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// `name  level  source  reason`, apart by white space.
fn denied_line(line: &'static str) -> Option<(&'static str, Denied)> {
    let (name, rest) = line.split_once(char::is_whitespace)?;
    let (level, rest) = rest.trim_start().split_once(char::is_whitespace)?;
    let (source, why) = rest.trim_start().split_once(char::is_whitespace)?;
    let extension = (source != "server").then_some(source);
    Some((name, Denied { from: level.parse().ok(), extension, why: why.trim() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_deny_list_is_read() {
        for line in lines(include_str!("denied.txt")) {
            let (name, denied) = denied_line(line).unwrap_or_else(|| panic!("unreadable: {line}"));
            let level = line.split_whitespace().nth(1).unwrap();
            assert!(level == "named" || denied.from.is_some_and(|from| from > Access::Read), "{line}");
            assert!(denied.why.split(' ').count() >= 2, "no reason: {line}");
            assert!(super::denied(name.trim_end_matches('*')).is_some(), "{line}");
        }
    }

    #[test]
    fn no_function_is_both_harmless_and_denied() {
        for name in HARMLESS.iter() {
            assert_eq!(denied(name), None, "{name}");
        }
    }

    #[test]
    fn the_lists_are_sorted_and_have_no_duplicates() {
        let lists = [
            include_str!("harmless.txt"),
            include_str!("volatile.txt"),
            include_str!("extensions.txt"),
            include_str!("denied.txt"),
        ];
        for list in lists {
            let names: Vec<_> =
                lines(list).map(|line| line.split_whitespace().next().unwrap_or(line)).collect();
            assert!(
                names.is_sorted_by(|a, b| a < b),
                "{:?}",
                names.windows(2).find(|pair| pair[0] >= pair[1])
            );
        }
    }
}
