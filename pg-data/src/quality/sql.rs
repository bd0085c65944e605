//! The SQL of checks, composed of quoted names, of literals and of what a suite itself says in SQL, which is judged as the
//! caller's.
//!
//! Invariant: a text that is made here is run only once the policy of the connection has judged it as a whole. A comment at the
//! end of a suite's SQL ends with its line.

use super::{kind::Kind, suite::Spec};
use crate::migrate::text;

/// The name under which a table that is referred to stands, which no table has by chance.
const REFERENCED: &str = "\"referenced rows\"";

/// A value of a suite as a literal; nothing for what is no single value.
pub(crate) fn value(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(word) => Some(text::literal(word)),
        toml::Value::Integer(number) => Some(format!("({number})")),
        toml::Value::Float(number) if number.is_finite() => Some(format!("({number})")),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Datetime(moment) => Some(text::literal(&moment.to_string())),
        toml::Value::Float(_) | toml::Value::Array(_) | toml::Value::Table(_) => None,
    }
}

/// The regular expression of a pattern: one of ours by its name, or the caller's own.
pub(crate) fn pattern(given: &str) -> &str {
    match given {
        // As scenario 5.2 asks, an @ and a dot behind it, with something around both.
        "email" => "^[^@[:space:]]+@[^@[:space:]]+[.][^@.[:space:]]+$",
        "url" => "^https?://[^[:space:]/]+([/?#][^[:space:]]*)?$",
        "uuid" => "^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
        "phone" => "^[+]?[0-9][0-9 ().-]{5,24}$",
        own => own,
    }
}

/// What holds of a row that fails.
///
/// # Errors
/// In words, where a value is none.
pub(crate) fn fails(spec: &Spec) -> Result<String, String> {
    let columns = spec.all_columns();
    let column = columns.first().map(|name| text::name(name)).unwrap_or_default();
    Ok(match spec.kind() {
        Kind::Complete => columns
            .iter()
            .map(|name| format!("{} IS NULL", text::name(name)))
            .collect::<Vec<_>>()
            .join(" OR "),
        Kind::Accepted => {
            let literals: Option<Vec<String>> = spec.values.iter().map(value).collect();
            let literals = literals.ok_or("`values` are texts, numbers, dates, true or false")?;
            // A text that is no value of an enum is no error, but a value that is not found.
            let texts = spec.values.iter().all(toml::Value::is_str);
            let cast = if texts { "::text" } else { "" };
            format!("{column}{cast} NOT IN ({})", literals.join(", "))
        }
        Kind::Range => {
            let bound = |bound: &Option<toml::Value>, sign| match bound {
                None => Ok(None),
                Some(bound) => match value(bound) {
                    Some(literal) => Ok(Some(format!("{column} {sign} {literal}"))),
                    None => Err("`min` and `max` are numbers, dates or texts"),
                },
            };
            let both = [bound(&spec.min, "<")?, bound(&spec.max, ">")?];
            both.into_iter().flatten().collect::<Vec<_>>().join(" OR ")
        }
        Kind::Pattern => {
            let pattern = pattern(spec.pattern.as_deref().unwrap_or_default());
            format!("{column}::text !~ {}", text::literal(pattern))
        }
        Kind::Condition => format!("NOT (\n{}\n)", spec.sql.as_deref().unwrap_or_default()),
        _ => "false".to_owned(),
    })
}

/// Which rows a check looks at: those of its condition; of the value checks, those that have a value.
pub(crate) fn looked_at(spec: &Spec) -> String {
    let filter = spec.filter.iter().map(|filter| format!("(\n{filter}\n)"));
    let values = match spec.kind() {
        Kind::Complete | Kind::Condition | Kind::Fresh | Kind::RowCount | Kind::Drift => Vec::new(),
        _ => spec.all_columns(),
    };
    let values = values.into_iter().map(|name| format!("{} IS NOT NULL", text::name(name)));
    let all: Vec<String> = filter.chain(values).collect();
    if all.is_empty() { "true".to_owned() } else { all.join(" AND ") }
}

/// How many rows something holds of.
pub(crate) fn count(condition: &str) -> String {
    format!("pg_catalog.count(*) FILTER (WHERE {condition})")
}

/// Hours since the newest row.
pub(crate) fn age(spec: &Spec) -> String {
    let column = spec.all_columns().first().map(|name| text::name(name)).unwrap_or_default();
    format!(
        "pg_catalog.round((extract(epoch FROM pg_catalog.now() - (pg_catalog.max({column}) FILTER (WHERE {}))::timestamptz) \
         / 3600)::numeric, 2)",
        looked_at(spec)
    )
}

