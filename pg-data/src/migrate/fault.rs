//! Which value of a row it is that the target refuses, as far as what the server says tells it.
//!
//! Pure. Invariant: a column is named only where it can be no other.

use pg_core::SqlError;

use super::column::ColumnWork;

/// The column at fault and its value.
pub(crate) fn blamed(
    error: &SqlError,
    columns: &[ColumnWork],
    values: &[Option<String>],
    checks: &[(String, String)],
) -> Option<(String, Option<String>)> {
    if let Some(found) = error.detail.as_deref().and_then(in_key) {
        return Some(found);
    }
    let of = |at: usize| Some((columns.get(at)?.name.clone(), values.get(at).cloned().flatten()));
    if let Some(number) = error.parameter {
        return of(number.checked_sub(1)?);
    }
    if let Some(name) = &error.column {
        return of(columns.iter().position(|column| column.name == *name)?);
    }
    let pairs = || columns.iter().zip(values).enumerate();
    let only = |fits: &dyn Fn(&ColumnWork, &str) -> bool| {
        let mut found =
            pairs().filter(|(_, (column, value))| value.as_deref().is_some_and(|value| fits(column, value)));
        let (at, _) = found.next()?;
        found.next().is_none().then_some(at)
    };
    // `value too long for type character varying(6)`, `value for domain price violates …`
    let named = |before: &str| {
        let (_, rest) = error.message.split_once(before)?;
        Some(rest.split_once(" violates").map_or(rest, |(name, _)| name))
    };
    if let Some(data_type) = named("too long for type ") {
        let most: usize = data_type.split(['(', ')']).nth(1)?.parse().ok()?;
        return of(only(&|column, value| column.data_type == data_type && value.chars().count() > most)?);
    }
    if let Some(domain) = named("value for domain ") {
        let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
        return of(only(&|column, _| last(&column.data_type) == last(domain))?);
    }
    if let Some(limits) =
        error.detail.as_deref().and_then(|detail| detail.strip_prefix("A field with precision "))
    {
        let (precision, rest) = limits.split_once(", scale ")?;
        let scale = rest.split(' ').next()?;
        let data_type = format!("numeric({precision},{scale})");
        let most = precision.parse::<i32>().ok()? - scale.parse::<i32>().ok()?;
        let too_large =
            |value: &str| value.parse::<f64>().is_ok_and(|number| number.abs() >= 10_f64.powi(most));
        return of(only(&|column, value| column.data_type == data_type && too_large(value))?);
    }
    if let Some((_, definition)) = checks.iter().find(|(name, _)| error.constraint.as_ref() == Some(name)) {
        let mut named = columns.iter().enumerate().filter(|(_, column)| stands_in(&column.name, definition));
        let (at, _) = named.next()?;
        return if named.next().is_none() { of(at) } else { None };
    }
    // `invalid input syntax for type integer: "abc"`
    let quoted = error.message.rsplit_once(": \"")?.1.strip_suffix('"')?;
    of(only(&|_, value| value == quoted)?)
}

/// The columns and values of `Key (a, b)=(1, 2) already exists.`
fn in_key(detail: &str) -> Option<(String, Option<String>)> {
    let (columns, rest) = detail.strip_prefix("Key (")?.split_once(")=(")?;
    let ends = [") already exists", ") is not present", ") conflicts with", ") is still referenced"];
    let value = ends.iter().find_map(|end| rest.split_once(end)).map(|(value, _)| value.to_owned());
    Some((columns.to_owned(), value))
}

/// Whether a name stands in an expression as a word of its own.
pub(super) fn stands_in(name: &str, expression: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    expression.match_indices(name).any(|(at, _)| {
        let before = expression.get(..at).and_then(|text| text.chars().next_back());
        let behind = expression.get(at + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_word) && !behind.is_some_and(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_off_the_detail() {
        assert_eq!(
            in_key("Key (label)=(two) already exists."),
            Some(("label".to_owned(), Some("two".to_owned())))
        );
        assert_eq!(
            in_key("Key (a, b)=(1, (2)) is not present in table \"t\"."),
            Some(("a, b".to_owned(), Some("1, (2)".to_owned())))
        );
        assert_eq!(in_key("Failing row contains (1)."), None);
    }

    #[test]
    fn a_name_is_a_word() {
        assert!(stands_in("price", "CHECK ((price >= 0))") && stands_in("a b", "CHECK ((\"a b\" > 0))"));
        assert!(!stands_in("price", "CHECK ((unit_price >= 0))"));
    }
}
