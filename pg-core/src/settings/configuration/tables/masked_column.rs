//! `policy.masked_columns`: columns that nobody sees, and what is seen instead.
//!
//! Separate because a mask has a grammar of its own. Invariant: a mask that is read is one that the policy knows, with exactly
//! the keys that its method takes.

use pg_policy::{ColumnMask, MaskMethod};
use serde::Deserialize;

/// A column that nobody sees, and what is seen instead.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "MaskedColumnKeys")]
#[cfg_attr(feature = "schema", schemars(with = "MaskedColumnKeys"))]
pub(in super::super) struct MaskedColumn(pub(in super::super) ColumnMask);

/// A column that nobody sees, and what is seen instead.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct MaskedColumnKeys {
    /// The column as `schema.relation.column`, in the catalog's spelling; a name with a dot in it stands in double quotes.
    column: String,
    /// What is seen instead of its values.
    method: Method,
    /// With `partial`: characters shown at the beginning; none by default.
    #[serde(default)]
    keep_first: Option<u16>,
    /// With `partial`: characters shown at the end; none by default.
    #[serde(default)]
    keep_last: Option<u16>,
    /// With `constant`: the value that is always shown, in the text form of the column's type.
    #[serde(default)]
    value: Option<String>,
}

/// What is seen instead of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum Method {
    /// A token; equal values have equal tokens, so that joins and counts work.
    Hash,
    /// The first and last characters, and `***` between.
    Partial,
    /// NULL.
    Null,
    /// Always the same value.
    Constant,
    /// The value itself: for a column of a view over masked columns that gives nothing away.
    Plain,
}

impl TryFrom<MaskedColumnKeys> for MaskedColumn {
    type Error = String;

    fn try_from(keys: MaskedColumnKeys) -> Result<Self, String> {
        let MaskedColumnKeys { column, method, keep_first, keep_last, value } = keys;
        if method != Method::Partial && (keep_first.is_some() || keep_last.is_some()) {
            return Err("keep_first and keep_last belong to method = \"partial\"".to_owned());
        }
        if method != Method::Constant && value.is_some() {
            return Err("value belongs to method = \"constant\"".to_owned());
        }
        let method = match method {
            Method::Hash => MaskMethod::Hash,
            Method::Partial => MaskMethod::Partial {
                keep_first: keep_first.unwrap_or_default(),
                keep_last: keep_last.unwrap_or_default(),
            },
            Method::Null => MaskMethod::Null,
            Method::Constant => MaskMethod::Constant(
                value.ok_or("method = \"constant\" takes a value, as in value = \"hidden\"")?,
            ),
            Method::Plain => MaskMethod::Plain,
        };
        match words(&column).as_deref() {
            Some([schema, relation, name]) => Ok(MaskedColumn(ColumnMask {
                schema: schema.clone(),
                relation: relation.clone(),
                column: name.clone(),
                method,
            })),
            _ => Err(format!(
                "`{column}` is no column: write schema.relation.column, as in public.customers.email"
            )),
        }
    }
}

/// The words between the dots, without their quotes.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        let (word, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_word(quoted)?,
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                let (word, behind) = rest.split_at_checked(end)?;
                (word.to_owned(), behind)
            }
        };
        if word.is_empty() {
            return None;
        }
        words.push(word);
        rest = match behind.strip_prefix('.') {
            Some(rest) => rest,
            None => return behind.is_empty().then_some(words),
        };
    }
}

/// The word up to its closing quote, and what is behind that; a doubled quote is one of the word.
fn quoted_word(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut rest = text;
    loop {
        let (before, behind) = rest.split_once('"')?;
        word.push_str(before);
        match behind.strip_prefix('"') {
            Some(more) => {
                word.push('"');
                rest = more;
            }
            None => return Some((word, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_as_sql_quotes_them() {
        let is = |text, expected: [&str; 3]| assert_eq!(words(text).unwrap(), expected, "{text}");
        is("public.customers.email", ["public", "customers", "email"]);
        is("\"a.b\".\"C \"\"D\"\"\".e", ["a.b", "C \"D\"", "e"]);
    }

    #[test]
    fn refuses_what_is_no_name() {
        for text in ["", ".", "a..b", "\"a", "\"a\"b.c.d", "a.b.", "\"\".b.c"] {
            assert_eq!(words(text), None, "{text}");
        }
    }
}
