//! Indexes of other kinds than a B-tree on columns, by which a condition could be served: on expressions, GIN, GiST, and on part of a table.
//!
//! Separate from B-trees because no simulation judges most of these: they are advised by rule, and labelled so. Source: PostgreSQL
//! documentation, "Indexes on Expressions", "Partial Indexes", "GIN Indexes", "Built-in Operator Classes" of GIN and GiST, and "pg_trgm".
//! Invariant: a condition is read outside of literals only, and one that is not wholly understood has no index.

/// The access method of an index, and what it needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Method {
    /// A B-tree.
    #[default]
    Btree,
    /// An inverted index: what a value holds.
    Gin,
    /// A search tree: what overlaps.
    Gist,
    /// The lowest and the highest value of each stretch of pages.
    Brin,
}

impl Method {
    /// Its name in SQL.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Method::Btree => "btree",
            Method::Gin => "gin",
            Method::Gist => "gist",
            Method::Brin => "brin",
        }
    }
}

/// An index that serves one part of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Special {
    pub(crate) method: Method,
    /// The key as `CREATE INDEX` takes it, with its operator class.
    pub(crate) key: String,
    /// What must be there for it.
    pub(crate) needs: Option<&'static str>,
}

/// Functions that a B-tree on an expression is often wanted for, and that never change their mind.
const IMMUTABLE: [&str; 11] = [
    "lower(", "upper(", "btrim(", "ltrim(", "rtrim(", "md5(", "abs(", "length(", "left(", "right(", "substr(",
];
/// Types of ranges.
const RANGES: [&str; 6] = ["int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"];
const TRIGRAMS: &str = "the extension pg_trgm (CREATE EXTENSION pg_trgm)";

/// The index that serves a part of a condition in which one column stands; `alias` is what the plan calls the table.
pub(crate) fn special(part: &str, alias: &str, column: &str) -> Option<Special> {
    let part = unwrapped(part);
    let (left, sign, right) = split(part)?;
    // The table's side is on the left, as the planner turns it wherever it can; the other names no column.
    if !left.contains(&format!("{alias}.")) || right.contains(&format!("{alias}.")) {
        return None;
    }
    let own = left.replace(&format!("{alias}."), "");
    let left = unwrapped(&own);
    let is_column = left == column || left == format!("({column})::text");
    let kind = cast(right);
    let gin = |key: String| Some(Special { method: Method::Gin, key, needs: None });
    let expression = || if is_column { column.to_owned() } else { format!("({left})") };
    match sign {
        " = " if !is_column && is_immutable(left) => {
            Some(Special { method: Method::Btree, key: format!("({left})"), needs: None })
        }
        " @> " | " <@ " | " && " if RANGES.contains(&kind) && is_column => {
            Some(Special { method: Method::Gist, key: column.to_owned(), needs: None })
        }
        " @> " if kind == "jsonb" => gin(format!("{} jsonb_path_ops", expression())),
        " @> " | " <@ " | " && " if kind.ends_with("[]") && is_column => gin(column.to_owned()),
        " ? " | " ?| " | " ?& " => gin(expression()),
        " @@ " if is_column || left.starts_with("to_tsvector(") => gin(expression()),
        " ~~ " if is_column && has_firm_beginning(right) => {
            Some(Special { method: Method::Btree, key: format!("{column} text_pattern_ops"), needs: None })
        }
        " ~~ " | " ~~* " | " ~ " | " ~* " if is_column => Some(Special {
            method: Method::Gin,
            key: format!("{column} gin_trgm_ops"),
            needs: Some(TRIGRAMS),
        }),
        _ => None,
    }
}

/// The condition of a partial index that a part of a condition is: a state in which few rows may be.
pub(crate) fn predicate(part: &str, alias: &str, column: &str) -> Option<String> {
    let own = unwrapped(part).replace(&format!("{alias}."), "");
    let own = unwrapped(&own);
    let is_state = own == column
        || own == format!("NOT {column}")
        || own == format!("{column} IS NULL")
        || own == format!("{column} IS NOT NULL");
    is_state.then(|| own.to_owned())
}

/// A part without the brackets of its neighbours, which it has where it was cut out of a condition.
fn own(part: &str) -> &str {
    let outside: String = part.split('\'').step_by(2).collect();
    let count = |letter: char| outside.matches(letter).count();
    let (open, closed) = (count('('), count(')'));
    let mut part = part.trim();
    for _ in closed..open {
        part = part.strip_prefix('(').unwrap_or(part);
    }
    for _ in open..closed {
        part = part.strip_suffix(')').unwrap_or(part);
    }
    part
}

