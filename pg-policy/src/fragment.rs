//! Fragments: what a caller says in SQL that is to stand within a statement which is composed around it.
//!
//! Separate because nothing is judged by it: the whole is vetted like every other text, once the fragment stands in it. Invariant: a
//! fragment that passes is one expression, or one query, by itself, so that no bracket, comment or semicolon of it reaches into
//! what stands around it, between brackets that have lines of their own.

use pg_query::NodeEnum;
use pg_query::protobuf::{RawStmt, SelectStmt, Token};

use crate::parse;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Whether a text is one expression, such as `amount > 0` or `lower($1)`.
///
/// # Errors
/// A refusal for everything else: two expressions, further clauses, a name for the value, a semicolon, a bracket or comment that is not
/// closed.
pub fn one_expression(text: &str) -> Result<(), Refusal> {
    let wrong = || {
        Refusal::new(
            Rule::Compose,
            format!("`{}` as an expression", beginning(text)),
            "it is to stand within a statement, and is not one expression by itself",
            "write one expression, such as amount > 0, without further clauses, a name for the value or a semicolon, every bracket \
             closed",
        )
    };
    if has_semicolon(text) {
        return Err(wrong());
    }
    let alone = vec![format!("SELECT\n{text}\n"), "SELECT 1".to_owned()];
    let is_one = parse::compare(alone, |statements| {
        Ok(match statements {
            [given, plain] => {
                selected(given).zip(selected(plain)).is_some_and(|(given, plain)| is_value(given, plain))
            }
            _ => false,
        })
    });
    if is_one.map_err(|_| wrong())? { Ok(()) } else { Err(wrong()) }
}

/// Whether a text is one query, such as `SELECT id FROM orders`.
///
/// # Errors
/// A refusal for everything else, and for a semicolon, even behind the query.
pub fn one_query(text: &str) -> Result<(), Refusal> {
    let wrong = || {
        Refusal::new(
            Rule::Compose,
            format!("`{}` as a query", beginning(text)),
            "it is to stand within a statement, and is not one query by itself",
            "write one SELECT, VALUES or WITH without a semicolon, every bracket closed",
        )
    };
    if has_semicolon(text) {
        return Err(wrong());
    }
    let is_one = parse::compare(vec![text.to_owned()], |statements| {
        Ok(statements
            .first()
            .and_then(|given| selected(given))
            .is_some_and(|query| query.into_clause.is_none()))
    });
    if is_one.map_err(|_| wrong())? { Ok(()) } else { Err(wrong()) }
}

/// An expression with another text for its `$1`, wherever that is a parameter and not part of a literal, a name or a comment; as it
/// is where it cannot be read.
#[must_use]
pub fn with_parameter(expression: &str, instead: &str) -> String {
    let mut written = String::with_capacity(expression.len() + instead.len());
    let mut past = 0;
    for token in parse::tokens(expression).unwrap_or_default() {
        let said = expression.get(token.start..token.end);
        if token.kind == Token::Param && said == Some("$1") {
            written.push_str(expression.get(past..token.start).unwrap_or_default());
            written.push_str(instead);
            past = token.end;
        }
    }
    written.push_str(expression.get(past..).unwrap_or_default());
    written
}

/// Whether an expression takes a value as `$1`, and no other parameter.
#[must_use]
pub fn takes_one_parameter(expression: &str) -> bool {
    let tokens = parse::tokens(expression).unwrap_or_default();
    let mut parameters = tokens.iter().filter(|token| token.kind == Token::Param).peekable();
    parameters.peek().is_some()
        && parameters.all(|token| expression.get(token.start..token.end) == Some("$1"))
}

fn has_semicolon(text: &str) -> bool {
    parse::tokens(text).is_none_or(|tokens| tokens.iter().any(|token| token.kind == Token::Ascii59))
}

fn selected(statement: &RawStmt) -> Option<&SelectStmt> {
    match statement.stmt.as_ref()?.node.as_ref()? {
        NodeEnum::SelectStmt(select) => Some(select),
        _ => None,
    }
}

/// Whether a SELECT has one value without a name, and no more than a plain one has.
fn is_value(given: &SelectStmt, plain: &SelectStmt) -> bool {
    let [target] = given.target_list.as_slice() else { return false };
    let Some(NodeEnum::ResTarget(target)) = &target.node else { return false };
    let value = target.val.as_ref().and_then(|value| value.node.as_ref());
    let is_star = match value {
        Some(NodeEnum::ColumnRef(column)) => {
            column.fields.iter().any(|field| matches!(field.node, Some(NodeEnum::AStar(_))))
        }
        other => other.is_none(),
    };
    let rest = SelectStmt { target_list: Vec::new(), ..given.clone() };
    let plain = SelectStmt { target_list: Vec::new(), ..plain.clone() };
    target.name.is_empty() && target.indirection.is_empty() && !is_star && rest == plain
}

/// What is shown of a text.
fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = line.chars().take(60).collect();
    if shown.len() < line.len() { format!("{shown} …") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::{one_expression, one_query, takes_one_parameter, with_parameter};
    use crate::Rule;

    #[test]
    fn an_expression_stands_by_itself() {
        for text in [
            "id > 3",
            "(a + b) * $1 -- both",
            "CASE WHEN a THEN ';' ELSE ')' END",
            "EXISTS (SELECT FROM t WHERE t.id = x)",
            "count(*) FILTER (WHERE a)",
            "/* why */ lower(name) = 'x'",
            "ROW(a, b)",
            "t.a",
        ] {
            assert_eq!(one_expression(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_reaches_out_of_its_brackets_is_refused() {
        for text in [
            "",
            "-- nothing",
            "id > 3) or (true",
            "true) UNION SELECT (1",
            "a, b",
            "a AS b",
            "a b",
            "*",
            "t.*",
            "a FROM t",
            "a WHERE b",
            "a ORDER BY 1",
            "a LIMIT 1",
            "DISTINCT a",
            "a INTO b",
            "a UNION SELECT 1",
            "a;",
            "a; DROP TABLE t",
            "a /* open",
            "(a -- )",
            "'open",
        ] {
            assert_eq!(one_expression(text).map_err(|refusal| refusal.rule()), Err(Rule::Compose), "{text}");
        }
    }

    #[test]
    fn a_parameter_is_no_part_of_a_literal() {
        let given = "lower($1) || '$1' || $10 /* $1 */ || \"$1\" || $1";
        assert_eq!(with_parameter(given, "v"), "lower(v) || '$1' || $10 /* $1 */ || \"$1\" || v");
        assert!(takes_one_parameter("$1 || '$2'"));
        assert!(!takes_one_parameter("'$1'") && !takes_one_parameter("$1 + $2"));
    }

    #[test]
    fn a_query_stands_by_itself() {
        for text in [
            "SELECT 1",
            "VALUES (1), (2)",
            "WITH a AS (SELECT 1) SELECT * FROM a -- all",
            "(SELECT 1) UNION SELECT 2",
        ] {
            assert_eq!(one_query(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "SELECT 1) AS a, (SELECT 2",
            "SELECT 1; SELECT 2",
            "SELECT 1;",
            "SELECT 1 INTO t",
            "DELETE FROM t RETURNING id",
            "SELECT 1 /* open",
        ] {
            assert_eq!(one_query(text).map_err(|refusal| refusal.rule()), Err(Rule::Compose), "{text}");
        }
    }
}