/// One row of figures as texts, named `c0`, `c1` and so on.
pub(crate) fn figures(expressions: &[&str], from: &str) -> String {
    let outputs: Vec<String> =
        expressions.iter().enumerate().map(|(at, value)| format!("({value})::text AS c{at}")).collect();
    format!("SELECT {} FROM {from}", outputs.join(", "))
}

/// Rows that have values, and those of them whose values another row has too.
pub(crate) fn duplicates(spec: &Spec, from: &str) -> String {
    let groups = format!(
        "(SELECT pg_catalog.count(*) AS n FROM {from} WHERE {} GROUP BY {}) AS groups",
        looked_at(spec),
        text::names(spec.all_columns())
    );
    figures(
        &["coalesce(pg_catalog.sum(n), 0)", "coalesce(pg_catalog.sum(n) FILTER (WHERE n > 1), 0)"],
        &groups,
    )
}

/// The values that several rows have.
pub(crate) fn duplicated(spec: &Spec, from: &str, most: u32) -> String {
    let columns = text::names(spec.all_columns());
    format!(
        "SELECT {columns}, pg_catalog.count(*) AS rows FROM {from} WHERE {} GROUP BY {columns} \
         HAVING pg_catalog.count(*) > 1 ORDER BY pg_catalog.count(*) DESC, {columns} LIMIT {most}",
        looked_at(spec)
    )
}

/// What holds of a row whose values another table does not have; `outer` is its own table's name.
pub(crate) fn orphaned(spec: &Spec, outer: &str, to: &str, to_columns: &[String]) -> String {
    let columns = spec.all_columns();
    let pairs = columns.iter().zip(to_columns).map(|(column, to)| {
        format!("{REFERENCED}.{} = {}.{}", text::name(to), text::name(outer), text::name(column))
    });
    let joined: Vec<String> = pairs.collect();
    format!("NOT EXISTS (SELECT 1 FROM {to} AS {REFERENCED} WHERE {})", joined.join(" AND "))
}

/// The first rows that fail, by their key.
pub(crate) fn failing(spec: &Spec, key: &[String], from: &str, fails: &str, most: u32) -> String {
    let mut shown: Vec<&str> = key.iter().map(String::as_str).collect();
    shown.extend(spec.all_columns().into_iter().filter(|column| !key.iter().any(|part| part == column)));
    let shown = if shown.is_empty() { "*".to_owned() } else { text::names(shown) };
    let order = if key.is_empty() {
        String::new()
    } else {
        format!(" ORDER BY {}", text::names(key.iter().map(String::as_str)))
    };
    format!("SELECT {shown} FROM {from} WHERE {} AND ({fails}){order} LIMIT {most}", looked_at(spec))
}

/// A query of the suite where a table can stand.
pub(crate) fn nested(query: &str, name: &str) -> String {
    format!("(\n{}\n) AS {name}", query.trim_end().trim_end_matches(';'))
}

/// Two queries side by side, and what holds where they differ.
pub(crate) fn side_by_side(spec: &Spec, by_key: bool) -> (String, String) {
    let columns = if by_key { "(key, total)" } else { "(total)" };
    let one = nested(spec.sql.as_deref().unwrap_or_default(), &format!("one_side {columns}"));
    let other = nested(spec.equals.as_deref().unwrap_or_default(), &format!("other_side {columns}"));
    let from = if by_key {
        format!("{one} FULL JOIN {other} ON one_side.key = other_side.key")
    } else {
        format!("{one} CROSS JOIN {other}")
    };
    let tolerance = spec.tolerance.unwrap_or_default();
    let differ =
        format!("pg_catalog.abs(coalesce(one_side.total, 0) - coalesce(other_side.total, 0)) > {tolerance}");
    (from, differ)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_literals() {
        assert_eq!(value(&toml::Value::String("it's".into())).unwrap(), "'it''s'");
        assert_eq!(value(&toml::Value::Integer(-3)).unwrap(), "(-3)");
        assert_eq!(value(&toml::Value::Float(f64::NAN)), None);
        assert_eq!(value(&toml::Value::Array(Vec::new())), None);
        assert_eq!((pattern("email").chars().next(), pattern("^x$")), (Some('^'), "^x$"));
    }

    #[test]
    fn checks_of_values_pass_over_null_and_completeness_does_not() {
        let mut spec = Spec { check: Some(Kind::Range), column: Some("a\"b".into()), ..Spec::default() };
        spec.min = Some(toml::Value::Integer(0));
        assert_eq!(fails(&spec).unwrap(), "\"a\"\"b\" < (0)");
        assert_eq!(looked_at(&spec), "\"a\"\"b\" IS NOT NULL");
        spec.check = Some(Kind::Complete);
        assert_eq!(
            (fails(&spec).unwrap().as_str(), looked_at(&spec).as_str()),
            ("\"a\"\"b\" IS NULL", "true")
        );
    }
}
