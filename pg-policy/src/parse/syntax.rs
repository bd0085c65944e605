//! The parser's verdict on a text: statements, or an error that says where.
//!
//! Separate because the parser's binding drops the position of an error, so that it has to be found.
//! Invariant: a text that the parser does not take whole is refused.

use pg_query::protobuf::{Node, RawStmt, ResTarget, SelectStmt};
use pg_query::{Error, NodeEnum, ParserOptions};

use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::tree::{Positions, first_word};

/// Parses a text into its statements.
pub(super) fn parse(text: &str) -> Result<Vec<RawStmt>, Refusal> {
    match parse_raw(text) {
        Ok(statements) => Ok(statements),
        Err(Error::Parse(message)) => Err(refusal(text, &message)),
        Err(Error::Decode(_)) => Err(too_deep()),
        Err(_) => Err(super::broken("the parser failed on it")),
    }
}

/// Tokens that a text may have. A column of a list takes two of them and 4 KiB of memory in the tree, so
/// that this bounds a tree at half a GiB; the server takes its share of that too.
const TOKENS: usize = 250_000;

/// Counts the tokens of a text that is long enough to have too many.
pub(super) fn few_tokens(text: &str) -> Result<(), Refusal> {
    if text.len() <= TOKENS {
        return Ok(());
    }
    // What cannot be scanned is an error of syntax, which the parser words better.
    let tokens = pg_query::scan(text).map_or(0, |scanned| scanned.tokens.len());
    if tokens <= TOKENS {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::Length,
        format!("a statement of {tokens} words and signs"),
        format!("more than {TOKENS} take too much memory to judge and to plan"),
        "send values as parameters, and many rows in several statements with batch_execute",
    ))
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
            let second_word = text.len() - behind.len() + first_word(behind);
            let position = i32::try_from(second_word).unwrap_or(second.stmt_location);
            Err(Refusal::new(
                Rule::OneStatement,
                "a second statement",
                "one call takes one statement",
                "send the statements one by one, or together to execute_transaction",
            )
            .at(Positions::of(text).character(position)))
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
    let position = position(text, message);
    Refusal::new(
        Rule::Syntax,
        message.to_owned(),
        "PostgreSQL's grammar does not accept the text",
        instead(text, message, position),
    )
    .at(position)
}

/// What to write instead: other drivers' ways to write parameters are the commonest mistake.
fn instead(text: &str, message: &str, position: Option<usize>) -> &'static str {
    let token = message.split_once(" at or near \"").and_then(|(_, token)| token.strip_suffix('"'));
    let number = token.and_then(|token| token.strip_prefix('$'));
    if number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
        return "if it follows IN, write = ANY ($1) and give one array; a parameter stands for a value, never for a name or a list";
    }
    // A question mark is an operator, so that the error stands behind it.
    let before: String = text.chars().take(position.unwrap_or(1).saturating_sub(1)).collect();
    let question = before.trim_end().ends_with('?');
    if question || token.is_some_and(|token| token.starts_with([':', '@', '?', '%'])) {
        return "write parameters as $1, $2 and so on, and give their values in order";
    }
    "correct it"
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

/// Texts up to this many bytes are searched for the place of an error, by parsing beginnings of them.
const SEARCHED: usize = 64 << 10;

/// Finds where the error is: behind the longest beginning of the text that could still become a statement.
fn position(text: &str, message: &str) -> Option<usize> {
    if message.ends_with("at end of input") {
        return Some(text.chars().count() + 1);
    }
    if text.len() > SEARCHED {
        return None;
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
    Positions::of(text).character(i32::try_from(*offset).ok()?)
}

/// What runs of the definition of a rule or trigger: its condition, behind a SELECT, and its actions.
pub(super) fn parts(definition: &RawStmt) -> Vec<RawStmt> {
    let (condition, actions) = match node(definition) {
        Some(NodeEnum::RuleStmt(rule)) => (rule.where_clause.clone(), rule.actions.as_slice()),
        Some(NodeEnum::CreateTrigStmt(trigger)) => (trigger.when_clause.clone(), [].as_slice()),
        // Whatever else it is, it is judged whole.
        _ => return vec![definition.clone()],
    };
    let condition = condition.map(|condition| select(Some(condition)));
    condition.into_iter().chain(actions.iter().cloned()).map(raw).collect()
}

/// A query with one output.
pub(super) fn select(value: Option<Box<Node>>) -> Node {
    let output = ResTarget { val: value, ..ResTarget::default() };
    let target_list = vec![Node { node: Some(NodeEnum::ResTarget(Box::new(output))) }];
    Node { node: Some(NodeEnum::SelectStmt(Box::new(SelectStmt { target_list, ..SelectStmt::default() }))) }
}

/// A statement of its own.
pub(super) fn raw(node: Node) -> RawStmt {
    RawStmt { stmt: Some(Box::new(node)), ..RawStmt::default() }
}

/// The statement's own node.
pub(crate) fn node(statement: &RawStmt) -> Option<&NodeEnum> {
    statement.stmt.as_ref()?.node.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_ways_to_write_parameters_get_a_hint() {
        for text in [
            "SELECT * FROM t WHERE a = :name",
            "SELECT * FROM t WHERE a = %s",
            "SELECT * FROM t WHERE a IN (?, ?)",
            "SELECT * FROM t WHERE a = ?",
        ] {
            let refusal = parse(text).unwrap_err();
            assert!(refusal.instead().contains("$1, $2"), "{text}: {refusal}");
        }
        let refusal = parse("SELECT * FROM t WHERE a IN $1").unwrap_err();
        assert!(refusal.instead().contains("= ANY ($1)"), "{refusal}");
    }
}
