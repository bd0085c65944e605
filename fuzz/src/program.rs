//! Statements made out of the corpora's: bytes are read as a list of changes, so that the fuzzer's own mutations change
//! statements where statements differ.
//!
//! Separate from what is checked of them. Invariant: the same bytes make the same text.

use arbitrary::{Result, Unstructured};

use crate::corpora::{pieces, statements};
use crate::frames::{FRAMES, framed};

/// Pieces that lexers and grammars stumble over.
const STUMBLING: &[&str] = &[
    ";",
    "--",
    "/*",
    "*/",
    "'",
    "\"",
    "$$",
    "$a$",
    "E'\\'",
    "U&\"",
    "\\",
    "\u{200b}",
    "\u{a0}",
    "\u{feff}",
    "\u{2028}",
    "\r",
    "\n",
    "\t",
    "\u{0}",
    "$1",
    "::",
    ":=",
    "=>",
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "*",
    "@",
    "INTO zz",
    "FOR UPDATE",
    "RETURNING *",
    "ANALYZE",
    "TABLESAMPLE system(1)",
    "OPERATOR(pg_catalog.+)",
    "COLLATE \"C\"",
    "lo_unlink",
    "pg_sleep",
    "nextval",
    "set_config",
    "dblink",
    "query_to_xml",
    "UNION",
    "AS MATERIALIZED",
];

/// Makes a text out of bytes.
///
/// # Errors
/// There are too few bytes for a choice.
pub fn text(bytes: &mut Unstructured<'_>) -> Result<String> {
    let mut text = bytes.choose(statements())?.clone();
    let changes = bytes.int_in_range(1..=6)?;
    for _ in 0..changes {
        text = changed(&text, bytes)?;
        if text.len() > 8 << 10 {
            break;
        }
    }
    Ok(text)
}

fn changed(text: &str, bytes: &mut Unstructured<'_>) -> Result<String> {
    let old = pieces(text);
    if old.is_empty() {
        return bytes.choose(statements()).cloned();
    }
    let from = bytes.choose_index(old.len())?;
    let to = from + bytes.int_in_range(0..=6)?.min(old.len() - from);
    let (before, rest) = old.split_at(from);
    let (range, after) = rest.split_at(to - from);
    let join = |middle: String| [&before.concat(), &middle, &after.concat()].map(String::as_str).concat();
    Ok(match bytes.int_in_range(0..=9)? {
        // Another statement's words in their place.
        0 => {
            let other = pieces(bytes.choose(statements())?);
            let start = bytes.choose_index(other.len().max(1))?;
            let end = (start + bytes.int_in_range(1..=12)?).min(other.len());
            join(other.get(start..end).unwrap_or_default().concat())
        }
        1 => join(String::new()),
        2 => join(range.concat().repeat(bytes.int_in_range(2..=40)?)),
        // Another statement whole, as a query in parentheses.
        3 => join(format!("({}\n)", bytes.choose(statements())?)),
        4 => framed(bytes.choose(FRAMES)?, text),
        5 => join(format!("{}/**/{}", range.concat(), bytes.choose(STUMBLING)?)),
        6 => join(range.concat().to_uppercase()),
        7 => join(range.iter().map(|piece| disguised(piece)).collect()),
        8 => join(bytes.choose(STUMBLING)?.to_string()),
        _ => join(format!("{}{}", range.concat(), bytes.arbitrary::<char>()?)),
    })
}

/// A word written in escapes that the server reads as the same name.
fn disguised(piece: &str) -> String {
    if !piece.starts_with(|c: char| c.is_ascii_lowercase()) {
        return piece.to_owned();
    }
    let escaped: String = piece.chars().map(|c| format!("\\{:04x}", u32::from(c) & 0xffff)).collect();
    format!("U&\"{escaped}\"")
}
