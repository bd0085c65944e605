//! What the server's own output plugin `test_decoding` writes about a change, read.
//!
//! Separate because it is text alone and can be tested so. Invariant: a line that cannot be read whole is an error, never a
//! change that is left out.

use std::collections::HashMap;

/// The values of a row that a line tells, by column; none for NULL and for what the line leaves out.
type Values = HashMap<String, Option<String>>;

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A transaction is whole.
    Commit,
    /// Rows of a table, as the log writes its name: those with these keys have changed.
    Changed {
        /// The table.
        table: &'a str,
        /// The keys before and after.
        keys: Vec<Vec<String>>,
    },
    /// Tables were emptied.
    Truncated(Vec<&'a str>),
    /// Anything else.
    Other,
}

/// Reads a line. `key_of` tells the columns that tell a table's rows apart; none for a table that is not followed.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read<'a, 'k>(
    line: &'a str,
    key_of: impl FnOnce(&str) -> Option<&'k [String]>,
) -> Result<Line<'a>, String> {
    if line.starts_with("COMMIT") {
        return Ok(Line::Commit);
    }
    let Some(told) = line.strip_prefix("table ") else { return Ok(Line::Other) };
    let end = name_end(told).ok_or("the name of the table does not end")?;
    let (table, rest) = told.split_at(end);
    if rest.starts_with(", ") || rest.starts_with(": TRUNCATE:") {
        return truncated(told);
    }
    let Some(key) = key_of(table) else { return Ok(Line::Other) };
    let rest = rest.strip_prefix(": ").ok_or("no action follows the table")?;
    let (action, tuples) = rest.split_once(": ").ok_or("no row follows the action")?;
    let keys = match (action, tuples) {
        (_, "(no-tuple-data)") => return Err(format!("{action} of {table} does not tell the row's key")),
        ("INSERT" | "DELETE", _) => vec![of_key(&values(tuples)?.0, key)?],
        ("UPDATE", _) => match tuples.strip_prefix("old-key: ") {
            None => vec![of_key(&values(tuples)?.0, key)?],
            Some(old) => {
                let (before, rest) = values(old)?;
                let new = rest.strip_prefix("new-tuple: ").ok_or("no new row follows the old key")?;
                let mut keys = vec![of_key(&before, key)?, of_key(&values(new)?.0, key)?];
                keys.dedup();
                keys
            }
        },
        _ => return Err(format!("{action} is not known")),
    };
    Ok(Line::Changed { table, keys })
}

fn truncated(told: &str) -> Result<Line<'_>, String> {
    let mut tables = Vec::new();
    let mut rest = told;
    loop {
        let end = name_end(rest).ok_or("the name of a table does not end")?;
        let (table, behind) = rest.split_at(end);
        tables.push(table);
        match behind.strip_prefix(", ") {
            Some(next) => rest = next,
            None if behind.starts_with(": TRUNCATE:") => return Ok(Line::Truncated(tables)),
            None => return Err("what was done to several tables is not known".to_owned()),
        }
    }
}

fn of_key(values: &Values, key: &[String]) -> Result<Vec<String>, String> {
    let value = |name: &String| {
        let value = values.get(name).cloned().flatten();
        value.ok_or_else(|| format!("column {name} of the key is not told"))
    };
    key.iter().map(value).collect()
}

/// Where a name ends that may have a schema before it: at the first character that is none of it and not in quotes.
fn name_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, character)| {
        match character {
            // A quote that is doubled leaves and enters again.
            '"' => quoted = !quoted,
            ':' | ',' | ' ' | '[' if !quoted => return Some(at),
            _ => {}
        }
        None
    })
}

