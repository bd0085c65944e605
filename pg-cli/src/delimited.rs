//! A list as lines: NDJSON, CSV, TSV, Markdown. For answers that come whole; rows of a statement are streamed in the same formats by
//! pg-core.

use pg_core::{RowFormat, markdown_cell, markdown_header};
use serde_json::Value;

use crate::list::List;

/// The lines of a list, header first in CSV and TSV.
pub(crate) fn lines(list: &List<'_>, format: RowFormat) -> String {
    let mut text = String::new();
    let header = list.columns.iter().map(|column| column.name);
    match format {
        RowFormat::Ndjson => {
            for row in &list.rows {
                let fields: Vec<String> = list
                    .columns
                    .iter()
                    .zip(row)
                    .filter_map(|(column, value)| Some(format!("{}:{}", Value::from(column.name), (*value)?)))
                    .collect();
                text.push_str(&format!("{{{}}}\n", fields.join(",")));
            }
        }
        RowFormat::Csv => {
            line(&mut text, ",", header.map(csv_field));
            for row in &list.rows {
                line(&mut text, ",", row.iter().map(|value| csv_value(*value)));
            }
        }
        RowFormat::Tsv => {
            line(&mut text, "\t", header.map(tsv_field));
            for row in &list.rows {
                line(&mut text, "\t", row.iter().map(|value| tsv_value(*value)));
            }
        }
        RowFormat::Markdown => {
            let mut bytes = markdown_header(header);
            for row in &list.rows {
                bytes.push(b'|');
                for value in row {
                    let shown = match value {
                        None | Some(Value::Null) => None,
                        Some(Value::String(text)) => Some(text.clone()),
                        Some(other) => Some(other.to_string()),
                    };
                    markdown_cell(shown.as_deref().map(str::as_bytes), &mut bytes);
                }
                bytes.push(b'\n');
            }
            text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    text
}

fn line(text: &mut String, separator: &str, fields: impl Iterator<Item = String>) {
    if fields.size_hint().1 == Some(0) {
        return;
    }
    text.push_str(&fields.collect::<Vec<_>>().join(separator));
    text.push('\n');
}

fn csv_value(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => csv_field(text),
        Some(other) => csv_field(&other.to_string()),
    }
}

fn csv_field(text: &str) -> String {
    // An empty field is NULL. A lone `\.` ends the input of COPY.
    if text.is_empty() || text == "\\." || text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

fn tsv_value(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "\\N".to_owned(),
        Some(Value::String(text)) => tsv_field(text),
        Some(other) => tsv_field(&other.to_string()),
    }
}

fn tsv_field(text: &str) -> String {
    let mut field = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => field.push_str("\\\\"),
            '\t' => field.push_str("\\t"),
            '\n' => field.push_str("\\n"),
            '\r' => field.push_str("\\r"),
            '\u{8}' => field.push_str("\\b"),
            '\u{b}' => field.push_str("\\v"),
            '\u{c}' => field.push_str("\\f"),
            other => field.push(other),
        }
    }
    field
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::list;

    fn written(format: RowFormat) -> String {
        let answer = json!({
            "columns": ["n", "a,b"],
            "rows": [[12345678901234567890u64, ""], [null, "say \"hi\"\nthere\t\\"], [[1, 2], null]],
        });
        lines(&list::of(answer.as_object().unwrap()).unwrap(), format)
    }

    #[test]
    fn csv_tells_null_from_the_empty_string_and_quotes_what_must_be() {
        assert_eq!(
            written(RowFormat::Csv),
            "n,\"a,b\"\n12345678901234567890,\"\"\n,\"say \"\"hi\"\"\nthere\t\\\"\n\"[1,2]\",\n"
        );
    }

    #[test]
    fn tsv_is_escaped_as_in_copy() {
        assert_eq!(
            written(RowFormat::Tsv),
            "n\ta,b\n12345678901234567890\t\n\\N\tsay \"hi\"\\nthere\\t\\\\\n[1,2]\t\\N\n"
        );
    }

    #[test]
    fn ndjson_is_one_object_a_line() {
        let text = written(RowFormat::Ndjson);
        assert_eq!(text.lines().count(), 3);
        assert_eq!(text.lines().next(), Some(r#"{"n":12345678901234567890,"a,b":""}"#));
    }
}
