//! The columns of one relation that a condition in EXPLAIN's words compares, such as `((o.status)::text = 'x'::text)`.
//!
//! EXPLAIN (VERBOSE) writes every column with its relation's alias before it, both quoted where SQL needs it; that, and where
//! a string literal begins and ends, is all that is read here. What it gives becomes words of a suggestion, never a statement.

/// The columns of the relation called `alias` by which an index may find the rows of `condition`, as SQL writes them, each
/// once, in order. A column inside of a function call comes as the call.
pub(in crate::plan) fn filter_columns(condition: &str, alias: &str) -> Vec<String> {
    if alias.is_empty() {
        return Vec::new();
    }
    let quoted = format!("\"{}\"", alias.replace('"', "\"\""));
    let mut columns: Vec<String> = Vec::new();
    let mut rest = condition;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            rest = after_literal(rest);
            before = '\'';
            continue;
        }
        let starts_word = !(before.is_alphanumeric() || matches!(before, '_' | '.' | '"' | '$'));
        let named = [alias, &quoted].into_iter().find_map(|name| rest.strip_prefix(name)?.strip_prefix('.'));
        if let (true, Some(after)) = (starts_word, named) {
            let (column, next) = after.split_at(identifier_length(after));
            let read = condition.len() - rest.len();
            let column = in_call(condition.get(..read).unwrap_or_default(), column, next);
            if !column.is_empty() && !columns.contains(&column) && is_searchable(next) {
                columns.push(column);
            }
            rest = next;
            before = 'x';
            continue;
        }
        before = first;
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    columns
}

/// Whether an index finds rows by the comparison that comes `after` a column: not by what a value is not.
fn is_searchable(after: &str) -> bool {
    let after = after.trim_start_matches(')');
    let after = match after.strip_prefix("::") {
        Some(cast) => cast
            .trim_start_matches(|c: char| !matches!(c, '<' | '>' | '=' | '~' | '!' | 'I' | 'A' | 'O' | ')')),
        None => after.trim_start(),
    };
    !["<>", "!~", "IS NOT ", "IS DISTINCT"].iter().any(|negation| after.starts_with(negation))
}

/// The column, or the call of a function of one argument around it.
fn in_call(before: &str, column: &str, after: &str) -> String {
    let Some(head) = before.strip_suffix('(').or_else(|| before.strip_suffix("((")) else {
        return column.to_owned();
    };
    let head = head.trim_end_matches('(');
    let start = head.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
    let function = head.get(start..).unwrap_or_default();
    let closes = after.starts_with(')');
    if function.is_empty() || !closes || matches!(function, "AND" | "OR" | "NOT" | "ANY" | "ALL" | "IN") {
        return column.to_owned();
    }
    format!("{function}({column})")
}

/// How many bytes of `text` are the identifier that it begins with.
fn identifier_length(text: &str) -> usize {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.find('"').map_or(text.len(), |end| end + 2);
    }
    text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(text.len())
}

/// What comes after the string literal that `text` begins with.
fn after_literal(text: &str) -> &str {
    let mut rest = text.strip_prefix('\'').unwrap_or_default();
    while let Some((_, after)) = rest.split_once('\'') {
        match after.strip_prefix('\'') {
            Some(more) => rest = more,
            None => return after,
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::filter_columns;

    #[test]
    fn finds_each_column_once() {
        let filter = "((o.customer_id = 42) AND (o.total > '1'::numeric) AND (o.customer_id > 3))";
        assert_eq!(filter_columns(filter, "o"), ["customer_id", "total"]);
    }

    #[test]
    fn passes_over_literals_and_other_relations() {
        let filter = "(((o.status)::text = 'it''s o.secret'::text) AND (x.id = o.\"Ref\"))";
        assert_eq!(filter_columns(filter, "o"), ["status", "\"Ref\""]);
    }

    #[test]
    fn keeps_the_call_around_a_column() {
        assert_eq!(filter_columns("(lower(c.email) = 'a'::text)", "c"), ["lower(email)"]);
        assert_eq!(filter_columns("(lower((c.email)::text) = 'a'::text)", "c"), ["lower(email)"]);
    }

    #[test]
    fn leaves_out_what_no_index_finds() {
        let filter = "((b.note <> 'x'::text) AND ((b.kind)::text <> 'y'::text) AND (b.gone IS NOT NULL) AND (b.id = 5))";
        assert_eq!(filter_columns(filter, "b"), ["id"]);
    }

    #[test]
    fn reads_a_quoted_alias() {
        assert_eq!(filter_columns("(\"My Table\".id = 1)", "My Table"), ["id"]);
    }

    #[test]
    fn does_not_take_the_end_of_a_word_for_the_alias() {
        assert!(filter_columns("(foo.id = 1)", "o").is_empty());
        assert!(filter_columns("(id = 1", "").is_empty());
        assert!(filter_columns("'unclosed o.id", "o").is_empty());
    }
}
