//! What a caller can mean by the name of a relation: it as it stands, or read as SQL reads it.
//!
//! Callers write `orders`, `sales.orders`, `"Order Lines"` and, for a table with capitals, `Orders`; all of these must find
//! the table that they mean, and none may become SQL text.

use crate::catalog::RelationName;

/// The exact names that `text` can stand for, the likeliest first. A schema in `text` goes before the schema given.
pub(crate) fn readings(text: &str, schema: &str) -> Vec<RelationName> {
    let text = text.trim();
    let mut readings = vec![RelationName { schema: schema.to_owned(), name: text.to_owned() }];
    for fold in [true, false] {
        let reading = match parts(text, fold).as_deref() {
            Some([name]) => RelationName { schema: schema.to_owned(), name: name.clone() },
            Some([schema, name]) => RelationName { schema: schema.clone(), name: name.clone() },
            _ => continue,
        };
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    readings
}

/// The parts of a dotted name; unquoted ones in lower case if `fold` says so. None if it is no such name.
fn parts(text: &str, fold: bool) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_part(quoted)?,
            None => {
                let (part, after) = rest.split_at(rest.find(['.', '"']).unwrap_or(rest.len()));
                let part = part.trim();
                (if fold { part.to_ascii_lowercase() } else { part.to_owned() }, after)
            }
        };
        if part.is_empty() {
            return None;
        }
        parts.push(part);
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => return after.is_empty().then_some(parts),
        }
    }
}

/// The name up to its closing quote, and what comes after it.
fn quoted_part(text: &str) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('"')?;
        part.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                part.push('"');
                rest = more;
            }
            None => return Some((part, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::readings;

    fn read(text: &str) -> Vec<(String, String)> {
        readings(text, "public").into_iter().map(|name| (name.schema, name.name)).collect()
    }

    fn pair(schema: &str, name: &str) -> (String, String) {
        (schema.to_owned(), name.to_owned())
    }

    #[test]
    fn a_plain_name_has_one_reading() {
        assert_eq!(read("orders"), [pair("public", "orders")]);
    }

    #[test]
    fn capitals_are_tried_before_they_are_folded() {
        assert_eq!(read("Orders"), [pair("public", "Orders"), pair("public", "orders")]);
    }

    #[test]
    fn a_schema_before_the_dot_goes_before_the_argument() {
        assert_eq!(read("sales.orders"), [pair("public", "sales.orders"), pair("sales", "orders")]);
    }

    #[test]
    fn quotes_keep_dots_capitals_and_quotes() {
        let readings = read(r#""Odd ""S"".x"."Tab.le""#);
        assert_eq!(readings.last(), Some(&pair(r#"Odd "S".x"#, "Tab.le")));
    }

    #[test]
    fn what_is_no_name_is_read_as_it_stands_only() {
        for text in ["", "a.", ".a", "a..b", "\"a", "\"a\"b", "a.b.c", "\"\""] {
            assert_eq!(read(text), [pair("public", text)], "{text}");
        }
    }
}
