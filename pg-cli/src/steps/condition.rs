//! Whether a step is run: a pointer into an earlier answer, and one comparison.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::run::Ended;

/// A condition.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    step: String,
    /// A JSON pointer (RFC 6901) into its answer; of a step for several connections it begins with the connection.
    #[serde(default)]
    pointer: String,
    equals: Option<toml::Value>,
    not_equals: Option<toml::Value>,
    greater_than: Option<f64>,
    at_least: Option<f64>,
    less_than: Option<f64>,
    at_most: Option<f64>,
    exists: Option<bool>,
    is_empty: Option<bool>,
    failed: Option<bool>,
}

impl Condition {
    /// Whether it says one thing, of a step that comes earlier.
    pub(super) fn check(&self, earlier: &[&str]) -> Result<(), String> {
        if !earlier.contains(&self.step.as_str()) {
            return Err(format!("its condition is on `{}`, which is no earlier step", self.step));
        }
        if !self.pointer.is_empty() && !self.pointer.starts_with('/') {
            return Err(format!("`{}` is no JSON pointer: it begins with /", self.pointer));
        }
        let said = [
            self.equals.is_some(),
            self.not_equals.is_some(),
            self.greater_than.is_some(),
            self.at_least.is_some(),
            self.less_than.is_some(),
            self.at_most.is_some(),
            self.exists.is_some(),
            self.is_empty.is_some(),
            self.failed.is_some(),
        ];
        match said.iter().filter(|said| **said).count() {
            1 => Ok(()),
            _ => Err("a condition has exactly one comparison".to_owned()),
        }
    }

    /// Whether it holds. What is not there, or is no number where one is compared, makes every comparison false.
    pub(super) fn holds(&self, ended: &BTreeMap<String, Ended>) -> bool {
        let Some(step) = ended.get(&self.step) else { return false };
        if let Some(failed) = self.failed {
            return step.failed == failed;
        }
        let found = step.answer.pointer(&self.pointer);
        if let Some(exists) = self.exists {
            return found.is_some_and(|found| !found.is_null()) == exists;
        }
        let Some(found) = found else { return false };
        if let Some(empty) = self.is_empty {
            return is_empty(found) == empty;
        }
        if let Some(other) = &self.equals {
            return same(found, other);
        }
        if let Some(other) = &self.not_equals {
            return !same(found, other);
        }
        let compared = |other: Option<f64>| number(found)?.partial_cmp(&other?);
        let is = |other, wanted: &[Ordering]| compared(other).is_some_and(|order| wanted.contains(&order));
        is(self.greater_than, &[Ordering::Greater])
            || is(self.at_least, &[Ordering::Greater, Ordering::Equal])
            || is(self.less_than, &[Ordering::Less])
            || is(self.at_most, &[Ordering::Less, Ordering::Equal])
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

/// Numbers are equal by value, and a text by its characters.
fn same(found: &Value, other: &toml::Value) -> bool {
    match other {
        toml::Value::Integer(other) => number(found) == Some(*other as f64),
        toml::Value::Float(other) => number(found) == Some(*other),
        other => serde_json::to_value(other).is_ok_and(|other| *found == other),
    }
}

/// Numbers come as text where digits would be lost.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(condition: &str) -> bool {
        let condition: Condition = toml::from_str(condition).unwrap();
        let answer = json!({"rows": [{"n": 5, "d": "1.5"}], "none": null});
        let ended = Ended { answer, failed: false };
        condition.check(&["a"]).unwrap();
        condition.holds(&BTreeMap::from([("a".to_owned(), ended)]))
    }

    #[test]
    fn compares_what_a_pointer_finds() {
        let n = "step = 'a'\npointer = '/rows/0/n'\n";
        for (condition, expected) in [
            ("greater_than = 4", true),
            ("greater_than = 5", false),
            ("at_least = 5", true),
            ("less_than = 5", false),
            ("at_most = 5", true),
            ("equals = 5", true),
            ("not_equals = 5", false),
            ("exists = true", true),
            ("is_empty = true", false),
            ("failed = false", true),
        ] {
            assert_eq!(holds(&format!("{n}{condition}")), expected, "{condition}");
        }
        assert!(holds("step = 'a'\npointer = '/rows/0/d'\ngreater_than = 1"));
        assert!(!holds("step = 'a'\npointer = '/rows/7'\nnot_equals = 1"));
        assert!(holds("step = 'a'\npointer = '/none'\nexists = false"));
    }

    #[test]
    fn says_one_thing_of_an_earlier_step() {
        for wrong in [
            "step = 'b'\nexists = true",
            "step = 'a'",
            "step = 'a'\nequals = 1\nat_most = 2",
            "step = 'a'\npointer = 'x'\nexists = true",
        ] {
            let condition: Condition = toml::from_str(wrong).unwrap();
            assert!(condition.check(&["a"]).is_err(), "{wrong}");
        }
        assert!(toml::from_str::<Condition>("step = 'a'\nequal = 1").is_err());
    }
}
