//! `pg-cli json-schema`: what answers in JSON look like, and the version of that.
//!
//! Invariant: within a version nothing is taken away from an answer and nothing in it changes its type; what is added does not
//! change the version. A test holds every operation to what it has once promised.

use std::io::{self, Write};

use clap::{Arg, ArgMatches, Command};
use pg_core::{AnyOperation, Exit};
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::{flags, registry};

/// The version of the answers' schema. It grows where a field goes or changes its type, and at no other change.
pub(crate) const VERSION: u32 = 1;

/// The subcommand.
pub(crate) const SCHEMA: &str = "json-schema";

/// The subcommand, with its argument.
pub(crate) fn command() -> Command {
    let operation = Arg::new("operation").value_name("OPERATION").help("Only of this operation");
    let command = Command::new(SCHEMA)
        .about("Print the JSON Schemas of arguments and answers, with their version")
        .before_help(
            "Examples:\n  pg-cli json-schema query\n  pg-cli json-schema | jq .schema_version\n  \
             pg-cli query 'SELECT 1' --format json --schema-version 1",
        )
        .arg(operation);
    flags::add_to_subcommand(command).disable_help_flag(true)
}

/// The operation that is asked for.
pub(crate) fn read(matches: &ArgMatches) -> Option<String> {
    matches.get_one::<String>("operation").cloned()
}

/// Prints the schemas.
pub(crate) fn print(name: Option<&str>) -> Result<Exit, Failure> {
    let told = match name {
        None => json!({ "schema_version": VERSION, "operations": all() }),
        Some(name) => {
            let named = |operation: &&dyn AnyOperation| {
                [name.replace('-', "_").as_str()].contains(&operation.name())
                    || operation.short_name() == Some(name)
            };
            let found = registry::operations().find(|operation| named(&&**operation)).ok_or_else(|| {
                Failure::argument(format!("there is no operation `{name}`"), "see pg-cli --help")
            })?;
            json!({ "schema_version": VERSION, "operation": found.name(), "schemas": schemas(found) })
        }
    };
    writeln!(io::stdout().lock(), "{told:#}").map_err(|error| Failure::output(&error))?;
    Ok(Exit::Ok)
}

fn all() -> Map<String, Value> {
    registry::operations().map(|operation| (operation.name().to_owned(), schemas(operation))).collect()
}

fn schemas(operation: &dyn AnyOperation) -> Value {
    json!({ "arguments": operation.input_schema(), "answer": operation.output_schema() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each field that an answer of version [`VERSION`] has: `operation field type`, one a line. Lines are added with operations
    /// and fields; one that has to go takes a new version with it.
    const PROMISED: &str = include_str!("promised.txt");

    /// The fields of an answer and their types, where the type is one word.
    fn fields(operation: &dyn AnyOperation) -> Vec<String> {
        let schema = operation.output_schema();
        let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        properties
            .iter()
            .map(|(field, schema)| {
                let types = match schema.get("type") {
                    Some(Value::String(one)) => one.clone(),
                    Some(Value::Array(several)) => {
                        several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|")
                    }
                    _ => "any".to_owned(),
                };
                format!("{} {field} {types}", operation.name())
            })
            .collect()
    }

    #[test]
    fn no_answer_loses_what_its_version_promises() {
        let there: Vec<String> = registry::operations().flat_map(fields).collect();
        let gone: Vec<&str> =
            PROMISED.lines().filter(|line| !there.iter().any(|field| field == line)).collect();
        assert!(gone.is_empty(), "a new VERSION is needed, or: {gone:#?}");
        // What an operation newly has is to be written down in promised.txt before a release; it breaks nobody.
        assert!(PROMISED.lines().count() > 50);
    }
}
