//! A list as a table, in the look of psql.
//!
//! Invariant: a cell is one line and holds nothing that a terminal obeys; what is cut ends in `…`.

use comfy_table::{Cell, CellAlignment, ContentLineStyle, LineStyle, Table, TableStyle};
use serde_json::Value;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::list::List;
use crate::printable;

/// What stands for NULL.
const NULL: &str = "NULL";
/// The least width to which a column is cut.
const NARROWEST: usize = 8;
/// Blanks at both sides of a cell, and the line between columns.
const FRAME: usize = 3;

const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction('|'))
    .header_separator(LineStyle::none().fill('-').junction('+'))
    .content_lines(ContentLineStyle::none().junction('|'));

/// The table of a list, cut to `width` columns of a terminal where there is one; a list that is too wide for that even so is
/// written one value a line.
pub(crate) fn text(list: &List<'_>, width: Option<usize>) -> String {
    if list.columns.is_empty() {
        return String::new();
    }
    let names: Vec<String> =
        list.columns.iter().map(|column| printable::one_line(column.name).into_owned()).collect();
    let cells: Vec<Vec<String>> =
        list.rows.iter().map(|row| row.iter().map(|value| cell(*value)).collect()).collect();
    let Some(width) = width else { return aligned(list, &names, &cells, &vec![usize::MAX; names.len()]) };
    match column_widths(&natural_widths(&names, &cells), width) {
        Some(widths) => aligned(list, &names, &cells, &widths),
        None => one_a_line(&names, &cells, width),
    }
}

/// The list with one value a line, nothing cut, in the look of psql's `\\x`.
pub(crate) fn expanded(list: &List<'_>) -> String {
    let names: Vec<_> = list.columns.iter().map(|column| printable::one_line(column.name)).collect();
    let rows: Vec<Vec<String>> =
        list.rows.iter().map(|row| row.iter().map(|value| cell(*value)).collect()).collect();
    let named = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let valued = rows.iter().flatten().map(|value| value.width()).max().unwrap_or(0);
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let title = format!("-[ RECORD {} ]", number + 1);
        let mut rule = format!("{title:-<width$}", width = named + FRAME + valued);
        if title.width() <= named + 1 {
            rule.replace_range(named + 1..named + 2, "+");
        }
        text.push_str(&rule);
        text.push('\n');
        for (name, value) in names.iter().zip(row) {
            let padding = " ".repeat(named.saturating_sub(name.width()));
            text.push_str(format!("{name}{padding} | {value}").trim_end());
            text.push('\n');
        }
    }
    text
}

/// A value as the text of a cell.
pub(crate) fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => NULL.to_owned(),
        Some(Value::String(text)) => printable::one_line(text).into_owned(),
        Some(other) => printable::one_line(&other.to_string()).into_owned(),
    }
}

fn aligned(list: &List<'_>, names: &[String], cells: &[Vec<String>], widths: &[usize]) -> String {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_header(
        names
            .iter()
            .zip(widths)
            .map(|(name, width)| Cell::new(cut(name, *width)).set_alignment(CellAlignment::Center)),
    );
    for row in cells {
        table.add_row(row.iter().zip(widths).map(|(text, width)| Cell::new(cut(text, *width))));
    }
    for (column, shown) in list.columns.iter().zip(table.column_iter_mut()) {
        shown.set_cell_alignment(if column.numeric { CellAlignment::Right } else { CellAlignment::Left });
    }
    let lines: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    lines
}

fn natural_widths(names: &[String], cells: &[Vec<String>]) -> Vec<usize> {
    let mut widths: Vec<usize> = names.iter().map(|name| name.width()).collect();
    for row in cells {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = (*width).max(text.width());
        }
    }
    widths
}

/// Widths that fit into `width`: the widest columns are cut to one common width. None where that would be too narrow to read.
fn column_widths(natural: &[usize], width: usize) -> Option<Vec<usize>> {
    let room = (width + 1).checked_sub(FRAME * natural.len())?;
    let total = |limit: usize| natural.iter().map(|natural| (*natural).min(limit)).sum::<usize>();
    if total(usize::MAX) <= room {
        return Some(natural.to_vec());
    }
    let limit = (NARROWEST..=room).rev().find(|limit| total(*limit) <= room)?;
    Some(natural.iter().map(|natural| (*natural).min(limit)).collect())
}

fn one_a_line(names: &[String], cells: &[Vec<String>], width: usize) -> String {
    let widest = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let room = width.saturating_sub(widest + FRAME).max(NARROWEST);
    let mut text = String::new();
    for (number, row) in cells.iter().enumerate() {
        text.push_str(&format!("-[ row {} ]-\n", number + 1));
        for (name, value) in names.iter().zip(row) {
            let padding = " ".repeat(widest.saturating_sub(name.width()));
            text.push_str(format!("{name}{padding} | {}", cut(value, room)).trim_end());
            text.push('\n');
        }
    }
    text
}

/// The text, cut to a width, with `…` where something is missing.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let kept = text.chars().take_while(|c| {
        used += c.width().unwrap_or(0);
        used <= width
    });
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::list;

    fn shown(answer: &Value, width: Option<usize>) -> String {
        text(&list::of(answer.as_object().unwrap()).unwrap(), width)
    }

    fn people() -> Value {
        json!({
            "columns": ["id", "name", "note"],
            "column_types": ["bigint", "text", "text"],
            "rows": [[1, "Žofie", null], [20, "", "two\nlines \u{1b}[31m"], [null, "北京", "a rather long note that goes on and on"]],
        })
    }

    #[test]
    fn looks_as_in_psql() {
        insta::assert_snapshot!(shown(&people(), None), @r#"
          id  |  name |                  note
        ------+-------+----------------------------------------
            1 | Žofie | NULL
           20 |       | two↵lines \u{1b}[31m
         NULL | 北京  | a rather long note that goes on and on
        "#);
    }

    #[test]
    fn is_cut_to_the_width_of_the_terminal() {
        let text = shown(&people(), Some(40));
        assert!(text.lines().all(|line| line.width() <= 40), "{text}");
        assert!(text.contains("a rather long not…") || text.contains('…'), "{text}");
    }

    #[test]
    fn is_written_one_value_a_line_where_columns_would_be_too_narrow() {
        insta::assert_snapshot!(shown(&people(), Some(20)), @r#"
        -[ row 1 ]-
        id   | 1
        name | Žofie
        note | NULL
        -[ row 2 ]-
        id   | 20
        name |
        note | two↵lines \u…
        -[ row 3 ]-
        id   | NULL
        name | 北京
        note | a rather lon…
        "#);
    }

    #[test]
    fn expanded_is_one_value_a_line_and_tells_null_from_empty() {
        let answer = json!({"columns": ["identifier_of_it", "name"], "rows": [[1, null], [2, ""]]});
        insta::assert_snapshot!(expanded(&list::of(answer.as_object().unwrap()).unwrap()), @r#"
        -[ RECORD 1 ]----+-----
        identifier_of_it | 1
        name             | NULL
        -[ RECORD 2 ]----+-----
        identifier_of_it | 2
        name             |
        "#);
    }

    #[test]
    fn nothing_is_shown_of_a_list_without_columns() {
        assert_eq!(shown(&json!({"tables": []}), Some(80)), "");
    }

    #[test]
    fn cuts_by_width_and_not_by_characters() {
        assert_eq!(cut("北京北京", 5), "北京…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
    }
}
