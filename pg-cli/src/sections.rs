//! An answer that is no list, for people: its values by name, and a section for each list or object in it.

use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

use crate::{list, printable, table};

/// The longest list of words that is written on one line, in characters.
const ONE_LINE: usize = 60;

/// The text of an answer.
pub(crate) fn text(answer: &Map<String, Value>, width: Option<usize>) -> String {
    let mut text = String::new();
    // That it went well goes without saying where there is no error.
    let mut answer = answer.clone();
    if answer.get("success") == Some(&Value::Bool(true)) {
        answer.shift_remove("success");
    }
    section(&mut text, "", &answer, width);
    text
}

fn section(text: &mut String, path: &str, object: &Map<String, Value>, width: Option<usize>) {
    let simple: Vec<(&String, String)> =
        object.iter().filter_map(|(key, value)| Some((key, on_one_line(value)?))).collect();
    let widest = simple.iter().map(|(key, _)| key.width()).max().unwrap_or(0);
    for (key, value) in simple {
        let padding = " ".repeat(widest.saturating_sub(key.width()));
        text.push_str(format!("{}{padding}  {value}", printable::one_line(key)).trim_end());
        text.push('\n');
    }
    for (key, value) in object.iter().filter(|(_, value)| on_one_line(value).is_none()) {
        let title = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        text.push_str(&format!(
            "{}[{}]\n",
            if text.is_empty() { "" } else { "\n" },
            printable::one_line(&title)
        ));
        match value {
            Value::Object(nested) => section(text, &title, nested, width),
            Value::Array(elements) => match list::list_of_objects(value) {
                Some(objects) => text.push_str(&table::text(&list::objects_as_list(&objects), width)),
                None => elements
                    .iter()
                    .for_each(|element| text.push_str(&format!("{}\n", table::cell(Some(element))))),
            },
            Value::String(long) => text.push_str(&format!("{}\n", printable::lines(long))),
            other => text.push_str(&format!("{other}\n")),
        }
    }
}

/// The value on one line, where it fits on one.
fn on_one_line(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.contains('\n')).then(|| printable::one_line(text).into_owned()),
        Value::Array(elements) if elements.is_empty() => Some("none".to_owned()),
        Value::Array(elements)
            if !elements.iter().any(|element| element.is_object() || element.is_array()) =>
        {
            let words: Vec<String> = elements.iter().map(|element| table::cell(Some(element))).collect();
            let line = words.join(", ");
            (line.width() <= ONE_LINE).then_some(line)
        }
        Value::Object(object) => object.is_empty().then(|| "none".to_owned()),
        Value::Array(_) => None,
        simple => Some(table::cell(Some(simple))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_come_first_then_a_section_for_each_list_and_object() {
        let answer = json!({
            "success": true,
            "table_name": "orders",
            "comment": null,
            "columns": [{"name": "id", "ordinal_position": 1}, {"name": "note", "ordinal_position": 2}],
            "primary_keys": ["id"],
            "indexes": [],
            "pool_stats": {"size": 2, "waits": [{"ms": 1}]},
            "plan": "Seq Scan on orders\n  Filter: (id > 1)",
        });
        insta::assert_snapshot!(text(answer.as_object().unwrap(), None), @r#"
        table_name    orders
        comment       NULL
        primary_keys  id
        indexes       none

        [columns]
         name | ordinal_position
        ------+------------------
         id   |                1
         note |                2

        [pool_stats]
        size  2

        [pool_stats.waits]
         ms
        ----
          1

        [plan]
        Seq Scan on orders
          Filter: (id > 1)
        "#);
    }
}
