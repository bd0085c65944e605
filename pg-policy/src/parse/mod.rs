//! From text to tree, and what may go wrong on the way.
//!
//! Separate because the parser is C and deep: nothing outside this folder calls it.
//! Invariant: trees are made, walked and dropped on a stack that fits them; they never leave it.

mod function;
mod stack;
mod syntax;

use std::sync::Arc;

use pg_query::protobuf::RawStmt;
pub(crate) use pg_query::protobuf::Token;

use crate::names::RelationName;
use crate::needs::Needs;
use crate::refusal::Refusal;
use crate::rule::Rule;

pub(crate) use syntax::{node, too_deep};

/// Parses the text, which must be one statement, and reads off what it needs.
pub(crate) fn needs(text: &Arc<str>) -> Result<Needs, Refusal> {
    let owned = Arc::clone(text);
    stack::on_deep_stack(text.len(), move || {
        syntax::few_tokens(&owned)?;
        let statements = syntax::parse(&owned)?;
        Needs::of(syntax::only_statement(&statements, &owned)?, &owned)
    })
}

/// Parses the definition of a rule or trigger, and reads off what its condition and its actions need.
pub(crate) fn definition(text: &Arc<str>) -> Result<Vec<Needs>, Refusal> {
    let owned = Arc::clone(text);
    stack::on_deep_stack(text.len(), move || {
        let statements = syntax::parse(&owned)?;
        let parts = syntax::parts(syntax::only_statement(&statements, &owned)?);
        parts.iter().map(|part| Needs::of(part, &owned)).collect()
    })
}

/// Parses the definition of a function that is written in SQL, and reads off what the statements of its body need.
pub(crate) fn function_body(definition: &Arc<str>) -> Result<Vec<Needs>, Refusal> {
    let owned = Arc::clone(definition);
    stack::on_deep_stack(definition.len(), move || function::body(&owned))
}

/// The names in the body of a function, whatever its language, that may be those of relations.
pub(crate) fn relations_in_body(definition: &Arc<str>) -> Result<Vec<RelationName>, Refusal> {
    let owned = Arc::clone(definition);
    stack::on_deep_stack(definition.len(), move || function::relations(&owned))
}

/// Parses texts that are one statement each and lets `judge` compare their trees.
pub(crate) fn compare<T, F>(texts: Vec<String>, judge: F) -> Result<T, Refusal>
where
    T: Send + 'static,
    F: FnOnce(&[&RawStmt]) -> Result<T, Refusal> + Send + 'static,
{
    let longest = texts.iter().map(String::len).max().unwrap_or(0);
    stack::on_deep_stack(longest, move || {
        let parsed = texts.iter().map(|text| syntax::parse(text)).collect::<Result<Vec<_>, _>>()?;
        let statements = parsed
            .iter()
            .zip(&texts)
            .map(|(statements, text)| syntax::only_statement(statements, text))
            .collect::<Result<Vec<_>, _>>()?;
        judge(&statements)
    })
}

/// A token of a text.
pub(crate) struct Word {
    /// What it is.
    pub(crate) kind: Token,
    /// The byte offset of its beginning.
    pub(crate) start: usize,
    /// The byte offset behind it.
    pub(crate) end: usize,
}

/// The tokens of a text; none where it cannot be scanned.
pub(crate) fn tokens(text: &str) -> Option<Vec<Word>> {
    let scanned = pg_query::scan(text).ok()?;
    scanned
        .tokens
        .iter()
        .map(|token| {
            Some(Word {
                kind: Token::try_from(token.token).ok()?,
                start: usize::try_from(token.start).ok()?,
                end: usize::try_from(token.end).ok()?,
            })
        })
        .collect()
}

/// The refusal when the parser could not be run at all.
fn broken(what: &'static str) -> Refusal {
    Refusal::new(
        Rule::Unknown,
        "the statement",
        format!("{what}, so it cannot be judged"),
        "write the statement in a simpler way",
    )
}
