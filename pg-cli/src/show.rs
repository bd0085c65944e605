//! From an answer to what is written on stdout and said on stderr.

use pg_core::{Answer, ErrorKind, ErrorReport, RowFormat};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::format::Format;
use crate::list::{self, List};
use crate::{delimited, json, report, sections, table};

/// Why an operation is not shown in a format of reports.
pub(crate) const NO_REPORT: &str =
    "only a report can be written in this format, and this operation gives none";
/// What to do instead.
pub(crate) const ASK_OTHERWISE: &str = "use table, json, ndjson, csv, tsv or markdown";

/// What an answer comes to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Shown {
    /// For stdout.
    pub(crate) text: String,
    /// For stderr.
    pub(crate) notes: Vec<String>,
}

/// Who reads the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader {
    /// A person at a terminal.
    pub(crate) terminal: bool,
    /// The width of that terminal, in columns.
    pub(crate) width: Option<usize>,
    /// The operation has already written its rows.
    pub(crate) rows_written: bool,
}

/// Shows an answer in a format.
///
/// # Errors
/// An answer that is no JSON object, which no operation gives.
pub(crate) fn show(answer: &Answer, format: Format, reader: Reader) -> Result<Shown, Failure> {
    let broken = |error: serde_json::Error| {
        Failure::from(ErrorReport::new(ErrorKind::Internal, format!("the answer is no JSON: {error}")))
    };
    if format == Format::Json {
        return Ok(Shown { text: json::text(answer, reader.terminal).map_err(broken)?, notes: Vec::new() });
    }
    if let Some(rendering) = &answer.rendering {
        let text = match format {
            Format::Html => Some(rendering.html()),
            Format::Table => Some(rendering.text(reader.width)),
            Format::Markdown => Some(rendering.markdown()),
            _ => None,
        };
        if let Some(text) = text {
            return Ok(Shown { text, notes: Vec::new() });
        }
    }
    if let Some(text) = answer.report.as_ref().and_then(|told| report::text(told, format)) {
        return Ok(Shown { text, notes: Vec::new() });
    }
    if format.is_for_reports() {
        return Err(Failure::argument(NO_REPORT, ASK_OTHERWISE));
    }
    if format.is_binary() && !reader.rows_written {
        let problem =
            "this format is for the rows of a statement (pg-cli query); ask for json or csv instead";
        return Err(ErrorReport::new(ErrorKind::Argument, problem).into());
    }
    let parsed: Map<String, Value> = serde_json::from_str(answer.json.get()).map_err(broken)?;
    let mut notes = remarks(&parsed);
    notes.extend(cut_note(&parsed));
    Ok(match format.rows() {
        None if format.is_binary() => Shown { text: String::new(), notes },
        None if format == Format::Expanded => {
            let list = list::of(&parsed).unwrap_or_else(|| list::single(&parsed));
            notes.insert(0, count(&list));
            Shown { text: table::expanded(&list), notes }
        }
        None => for_people(&parsed, reader.width, notes),
        Some(rows) => Shown { text: for_programs(&parsed, rows, reader.rows_written), notes },
    })
}

fn for_people(answer: &Map<String, Value>, width: Option<usize>, mut notes: Vec<String>) -> Shown {
    let Some(list) = list::of(answer) else { return Shown { text: sections::text(answer, width), notes } };
    notes.insert(0, count(&list));
    Shown { text: table::text(&list, width), notes }
}

fn for_programs(answer: &Map<String, Value>, format: RowFormat, rows_written: bool) -> String {
    if rows_written {
        return String::new();
    }
    delimited::lines(&list::of(answer).unwrap_or_else(|| list::single(answer)), format)
}

/// The line under a table, as in psql, with the simple values that the table does not show.
fn count(list: &List<'_>) -> String {
    let rows = list.rows.len();
    let mut parts = vec![format!("{rows} row{}", if rows == 1 { "" } else { "s" })];
    for (key, value) in &list.rest {
        let said_already = matches!(*key, "success" | "row_count" | "truncated") || value.is_null();
        let empty =
            value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
        if !said_already && !empty && sentences(value).is_none() {
            parts.push(format!("{key}: {}", table::cell(Some(value))));
        }
    }
    format!("({})", parts.join("; "))
}

/// What an answer remarks beside its list: every list of sentences in it.
fn remarks(answer: &Map<String, Value>) -> Vec<String> {
    let Some(list) = list::of(answer) else { return Vec::new() };
    let lists = list.rest.into_iter().filter_map(|(key, value)| Some((key, sentences(value)?)));
    lists
        .flat_map(|(key, lines)| lines.into_iter().map(move |line| format!("pg-cli: {key}: {line}")))
        .collect()
}

/// The elements of a list of texts.
fn sentences(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// That the answer is cut, why, and how to go on.
fn cut_note(answer: &Map<String, Value>) -> Vec<String> {
    let because = match answer.get("truncated") {
        None | Some(Value::Null | Value::Bool(false)) => return Vec::new(),
        Some(Value::Object(parts)) => parts
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| format!("{}: {}", key.replace('_', " "), table::cell(Some(value))))
            .collect::<Vec<_>>()
            .join("; "),
        Some(other) => table::cell(Some(other)),
    };
    vec![format!("pg-cli: the answer is cut: {because}")]
}

#[cfg(test)]
mod tests {
    use pg_core::Exit;
    use serde_json::json;

    use super::*;

    fn shown(answer: &Value, format: Format, rows_written: bool) -> Shown {
        let json = serde_json::value::to_raw_value(answer).unwrap();
        let reader = Reader { terminal: false, width: None, rows_written };
        show(
            &Answer { json, exit: Exit::Ok, report: None, rendering: None, text: None, links: Vec::new() },
            format,
            reader,
        )
        .unwrap()
    }

    fn cut() -> Value {
        json!({
            "success": true, "columns": ["n"], "rows": [[1]], "row_count": 1, "duration_ms": 1.5,
            "truncated": {"reason": "rows", "next_cursor": "abc"},
        })
    }

    #[test]
    fn says_how_many_rows_and_that_the_answer_is_cut_and_how_to_go_on() {
        let notes = shown(&cut(), Format::Table, false).notes;
        assert_eq!(
            notes,
            ["(1 row; duration_ms: 1.5)", "pg-cli: the answer is cut: reason: rows; next cursor: abc"]
        );
        assert_eq!(shown(&cut(), Format::Csv, true).notes.len(), 1);
    }

    #[test]
    fn remarks_beside_a_list_are_lines_of_their_own() {
        let answer = json!({"schema": "public", "tables": [{"name": "a"}], "notes": ["no statistics yet"]});
        let shown = shown(&answer, Format::Table, false);
        assert_eq!(shown.notes, ["(1 row; schema: public)", "pg-cli: notes: no statistics yet"]);
    }

    #[test]
    fn json_is_the_answer_as_it_is() {
        assert_eq!(shown(&cut(), Format::Json, false), Shown { text: format!("{}\n", cut()), notes: vec![] });
    }

    #[test]
    fn rows_that_were_streamed_are_not_written_again() {
        assert_eq!(shown(&cut(), Format::Ndjson, true).text, "");
        assert_eq!(shown(&cut(), Format::Ndjson, false).text, "{\"n\":1}\n");
    }

    #[test]
    fn an_answer_without_a_list_is_one_row() {
        assert_eq!(
            shown(&json!({"status": "ok", "pool": {"size": 1}}), Format::Csv, false).text,
            "status,pool\nok,\"{\"\"size\"\":1}\"\n"
        );
    }
}
