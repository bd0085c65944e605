//! The arguments of a step: values as they stand there, and three tables that stand for others.
//!
//! Invariant: what takes the place of such a table is a whole JSON value; no text is put together.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::run::Ended;
use crate::failure::Failure;
use crate::text;

/// A table that stands for a value.
enum Stands<'t> {
    Variable(&'t str),
    File(&'t str),
    Answer { step: &'t str, pointer: &'t str },
}

fn stands(table: &toml::Table) -> Option<Stands<'_>> {
    let text = |key| table.get(key).and_then(toml::Value::as_str);
    match (table.len(), text("var"), text("file"), text("step"), text("pointer")) {
        (1, Some(name), ..) => Some(Stands::Variable(name)),
        (1, _, Some(path), ..) => Some(Stands::File(path)),
        (2, _, _, Some(step), Some(pointer)) => Some(Stands::Answer { step, pointer }),
        _ => None,
    }
}

/// Whether everything that is named is there.
pub(super) fn check(
    table: &toml::Table,
    earlier: &[&str],
    variables: &BTreeMap<String, String>,
) -> Result<(), String> {
    match stands(table) {
        Some(Stands::Variable(name)) if !variables.contains_key(name) => {
            Err(format!("there is no variable `{name}`"))
        }
        Some(Stands::Answer { step, .. }) if !earlier.contains(&step) => {
            Err(format!("`{step}` is no earlier step"))
        }
        Some(_) => Ok(()),
        None => table.values().try_for_each(|value| check_value(value, earlier, variables)),
    }
}

fn check_value(
    value: &toml::Value,
    earlier: &[&str],
    variables: &BTreeMap<String, String>,
) -> Result<(), String> {
    match value {
        toml::Value::Table(table) => check(table, earlier, variables),
        toml::Value::Array(list) => list.iter().try_for_each(|value| check_value(value, earlier, variables)),
        _ => Ok(()),
    }
}

/// Where values come from.
pub(super) struct Sources<'s> {
    pub(super) variables: &'s BTreeMap<String, String>,
    pub(super) ended: &'s BTreeMap<String, Ended>,
    pub(super) folder: &'s Path,
}

impl Sources<'_> {
    /// The arguments as JSON.
    ///
    /// # Errors
    /// A file that cannot be read, or a pointer that finds nothing.
    pub(super) fn arguments(&self, table: &toml::Table) -> Result<Map<String, Value>, Failure> {
        table.iter().map(|(key, value)| Ok((key.clone(), self.value(value)?))).collect()
    }

    fn value(&self, value: &toml::Value) -> Result<Value, Failure> {
        Ok(match value {
            toml::Value::String(text) => text.as_str().into(),
            toml::Value::Integer(number) => (*number).into(),
            toml::Value::Float(number) => (*number).into(),
            toml::Value::Boolean(switch) => (*switch).into(),
            toml::Value::Datetime(time) => time.to_string().into(),
            toml::Value::Array(list) => {
                list.iter().map(|value| self.value(value)).collect::<Result<_, _>>()?
            }
            toml::Value::Table(table) => match stands(table) {
                Some(stands) => self.instead(&stands)?,
                None => Value::Object(self.arguments(table)?),
            },
        })
    }

    fn instead(&self, stands: &Stands<'_>) -> Result<Value, Failure> {
        match *stands {
            Stands::Variable(name) => {
                Ok(self.variables.get(name).map_or(Value::Null, |value| value.as_str().into()))
            }
            Stands::File(path) => Ok(text::read(&self.folder.join(path))?.into()),
            Stands::Answer { step, pointer } => {
                let found = self.ended.get(step).and_then(|ended| ended.answer.pointer(pointer));
                found.cloned().ok_or_else(|| {
                    Failure::argument(
                        format!("`{pointer}` finds nothing in the answer of step `{step}`"),
                        "run this step only if it is there: if = { step, pointer, exists = true }",
                    )
                })
            }
        }
    }
}
