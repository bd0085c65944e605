//! Examples of operations, written as shell commands.
//!
//! An operation holds its examples as JSON arguments, because both front ends test them; this turns one into the command
//! that says the same, by looking at the arguments of the subcommand.

use std::borrow::Cow;

use clap::{Arg, ArgAction, Command};
use pg_core::{AnyOperation, Example};
use serde_json::Value;

use crate::registry;

/// The section of an operation's help; empty where there are no examples.
pub(crate) fn section(operation: &dyn AnyOperation, command: &Command) -> String {
    let name = registry::subcommand_name(operation);
    let shown = operation.examples().iter().map(|example| {
        let words = words(example, command);
        let quoted = words.iter().map(|word| shell_quoted(word));
        let line: Vec<Cow<'_, str>> =
            ["pg-cli", &name].into_iter().map(Cow::Borrowed).chain(quoted).collect();
        format!("\n  # {}\n  {}", example.title, line.join(" "))
    });
    let shown: String = shown.collect();
    if shown.is_empty() { shown } else { format!("Examples:{shown}") }
}

/// The arguments of an example, as words of a command line after the subcommand: positional ones first, in their order.
pub(crate) fn words(example: &Example, command: &Command) -> Vec<String> {
    let Ok(Value::Object(given)) = serde_json::from_str(example.arguments) else { return Vec::new() };
    let positional = command
        .get_positionals()
        .filter_map(|argument| Some((argument, given.get(argument.get_id().as_str())?)))
        .flat_map(|(argument, value)| values(argument, value));
    let flags = given
        .iter()
        .filter_map(|(key, value)| Some((find_flag(command, key)?, value)))
        .flat_map(|(argument, value)| flag_words(argument, value));
    positional.chain(flags).collect()
}

fn find_flag<'a>(command: &'a Command, key: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|argument| !argument.is_positional() && argument.get_id() == key)
}

fn flag_words(argument: &Arg, value: &Value) -> Vec<String> {
    let Some(flag) = argument
        .get_long()
        .map(|long| format!("--{long}"))
        .or_else(|| argument.get_short().map(|short| format!("-{short}")))
    else {
        return Vec::new();
    };
    if !argument.get_action().takes_values() {
        return if value == &Value::Bool(true) { vec![flag] } else { Vec::new() };
    }
    values(argument, value).into_iter().flat_map(|value| [flag.clone(), value]).collect()
}

/// The values of an argument: one for each element where the argument can be repeated, else one.
fn values(argument: &Arg, value: &Value) -> Vec<String> {
    match (argument.get_action(), value) {
        (_, Value::Null) => Vec::new(),
        (ArgAction::Append, Value::Array(elements)) => elements.iter().map(word).collect(),
        (_, value) => vec![word(value)],
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A word as a POSIX shell reads it back.
fn shell_quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into();
    }
    if word.contains('\'') && !word.contains(['"', '$', '`', '\\', '!']) {
        return format!("\"{word}\"").into();
    }
    format!("'{}'", word.replace('\'', r"'\''")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query() -> Command {
        Command::new("query")
            .arg(Arg::new("query"))
            .arg(Arg::new("params").long("params"))
            .arg(Arg::new("analyze").long("analyze").action(ArgAction::SetTrue))
            .arg(Arg::new("schema").long("schema").action(ArgAction::Append))
    }

    fn of(arguments: &'static str) -> Vec<String> {
        words(&Example { title: "", arguments }, &query())
    }

    #[test]
    fn positional_arguments_come_first_and_json_stays_json() {
        assert_eq!(
            of(r#"{"params": [1, "a"], "query": "SELECT $1", "analyze": true}"#),
            ["SELECT $1", "--params", r#"[1,"a"]"#, "--analyze"]
        );
    }

    #[test]
    fn lists_repeat_a_flag_that_can_be_repeated() {
        assert_eq!(of(r#"{"schema": ["a", "b"]}"#), ["--schema", "a", "--schema", "b"]);
    }

    #[test]
    fn what_is_false_or_null_is_left_out() {
        assert_eq!(of(r#"{"analyze": false, "params": null}"#), Vec::<String>::new());
    }

    #[test]
    fn quotes_for_the_shell() {
        assert_eq!(shell_quoted("plain-word_1"), "plain-word_1");
        assert_eq!(shell_quoted("SELECT $1"), "'SELECT $1'");
        assert_eq!(shell_quoted("it's"), "\"it's\"");
        assert_eq!(shell_quoted("it's $1"), r"'it'\''s $1'");
        assert_eq!(shell_quoted(""), "''");
    }

    #[test]
    fn every_example_parses_back_to_its_arguments() {
        for operation in registry::operations() {
            let command = crate::command::subcommand(operation).no_binary_name(true);
            for example in operation.examples() {
                let given: serde_json::Map<String, Value> = serde_json::from_str(example.arguments)
                    .expect("the arguments of an example are a JSON object");
                let matches = command
                    .clone()
                    .try_get_matches_from(words(example, &command))
                    .unwrap_or_else(|error| panic!("{}: {}: {error}", operation.name(), example.title));
                for (key, value) in &given {
                    let argument = command
                        .get_arguments()
                        .find(|argument| argument.get_id() == key)
                        .unwrap_or_else(|| panic!("{}: no argument `{key}`", operation.name()));
                    let parsed: Vec<String> = matches
                        .get_raw(key)
                        .into_iter()
                        .flatten()
                        .map(|raw| raw.to_str().unwrap().to_owned())
                        .collect();
                    let expected = match argument.get_action().takes_values() {
                        true => values(argument, value),
                        false => vec![value.to_string()],
                    };
                    assert_eq!(parsed, expected, "{}: {key}", operation.name());
                }
            }
        }
    }
}
