//! Foreign keys by their definitions, as the server writes them.
//!
//! Pure. Invariant: what stands in quotes is no word of the definition.

/// A definition taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Parts<'a> {
    /// The columns that point, as SQL.
    columns: &'a str,
    /// The table that is pointed at, as SQL.
    table: &'a str,
    /// Its columns, as SQL.
    referenced: &'a str,
    /// What follows: actions, and when it is checked.
    rest: &'a str,
}

/// The same foreign key, pointing at another table.
pub(crate) fn pointing_at(definition: &str, table: &str) -> Option<String> {
    let Parts { columns, referenced, rest, .. } = parts(definition)?;
    Some(format!("FOREIGN KEY ({columns}) REFERENCES {table}({referenced}){rest}"))
}

/// The condition by which rows of `t` are found that point at no row.
pub(crate) fn orphans(definition: &str) -> Option<String> {
    let Parts { columns, table, referenced, .. } = parts(definition)?;
    let (columns, referenced) = (names(columns), names(referenced));
    let there = columns.iter().map(|name| format!("t.{name} IS NOT NULL"));
    let same = columns.iter().zip(&referenced).map(|(name, other)| format!("r.{other} = t.{name}"));
    Some(format!(
        "{} AND NOT EXISTS (SELECT FROM {table} AS r WHERE {})",
        there.collect::<Vec<_>>().join(" AND "),
        same.collect::<Vec<_>>().join(" AND ")
    ))
}

fn parts(definition: &str) -> Option<Parts<'_>> {
    let rest = definition.strip_prefix("FOREIGN KEY (")?;
    let (columns, rest) = rest.split_at(outside(rest, ')')?);
    let rest = rest.strip_prefix(") REFERENCES ")?;
    let (table, rest) = rest.split_at(outside(rest, '(')?);
    let rest = rest.strip_prefix('(')?;
    let (referenced, rest) = rest.split_at(outside(rest, ')')?);
    Some(Parts { columns, table, referenced, rest: rest.strip_prefix(')')? })
}

/// The names of a list, as SQL.
fn names(list: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = list;
    while let Some(at) = outside(rest, ',') {
        names.push(rest.get(..at).unwrap_or_default().trim());
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    names.push(rest.trim());
    names
}

/// Where a character stands first outside of quotes.
fn outside(text: &str, wanted: char) -> Option<usize> {
    let mut in_quotes = false;
    text.char_indices().find_map(|(at, character)| {
        in_quotes ^= character == '"';
        (!in_quotes && character == wanted).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_taken_apart_outside_of_quotes() {
        let odd =
            "FOREIGN KEY (\"a), (b\", c) REFERENCES \"s(1)\".t(x, \"y, z\") ON DELETE CASCADE NOT VALID";
        assert_eq!(
            pointing_at(odd, "\"n\".\"t\"").unwrap(),
            "FOREIGN KEY (\"a), (b\", c) REFERENCES \"n\".\"t\"(x, \"y, z\") ON DELETE CASCADE NOT VALID"
        );
        assert_eq!(
            orphans(odd).unwrap(),
            "t.\"a), (b\" IS NOT NULL AND t.c IS NOT NULL AND NOT EXISTS (SELECT FROM \"s(1)\".t AS r WHERE \
             r.x = t.\"a), (b\" AND r.\"y, z\" = t.c)"
        );
        assert_eq!(pointing_at("CHECK (a > 0)", "t"), None);
    }
}