/// What one pair of brackets encloses, if it encloses all of it.
fn unwrapped(text: &str) -> &str {
    let text = own(text);
    let mut depth = 0;
    let mut is_literal = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => is_literal = !is_literal,
            '(' if !is_literal => depth += 1,
            ')' if !is_literal => depth -= 1,
            _ => {}
        }
        if depth == 0 && at + letter.len_utf8() < text.len() {
            return text;
        }
    }
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    inner.map_or(text, unwrapped)
}

/// Both sides of the only operator outside of literals and brackets.
fn split(part: &str) -> Option<(&str, &'static str, &str)> {
    const SIGNS: [&str; 13] =
        [" = ", " @> ", " <@ ", " && ", " ?| ", " ?& ", " ? ", " @@ ", " ~~* ", " ~~ ", " ~* ", " ~ ", " % "];
    let mut depth = 0;
    let mut is_literal = false;
    for (at, letter) in part.char_indices() {
        match letter {
            '\'' => is_literal = !is_literal,
            '(' if !is_literal => depth += 1,
            ')' if !is_literal => depth -= 1,
            ' ' if depth == 0 && !is_literal => {
                let rest = part.get(at..)?;
                if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                    return Some((part.get(..at)?, sign, rest.get(sign.len()..)?));
                }
            }
            _ => {}
        }
    }
    None
}

/// The type that a value is cast to, behind its last `::`.
fn cast(value: &str) -> &str {
    value.rsplit_once("::").map_or("", |(_, kind)| kind.trim_end_matches(')'))
}

fn is_immutable(expression: &str) -> bool {
    IMMUTABLE.iter().any(|function| expression.starts_with(function))
        || expression.contains(" ->> ")
        || expression.contains(" #>> ")
}

/// Whether a pattern of LIKE begins with letters that stand for themselves.
fn has_firm_beginning(pattern: &str) -> bool {
    let first = pattern.strip_prefix('\'').and_then(|text| text.chars().next());
    first.is_some_and(|letter| !matches!(letter, '%' | '_' | '\\' | '\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(part: &str, column: &str) -> Option<(&'static str, String)> {
        special(part, "t", column).map(|special| (special.method.word(), special.key))
    }

    #[test]
    fn each_kind_of_condition_has_its_index() {
        for (part, column, method, expected) in [
            ("(lower((t.email)::text) = 'x'::text)", "email", "btree", "(lower((email)::text))"),
            ("((t.doc ->> 'k'::text) = 'v'::text)", "doc", "btree", "(doc ->> 'k'::text)"),
            ("(t.doc @> '{\"a = b\": 1}'::jsonb)", "doc", "gin", "doc jsonb_path_ops"),
            ("(t.doc ? 'a'::text)", "doc", "gin", "doc"),
            ("(t.tags && '{a,b}'::text[])", "tags", "gin", "tags"),
            ("(t.tags @> ARRAY['a'::text]::text[])", "tags", "gin", "tags"),
            ("(t.during && '[1,2)'::int4range)", "during", "gist", "during"),
            ("(t.words @@ '''x'''::tsquery)", "words", "gin", "words"),
            (
                "(to_tsvector('english'::regconfig, t.body) @@ '''x'''::tsquery)",
                "body",
                "gin",
                "(to_tsvector('english'::regconfig, body))",
            ),
            ("((t.name)::text ~~ '%x%'::text)", "name", "gin", "name gin_trgm_ops"),
            ("(t.name ~~* 'x%'::text)", "name", "gin", "name gin_trgm_ops"),
            ("((t.name)::text ~~ 'abc%'::text)", "name", "btree", "name text_pattern_ops"),
        ] {
            assert_eq!(key(part, column), Some((method, expected.to_owned())), "{part}");
        }
    }

    #[test]
    fn what_is_not_understood_has_none() {
        for part in [
            "(t.a = 1)",
            "(now() = t.a)",
            "(t.a = t.b)",
            "(random_text(t.a) = 'x'::text)",
            "(t.a @> $1)",
            "('a'::text = ANY (t.tags))",
            "(t.a <> 1)",
            "(t.name !~~ '%x%'::text)",
        ] {
            assert_eq!(special(part, "t", "a"), None, "{part}");
        }
    }

    #[test]
    fn a_state_is_the_condition_of_a_partial_index() {
        assert_eq!(
            predicate("(t.deleted_at IS NULL)", "t", "deleted_at").as_deref(),
            Some("deleted_at IS NULL")
        );
        assert_eq!(predicate("(NOT t.done)", "t", "done").as_deref(), Some("NOT done"));
        assert_eq!(predicate("t.done", "t", "done").as_deref(), Some("done"));
        assert_eq!(
            predicate("((t.deleted_at IS NULL)", "t", "deleted_at").as_deref(),
            Some("deleted_at IS NULL")
        );
        assert_eq!(predicate("(NOT t.done))", "t", "done").as_deref(), Some("NOT done"));
        assert_eq!(predicate("(t.a = 1)", "t", "a"), None);
    }
}
