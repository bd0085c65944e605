//! The list in an answer, if the answer is one: the rows of a query, the relations of a schema, the connections.
//!
//! Separate because tables and every line-based format show the same list.
//! Invariant: it knows shapes, not operations: `columns` and `rows` as the contract has them, or one list of objects.

use std::collections::HashSet;

use serde_json::{Map, Value};

/// Rows and columns of an answer.
#[derive(Debug, PartialEq)]
pub(crate) struct List<'a> {
    pub(crate) columns: Vec<Column<'a>>,
    /// As many cells in each as there are columns; `None` where an object has no such key, which is shown as NULL is.
    pub(crate) rows: Vec<Vec<Option<&'a Value>>>,
    /// Everything else in the answer.
    pub(crate) rest: Vec<(&'a str, &'a Value)>,
}

/// A column of a list.
#[derive(Debug, PartialEq)]
pub(crate) struct Column<'a> {
    pub(crate) name: &'a str,
    /// Its values are numbers.
    pub(crate) numeric: bool,
}

/// The list in an answer.
pub(crate) fn of(answer: &Map<String, Value>) -> Option<List<'_>> {
    query(answer).or_else(|| only_list(answer))
}

/// `columns` with their names, `column_types`, and `rows` as objects by name or as arrays by position.
fn query(answer: &Map<String, Value>) -> Option<List<'_>> {
    let names: Vec<&str> =
        answer.get("columns")?.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
    let given = answer.get("rows")?.as_array()?;
    if names.is_empty() {
        return None;
    }
    let rows: Vec<Vec<Option<&Value>>> = given.iter().map(|row| cells(row, &names)).collect();
    let types = answer.get("column_types").and_then(Value::as_array);
    let columns = names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let data_type = types.and_then(|types| types.get(index)).and_then(Value::as_str);
            Column { name, numeric: data_type.is_some_and(is_numeric) || all_numbers(&rows, index) }
        })
        .collect();
    Some(List { columns, rows, rest: all_but(answer, &["columns", "column_types", "rows"]) })
}

/// The only field that is a list of objects, where there is exactly one.
fn only_list(answer: &Map<String, Value>) -> Option<List<'_>> {
    let mut lists = answer.iter().filter_map(|(key, value)| Some((key, list_of_objects(value)?)));
    let (key, objects) = lists.next()?;
    let nested = |(_, value): (&String, &Value)| value.as_object().is_some_and(|object| !object.is_empty());
    if lists.next().is_some() || answer.iter().filter(|(key, _)| *key != "truncated").any(nested) {
        return None;
    }
    let mut list = objects_as_list(&objects);
    list.rest = all_but(answer, &[key]);
    Some(list)
}

/// A list of objects as rows, with every key that occurs as a column, in the order of first occurrence.
pub(crate) fn objects_as_list<'a>(objects: &[&'a Map<String, Value>]) -> List<'a> {
    let mut seen = HashSet::new();
    let names: Vec<&str> = objects
        .iter()
        .flat_map(|object| object.keys())
        .map(String::as_str)
        .filter(|key| seen.insert(*key))
        .collect();
    let rows: Vec<Vec<Option<&Value>>> =
        objects.iter().map(|object| names.iter().map(|name| object.get(*name)).collect()).collect();
    let columns = names
        .into_iter()
        .enumerate()
        .map(|(index, name)| Column { name, numeric: all_numbers(&rows, index) })
        .collect();
    List { columns, rows, rest: Vec::new() }
}

/// The elements of a list in which all are objects; an empty list is one.
pub(crate) fn list_of_objects(value: &Value) -> Option<Vec<&Map<String, Value>>> {
    value.as_array()?.iter().map(Value::as_object).collect()
}

/// The whole answer as one row.
pub(crate) fn single(answer: &Map<String, Value>) -> List<'_> {
    objects_as_list(&[answer])
}

fn cells<'a>(row: &'a Value, names: &[&str]) -> Vec<Option<&'a Value>> {
    match row {
        Value::Array(cells) => (0..names.len()).map(|index| cells.get(index)).collect(),
        Value::Object(object) => names.iter().map(|name| object.get(*name)).collect(),
        other => vec![Some(other)],
    }
}

fn all_but<'a>(answer: &'a Map<String, Value>, shown: &[&str]) -> Vec<(&'a str, &'a Value)> {
    answer.iter().map(|(key, value)| (key.as_str(), value)).filter(|(key, _)| !shown.contains(key)).collect()
}

fn is_numeric(data_type: &str) -> bool {
    let base = data_type.split('(').next().unwrap_or(data_type).trim();
    matches!(
        base,
        "smallint"
            | "integer"
            | "bigint"
            | "numeric"
            | "real"
            | "double precision"
            | "oid"
            | "money"
            | "int2"
            | "int4"
            | "int8"
            | "float4"
            | "float8"
    )
}

fn all_numbers(rows: &[Vec<Option<&Value>>], index: usize) -> bool {
    let mut values = rows
        .iter()
        .filter_map(|row| row.get(index).copied().flatten())
        .filter(|value| !value.is_null())
        .peekable();
    values.peek().is_some() && values.all(Value::is_number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(list: &List<'_>) -> Vec<String> {
        list.columns.iter().map(|column| column.name.to_owned()).collect()
    }

    #[test]
    fn rows_of_a_query_are_read_by_position_and_by_name() {
        for rows in [json!([[1, "x"], [2, null]]), json!([{"a": 1, "b": "x"}, {"a": 2, "b": null}])] {
            let answer = json!({"success": true, "columns": ["a", "b"], "rows": rows, "row_count": 2});
            let list = of(answer.as_object().unwrap()).unwrap();
            assert_eq!(names(&list), ["a", "b"]);
            assert_eq!(list.rows[1], [Some(&json!(2)), Some(&Value::Null)]);
            assert!(list.columns[0].numeric && !list.columns[1].numeric);
            assert_eq!(list.rest.iter().map(|(key, _)| *key).collect::<Vec<_>>(), ["success", "row_count"]);
        }
    }

    #[test]
    fn columns_with_one_name_stay_apart_by_position() {
        let answer = json!({"columns": ["a", "a"], "rows": [[1, 2]]});
        assert_eq!(of(answer.as_object().unwrap()).unwrap().rows[0], [Some(&json!(1)), Some(&json!(2))]);
    }

    #[test]
    fn the_only_list_of_objects_is_the_list() {
        let answer = json!({"schema": "public", "tables": [{"name": "a"}, {"name": "b", "comment": "x"}]});
        let list = of(answer.as_object().unwrap()).unwrap();
        assert_eq!(names(&list), ["name", "comment"]);
        assert_eq!(list.rows[0], [Some(&json!("a")), None]);
    }

    #[test]
    fn an_answer_with_several_lists_or_none_is_not_one() {
        for answer in [
            json!({"columns": [{"name": "id"}], "indexes": []}),
            json!({"status": "connected"}),
            json!({"pool_stats": {"size": 1}, "list": [{"a": 1}]}),
            json!({"columns": [], "rows": []}),
        ] {
            let list = of(answer.as_object().unwrap());
            assert!(list.is_none() || answer["rows"].is_array(), "{answer}");
        }
    }
}