fn unquoted(name: &str) -> String {
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

/// The values of a row, `name[type]:value` with spaces between them, and what stands behind them.
fn values(mut text: &str) -> Result<(Values, &str), String> {
    let mut values = Values::new();
    loop {
        let end = name_end(text).ok_or("the name of a column does not end")?;
        let (name, rest) = text.split_at(end);
        let Some(rest) = rest.strip_prefix('[') else { return Ok((values, text)) };
        let rest = rest.get(type_end(rest).ok_or("a type does not end")?..).unwrap_or_default();
        let rest = rest.strip_prefix("]:").ok_or("no value follows a type")?;
        let (value, rest) = value(rest)?;
        values.insert(unquoted(name), value);
        match rest.strip_prefix(' ') {
            Some(next) => text = next,
            None if rest.is_empty() => return Ok((values, rest)),
            None => return Err("something stands behind a value".to_owned()),
        }
    }
}

/// Where the type ends that `[` began: at the bracket that closes it.
fn type_end(text: &str) -> Option<usize> {
    let (mut quoted, mut open) = (false, 0_usize);
    text.char_indices().find_map(|(at, character)| {
        match character {
            '"' => quoted = !quoted,
            '[' if !quoted => open += 1,
            ']' if !quoted && open == 0 => return Some(at),
            ']' if !quoted => open -= 1,
            _ => {}
        }
        None
    })
}

fn value(text: &str) -> Result<(Option<String>, &str), String> {
    let bits = text.strip_prefix("B'");
    if let Some(inner) = bits.or_else(|| text.strip_prefix('\'')) {
        let mut value = String::new();
        let mut rest = inner;
        loop {
            let (before, behind) = rest.split_once('\'').ok_or("a value in quotes does not end")?;
            value.push_str(before);
            match behind.strip_prefix('\'') {
                Some(more) => {
                    value.push('\'');
                    rest = more;
                }
                None => return Ok((Some(value), behind)),
            }
        }
    }
    let end = text.find(' ').unwrap_or(text.len());
    let (value, rest) = text.split_at(end);
    let left_out = matches!(value, "null" | "unchanged-toast-datum");
    Ok(((!left_out).then(|| value.to_owned()), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(line: &str, key: &[&str]) -> Vec<Vec<String>> {
        let key: Vec<String> = key.iter().map(|&name| name.to_owned()).collect();
        match read(line, |_| Some(&key)).unwrap() {
            Line::Changed { keys, .. } => keys,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn keys_are_read_out_of_rows() {
        assert_eq!(keys("table public.t: INSERT: id[integer]:7 note[text]:'a b'", &["id"]), [["7"]]);
        assert_eq!(keys("table public.t: DELETE: id[integer]:-7", &["id"]), [["-7"]]);
        assert_eq!(keys("table public.t: UPDATE: id[bigint]:1 n[text]:null", &["id"]), [["1"]]);
        assert_eq!(
            keys(
                "table public.t: UPDATE: old-key: id[integer]:1 new-tuple: id[integer]:2 n[text]:'x'",
                &["id"]
            ),
            [["1"], ["2"]]
        );
        // The whole row stands there where it is its own identity.
        assert_eq!(
            keys(
                "table public.t: UPDATE: old-key: id[integer]:1 n[text]:'x' new-tuple: id[integer]:1 n[text]:'y'",
                &["id"]
            ),
            [["1"]]
        );
    }

    #[test]
    fn quotes_brackets_and_line_ends_stay_in_values() {
        let line = "table public.t: INSERT: a[text]:'it''s b[integer]:9 \n''' b[integer]:3 \
                    c[integer[]]:'{1,2}' \"od\"\"d]:\"[\"my]:type\"]:'x' d[bit varying]:B'101' e[boolean]:true";
        assert_eq!(keys(line, &["b", "a"]), [["3", "it's b[integer]:9 \n'"]]);
        assert_eq!(keys(line, &["od\"d]:", "d", "e"]), [["x", "101", "true"]]);
    }

    #[test]
    fn tables_are_named_as_the_log_writes_them() {
        let line = "table \"My: Schema\".\"a, b\": INSERT: id[integer]:1";
        let key = ["id".to_owned()];
        let read = read(line, |name| (name == "\"My: Schema\".\"a, b\"").then_some(key.as_slice())).unwrap();
        assert!(matches!(read, Line::Changed { table: "\"My: Schema\".\"a, b\"", .. }));
        assert_eq!(
            super::read("table public.a, public.\"b, c\": TRUNCATE: restart_seqs cascade", |_| None).unwrap(),
            Line::Truncated(vec!["public.a", "public.\"b, c\""])
        );
    }

    #[test]
    fn what_is_not_followed_is_passed_over_and_what_cannot_be_read_is_an_error() {
        assert_eq!(read("table public.other: INSERT: x[integer]:1", |_| None).unwrap(), Line::Other);
        assert_eq!(read("COMMIT", |_| None).unwrap(), Line::Commit);
        assert_eq!(read("message: transactional: 1", |_| None).unwrap(), Line::Other);
        let key = ["id".to_owned()];
        for line in [
            "table public.t: DELETE: (no-tuple-data)",
            "table public.t: MERGE: id[integer]:1",
            "table public.t: INSERT: id[integer]:null",
            "table public.t: INSERT: other[integer]:1",
            "table public.t: INSERT: id[text]:'open",
            "table public.t: INSERT: id[integer",
            "table public.t",
            "table public.t: INSERT",
        ] {
            assert!(read(line, |_| Some(&key)).is_err(), "{line}");
        }
    }
}
