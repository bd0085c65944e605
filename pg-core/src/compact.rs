//! Rows as a compact text, for readers who pay by the token: a line of column names, then a line for each row.
//!
//! The form is that of COPY's text format (PostgreSQL documentation, "COPY", "Text Format") with a header: tabs between values, `\N` for NULL, and
//! `\t`, `\n`, `\r` and `\\` inside values. Invariant: a value is told from NULL and from what stands around it, and no row has two lines.

use serde_json::{Value, value::RawValue};

use crate::operations::{ExecuteQueryOutput, Truncated};

/// An answer as such a text: its rows, and behind them, on lines that begin with `--`, what else there is to know.
pub(crate) fn compact(output: &ExecuteQueryOutput) -> Option<String> {
    let mut text = match output.columns.is_empty() {
        true => String::new(),
        false => compact_table(&output.columns, output.rows.json())?,
    };
    let mut about = format!("-- {}: {} rows", output.connection_id, output.row_count);
    if let Some(affected) = output.affected_rows {
        about.push_str(&format!(", {affected} affected"));
    }
    if output.committed == Some(false) {
        about.push_str(", not committed");
    }
    if let Some(Truncated { reason, next_cursor, hint }) = &output.truncated {
        about.push_str(&format!("; {reason}"));
        if let Some(cursor) = next_cursor {
            about.push_str(&format!("; next_cursor: {cursor}"));
        }
        about.push_str(&format!("; {hint}"));
    }
    for notice in &output.notices {
        about.push_str(&format!("\n-- {}", serde_json::to_string(notice).ok()?));
    }
    if let Some(preview) = &output.preview {
        about.push_str(&format!("\n-- {}", serde_json::to_string(preview).ok()?));
    }
    text.push_str(&about);
    Some(text)
}

/// The table, from its column names and its rows as a JSON array of objects or arrays.
fn compact_table(columns: &[String], rows: &RawValue) -> Option<String> {
    let rows: Vec<&RawValue> = serde_json::from_str(rows.get()).ok()?;
    let mut text = String::with_capacity(rows.len() * 16);
    line(columns.iter().map(|name| Some(name.as_str())), &mut text);
    for row in rows {
        let values: Vec<Box<RawValue>> = if row.get().starts_with('[') {
            serde_json::from_str(row.get()).ok()?
        } else {
            // In the order of the columns, which the rows keep.
            let fields: serde_json::Map<String, Value> = serde_json::from_str(row.get()).ok()?;
            let raw =
                |name: &String| serde_json::value::to_raw_value(fields.get(name).unwrap_or(&Value::Null));
            columns.iter().map(raw).collect::<Result<_, _>>().ok()?
        };
        let texts: Vec<Option<String>> = values.iter().map(|value| plain(value)).collect();
        line(texts.iter().map(Option::as_deref), &mut text);
    }
    Some(text)
}

/// A value as text: a string without its quotes, everything else as JSON writes it.
fn plain(value: &RawValue) -> Option<String> {
    match value.get() {
        "null" => None,
        text if text.starts_with('"') => Some(serde_json::from_str(text).unwrap_or_else(|_| text.to_owned())),
        text => Some(text.to_owned()),
    }
}

fn line<'a>(values: impl Iterator<Item = Option<&'a str>>, text: &mut String) {
    for (at, value) in values.enumerate() {
        if at > 0 {
            text.push('\t');
        }
        let Some(value) = value else {
            text.push_str("\\N");
            continue;
        };
        for letter in value.chars() {
            match letter {
                '\\' => text.push_str("\\\\"),
                '\t' => text.push_str("\\t"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                letter => text.push(letter),
            }
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &str) -> String {
        let columns = ["id", "a\tb"].map(str::to_owned);
        compact_table(&columns, &RawValue::from_string(rows.to_owned()).unwrap()).unwrap()
    }

    #[test]
    fn null_is_told_from_empty_and_from_its_own_letters() {
        let expected = "id\ta\\tb\n1\t\n2\t\\N\n3\t\\\\N\n4\tx\\ny\n5\t[1,\"2\"]\n";
        assert_eq!(table(r#"[[1,""],[2,null],[3,"\\N"],[4,"x\ny"],[5,[1,"2"]]]"#), expected);
        let objects = r#"[{"id":1,"a\tb":""},{"id":2,"a\tb":null},{"id":3,"a\tb":"\\N"},{"id":4,"a\tb":"x\ny"},{"id":5,"a\tb":[1,"2"]}]"#;
        assert_eq!(table(objects), expected);
        assert_eq!(table("[]"), "id\ta\\tb\n");
        assert_eq!(table("[[12345678901234567890.10,true]]"), "id\ta\\tb\n12345678901234567890.10\ttrue\n");
    }
}
