//! The parser's verdict on a text: statements, or an error that says where.
//!
//! Separate because the parser's binding drops the position of an error, so that it has to be found.
//! Invariant: a text that the parser does not take whole is refused.

use pg_query::protobuf::RawStmt;
use pg_query::{Error, NodeEnum, ParserOptions};

use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::tree::character;

/// Parses a text into its statements.
pub(super) fn parse(text: &str) -> Result<Vec<RawStmt>, Refusal> {
    match parse_raw(text) {
        Ok(statements) => Ok(statements),
        Err(Error::Parse(message)) => Err(refusal(text, &message)),
        Err(Error::Decode(_)) => Err(too_deep()),
        Err(_) => Err(super::broken("the parser failed on it")),
    }
}

/// The one statement; several and none are refused.
pub(super) fn only_statement<'s>(statements: &'s [RawStmt], text: &str) -> Result<&'s RawStmt, Refusal> {
    match statements {
        [one] => Ok(one),
        [] => Err(Refusal::new(
            Rule::Empty,
            "an empty statement",
            "there is nothing in it but white space, comments or semicolons",
            "send one SQL statement",
        )),
        [first, second, ..] => {
            let end = usize::try_from(first.stmt_location.saturating_add(first.stmt_len)).unwrap_or(0);
            let behind = text.get(end..).unwrap_or("").trim_start_matches(';');
            let second_word = text.len() - behind.len() + crate::tree::first_word(behind);
            let position = i32::try_from(second_word).unwrap_or(second.stmt_location);
            Err(Refusal::new(
                Rule::OneStatement,
                "a second statement",
                "one call takes one statement",
                "send the statements one by one, or together to execute_transaction",
            )
            .at(character(text, position)))
        }
    }
}

fn parse_raw(text: &str) -> Result<Vec<RawStmt>, Error> {
    pg_query::parse(text, ParserOptions::DEFAULT).map(|parsed| parsed.protobuf.stmts)
}

fn refusal(text: &str, message: &str) -> Refusal {
    let deep = ["stack depth limit exceeded", "nested too deeply", "memory exhausted"];
    if deep.iter().any(|words| message.contains(words)) {
        return too_deep();
    }
    let message = message.strip_prefix("Invalid statement: ").unwrap_or(message);
    Refusal::new(
        Rule::Syntax,
        message.to_owned(),
        "PostgreSQL's grammar does not accept the text",
        "correct it",
    )
    .at(position(text, message))
}

/// The refusal of a tree deeper than the parser hands over or the policy walks.
pub(crate) fn too_deep() -> Refusal {
    Refusal::new(
        Rule::Nesting,
        "a deeply nested statement",
        "it is nested so deeply that it could exhaust a stack, here or in the server",
        "use IN or = ANY ($1) for long lists of alternatives, VALUES for rows, WITH for nested queries",
    )
}

/// Finds where the error is: behind the longest beginning of the text that could still become a statement.
fn position(text: &str, message: &str) -> Option<usize> {
    if message.ends_with("at end of input") {
        return Some(text.chars().count() + 1);
    }
    let token = message.split_once(" at or near \"")?.1.strip_suffix('"')?;
    let places: Vec<usize> = text.match_indices(token).map(|(at, _)| at).collect();
    // A beginning that ends with the wrong token is wrong itself, and so is every longer one.
    let found = places.partition_point(|at| {
        let beginning = text.get(..at + token.len()).unwrap_or(text);
        match parse_raw(beginning) {
            Ok(_) => true,
            Err(Error::Parse(message)) => message.ends_with("at end of input"),
            Err(_) => false,
        }
    });
    let offset = places.get(found)?;
    character(text, i32::try_from(*offset).ok()?)
}

/// The statement's own node.
pub(crate) fn node(statement: &RawStmt) -> Option<&NodeEnum> {
    statement.stmt.as_ref()?.node.as_ref()
}
