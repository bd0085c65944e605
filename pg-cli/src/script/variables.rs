//! The variables of `-v name=value`.

use std::collections::BTreeMap;

use serde_json::Value;

/// What psql calls the switch that lets a script go on after an error.
const STOP: &str = "ON_ERROR_STOP";

/// Variables by name.
#[derive(Debug, Default)]
pub(crate) struct Variables {
    values: BTreeMap<String, String>,
}

impl Variables {
    /// Reads the words; the last of several with one name wins, as in psql.
    pub(super) fn of(words: impl Iterator<Item = (String, String)>) -> Self {
        Self { values: words.collect() }
    }

    /// Whether there is one of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Whether any can be bound.
    pub(super) fn is_empty(&self) -> bool {
        self.values.keys().all(|name| name == STOP)
    }

    /// Values of these names as an array of parameters. They are texts, which every type takes in its own form.
    pub(super) fn parameters(&self, names: &[String]) -> Value {
        names.iter().map(|name| self.values.get(name).cloned().map_or(Value::Null, Value::from)).collect()
    }

    /// Whether a script ends with its first error: unless `ON_ERROR_STOP` is switched off.
    pub(super) fn stop_on_error(&self) -> bool {
        let switch = self.values.get(STOP).map(|value| value.to_ascii_lowercase());
        !matches!(switch.as_deref(), Some("0" | "off" | "false" | "no"))
    }
}

/// `name=value`, where a name is one that can stand after a colon.
pub(crate) fn parse(word: &str) -> Result<(String, String), String> {
    let form =
        || "say NAME=VALUE, where NAME is of letters, digits and `_`, and begins with no digit".to_owned();
    let (name, value) = word.split_once('=').ok_or_else(form)?;
    let first = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    if !first || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Err(form());
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_a_name_and_the_rest() {
        assert_eq!(parse("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(parse("a="), Ok(("a".to_owned(), String::new())));
        for wrong in ["a", "=b", "1=b", "a-b=c", ""] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
