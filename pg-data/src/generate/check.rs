//! What a CHECK says of single columns, read from the text in which the server writes it down.
//!
//! Pure. Invariant: what is not understood is left to the server, which judges every row anyway; a part that is understood
//! only narrows what is made.

use std::collections::{BTreeMap, BTreeSet};

use super::shape::Table;

/// What a column's values must meet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Limits {
    /// The lowest value, and whether it counts itself.
    pub low: Option<(String, bool)>,
    /// The highest value, and whether it counts itself.
    pub high: Option<(String, bool)>,
    /// The only values.
    pub among: Option<Vec<String>>,
    /// The shortest and longest text.
    pub length: (Option<i64>, Option<i64>),
    /// Patterns that it fits.
    pub fits: Vec<(Fit, String)>,
    /// In which case it is written.
    pub case: Option<Case>,
    /// Columns that this one's value must be above.
    pub above: Vec<String>,
}

/// What kind of pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Like { insensitive: bool },
    Regex { insensitive: bool },
    Similar,
}

/// Small or large letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Upper,
    Lower,
}

/// A word of a condition, as the server writes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Word {
    Name(String),
    Text(String),
    Sign(String),
}

/// Narrows `limits` by a constraint; gives whether all of it was understood. `VALUE` stands for `column` where one is given.
pub(crate) fn read(definition: &str, column: Option<&str>, limits: &mut BTreeMap<String, Limits>) -> bool {
    let inner = definition.trim().strip_prefix("CHECK ").unwrap_or(definition);
    let Some(words) = words(inner.trim_end_matches(" NOT VALID")) else { return false };
    let mut whole = true;
    let mut open = vec![without_casts(words)];
    while let Some(words) = open.pop() {
        let words = stripped(&words);
        let parts = split(words, "AND");
        if parts.len() > 1 {
            open.extend(parts.into_iter().map(<[Word]>::to_vec));
            continue;
        }
        // What is NULL meets it either way, so that the rest may narrow what is made.
        let others = split(words, "OR");
        let is_null = |part: &&[Word]| matches!(stripped(part), [Word::Name(_), Word::Name(is), Word::Name(null)] if is == "IS" && null == "NULL");
        let kept: Vec<&[Word]> = others.iter().copied().filter(|part| !is_null(part)).collect();
        match kept.as_slice() {
            [rest] if others.len() > 1 => open.push(rest.to_vec()),
            _ => whole &= part(words, column, limits).is_some(),
        }
    }
    whole
}

pub(super) fn words(text: &str) -> Option<Vec<Word>> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(&first) = rest.peek() {
        if first.is_whitespace() {
            rest.next();
        } else if first == '\'' || first == '"' {
            rest.next();
            let mut inner = String::new();
            loop {
                match rest.next()? {
                    quote if quote == first && rest.peek() == Some(&first) => {
                        rest.next();
                        inner.push(quote);
                    }
                    quote if quote == first => break,
                    other => inner.push(other),
                }
            }
            found.push(if first == '"' { Word::Name(inner) } else { Word::Text(inner) });
        } else if first.is_alphanumeric() || first == '_' {
            let mut name = String::new();
            while let Some(next) = rest.next_if(|next| next.is_alphanumeric() || matches!(next, '_' | '.')) {
                name.push(next);
            }
            let number = first.is_ascii_digit();
            found.push(if number { Word::Text(name) } else { Word::Name(name) });
        } else if matches!(first, '(' | ')' | '[' | ']' | ',') {
            rest.next();
            found.push(Word::Sign(first.to_string()));
        } else {
            let mut sign = String::new();
            while let Some(next) = rest.next_if(|next| "<>=~!:-+*/|&^%@#?".contains(*next)) {
                sign.push(next);
            }
            if sign.is_empty() {
                return None;
            }
            found.push(Word::Sign(sign));
        }
    }
    Some(found)
}

pub(super) fn is(word: Option<&Word>, sign: &str) -> bool {
    matches!(word, Some(Word::Sign(found)) if found == sign)
}

/// The words without `::type`: what stands around a value does not change it here. A minus joins its number.
pub(super) fn without_casts(words: Vec<Word>) -> Vec<Word> {
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        if word == Word::Sign("::".to_owned()) {
            while words.next_if(|next| matches!(next, Word::Name(name) if !is_keyword(name))).is_some() {}
            while is(words.peek(), "[") || (is(words.peek(), "(") && kept.last().is_some()) {
                let close = if is(words.peek(), "[") { "]" } else { ")" };
                while words.next_if(|next| *next != Word::Sign(close.to_owned())).is_some() {}
                words.next();
            }
            continue;
        }
        if word == Word::Sign("-".to_owned())
            && !matches!(kept.last(), Some(Word::Name(_) | Word::Text(_)))
            && !is(kept.last(), ")")
            && let Some(Word::Text(number)) = words.peek()
        {
            kept.push(Word::Text(format!("-{number}")));
            words.next();
            continue;
        }
        kept.push(word);
    }
    kept
}

fn is_keyword(name: &str) -> bool {
    matches!(name, "AND" | "OR" | "NOT" | "IS" | "ANY" | "ARRAY" | "LIKE")
}

/// The words without parentheses around the whole.
pub(super) fn stripped(mut words: &[Word]) -> &[Word] {
    while let [first, inner @ .., last] = words {
        let closes = is(Some(first), "(") && is(Some(last), ")") && {
            let mut depth = 0_i32;
            inner.iter().all(|word| {
                depth += i32::from(is(Some(word), "(")) - i32::from(is(Some(word), ")"));
                depth >= 0
            })
        };
        if !closes {
            break;
        }
        words = inner;
    }
    words
}

/// The parts between a keyword that stands outside of all parentheses.
pub(super) fn split<'a>(words: &'a [Word], by: &str) -> Vec<&'a [Word]> {
    let mut depth = 0_i32;
    words
        .split(|word| {
            depth += i32::from(is(Some(word), "(")) - i32::from(is(Some(word), ")"));
            depth == 0 && matches!(word, Word::Name(name) if name == by)
        })
        .collect()
}

/// A domain's CHECK as the condition of a column, whose name is given as SQL writes it.
pub(super) fn with_column(definition: &str, column: &str) -> String {
    let mut made = String::new();
    let mut quote: Option<char> = None;
    let mut rest = condition(definition);
    while let Some(first) = rest.chars().next() {
        let before = made.chars().next_back();
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        if quote.is_none()
            && !before.is_some_and(is_word)
            && let Some(behind) = rest.strip_prefix("VALUE")
            && !behind.starts_with(is_word)
        {
            made.push_str(column);
            rest = behind;
            continue;
        }
        match quote {
            Some(open) if open == first => quote = None,
            None if matches!(first, '\'' | '"') => quote = Some(first),
            _ => {}
        }
        made.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    made
}

/// The places of the columns that a condition names.
pub(super) fn named(table: &Table, condition: &str) -> BTreeSet<usize> {
    let words = words(condition).unwrap_or_default();
    let name = |word: &Word| match word {
        Word::Name(name) => table.place(name),
        _ => None,
    };
    words.iter().filter_map(name).collect()
}

/// What a CHECK demands, without the words around it.
pub(super) fn condition(definition: &str) -> &str {
    let inner = definition.trim().strip_prefix("CHECK ").unwrap_or(definition);
    inner.trim_end_matches(" NOT VALID").trim_end_matches(" NO INHERIT")
}

/// One comparison.
fn part(words: &[Word], column: Option<&str>, limits: &mut BTreeMap<String, Limits>) -> Option<()> {
    let mut depth = 0_i32;
    let at = words.iter().position(|word| {
        depth += i32::from(is(Some(word), "(")) - i32::from(is(Some(word), ")"));
        depth == 0 && matches!(word, Word::Sign(sign) if matches!(sign.as_str(), "<" | ">" | "<=" | ">=" | "=" | "<>" | "~~" | "~~*" | "~" | "~*"))
    });
    let Some(at) = at else {
        // That something is not null, or is, needs nothing here.
        return matches!(words, [Word::Name(_), Word::Name(is), ..] if is == "IS").then_some(());
    };
    let Some(Word::Sign(sign)) = words.get(at) else { return None };
    let (left, right) = (stripped(words.get(..at)?), stripped(words.get(at + 1..)?));
    let named = |words: &[Word]| match words {
        [Word::Name(name)] if name == "VALUE" => column.map(str::to_owned),
        [Word::Name(name)] if !name.starts_with("CURRENT_") => Some(name.clone()),
        _ => None,
    };
    let fixed = |words: &[Word]| match words {
        [Word::Text(text)] => Some(text.clone()),
        _ => None,
    };
    if let [Word::Name(function), Word::Sign(open), inner @ .., Word::Sign(_)] = left
        && open == "("
        && matches!(function.as_str(), "length" | "char_length" | "character_length")
    {
        // Trimmed text is not shorter: what is made has no blanks at its ends.
        let inner = match stripped(inner) {
            [Word::Name(trim), Word::Sign(_), inner @ .., Word::Sign(_)] if trim == "btrim" => {
                stripped(inner)
            }
            inner => inner,
        };
        let length = &mut limits.entry(named(inner)?).or_default().length;
        let number: i64 = fixed(right)?.parse().ok()?;
        let low = |low: i64, length: &mut Option<i64>| *length = Some(length.map_or(low, |old| old.max(low)));
        let high =
            |high: i64, length: &mut Option<i64>| *length = Some(length.map_or(high, |old| old.min(high)));
        match sign.as_str() {
            ">" => low(number + 1, &mut length.0),
            ">=" => low(number, &mut length.0),
            "<" => high(number - 1, &mut length.1),
            "<=" => high(number, &mut length.1),
            "=" => {
                low(number, &mut length.0);
                high(number, &mut length.1);
            }
            _ => return None,
        }
        return Some(());
    }
    if let (Some(one), Some(other)) = (named(left), named(right)) {
        match sign.as_str() {
            "<" | "<=" => limits.entry(other).or_default().above.push(one),
            ">" | ">=" => limits.entry(one).or_default().above.push(other),
            _ => return None,
        }
        return Some(());
    }
    let (name, value, sign) = match (named(left), fixed(right), fixed(left), named(right)) {
        (Some(name), Some(value), ..) => (name, value, sign.as_str()),
        (_, _, Some(value), Some(name)) => (name, value, turned(sign)),
        (Some(name), None, ..) if sign == "~" => {
            let [Word::Name(function), Word::Sign(_), Word::Text(text), Word::Sign(_)] = right else {
                return None;
            };
            (function == "similar_to_escape")
                .then(|| limits.entry(name).or_default().fits.push((Fit::Similar, text.clone())))?;
            return Some(());
        }
        (Some(name), None, ..) | (None, _, _, Some(name))
            if sign == "=" && cased(&name, left, right).is_some() =>
        {
            limits.entry(name.clone()).or_default().case = cased(&name, left, right);
            return Some(());
        }
        (Some(name), None, ..) if sign == "=" => {
            let [Word::Name(any), list @ ..] = right else { return None };
            if any != "ANY" {
                return None;
            }
            let values = list.iter().filter_map(|word| match word {
                Word::Text(text) => Some(text.clone()),
                _ => None,
            });
            return among(limits.entry(name).or_default(), values.collect());
        }
        _ => return None,
    };
    let own = limits.entry(name).or_default();
    let mut fits = |fit| own.fits.push((fit, value.clone()));
    match sign {
        "~~" => fits(Fit::Like { insensitive: false }),
        "~~*" => fits(Fit::Like { insensitive: true }),
        "~" => fits(Fit::Regex { insensitive: false }),
        "~*" => fits(Fit::Regex { insensitive: true }),
        ">" | ">=" => tighter(&mut own.low, value, sign == ">=", std::cmp::Ordering::Greater),
        "<" | "<=" => tighter(&mut own.high, value, sign == "<=", std::cmp::Ordering::Less),
        "=" => among(own, vec![value])?,
        _ => return None,
    }
    Some(())
}

/// The case that one side says of the other, which is `name`.
fn cased(name: &str, left: &[Word], right: &[Word]) -> Option<Case> {
    [left, right].iter().find_map(|side| match side {
        [Word::Name(function), Word::Sign(_), inner @ .., Word::Sign(_)] => {
            let [Word::Name(inner)] = stripped(inner) else { return None };
            match function.as_str() {
                "upper" if inner == name => Some(Case::Upper),
                "lower" if inner == name => Some(Case::Lower),
                _ => None,
            }
        }
        _ => None,
    })
}

fn turned(sign: &str) -> &str {
    match sign {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        same => same,
    }
}

fn among(limits: &mut Limits, values: Vec<String>) -> Option<()> {
    limits.among = Some(match limits.among.take() {
        Some(before) => before.into_iter().filter(|value| values.contains(value)).collect(),
        None => values,
    });
    Some(())
}

fn tighter(bound: &mut Option<(String, bool)>, value: String, counts: bool, side: std::cmp::Ordering) {
    let compared = |one: &str, other: &str| match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => one.total_cmp(&other),
        _ => one.cmp(other),
    };
    let takes = bound.as_ref().is_none_or(|(old, old_counts)| {
        let order = compared(&value, old);
        order == side || (order == std::cmp::Ordering::Equal && *old_counts && !counts)
    });
    if takes {
        *bound = Some((value, counts));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(definition: &str) -> (bool, BTreeMap<String, Limits>) {
        let mut limits = BTreeMap::new();
        (read(definition, Some("v"), &mut limits), limits)
    }

    #[test]
    fn bounds_lists_lengths_and_columns_are_read_as_the_server_writes_them() {
        let (whole, limits) =
            of("CHECK (((price >= (0)::numeric) AND (price < '-1.5'::numeric) AND (n > '-3'::integer)))");
        assert!(whole);
        assert_eq!(limits["price"].low, Some(("0".to_owned(), true)));
        assert_eq!(limits["price"].high, Some(("-1.5".to_owned(), false)));
        assert_eq!(limits["n"].low, Some(("-3".to_owned(), false)));
        let list = "CHECK (((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))";
        assert_eq!(of(list).1["status"].among, Some(vec!["a".to_owned(), "b".to_owned()]));
        let (whole, limits) = of("CHECK ((char_length((code)::text) = 5))");
        assert!(whole);
        assert_eq!(limits["code"].length, (Some(5), Some(5)));
        assert_eq!(of("CHECK ((expires_at > issued_at))").1["expires_at"].above, ["issued_at"]);
        assert_eq!(
            of("CHECK ((VALUE ~~ '%@%'::text))").1["v"].fits,
            [(Fit::Like { insensitive: false }, "%@%".to_owned())]
        );
        assert_eq!(of("CHECK (((a IS NULL) OR (a > 5)))").1["a"].low, Some(("5".to_owned(), false)));
        assert_eq!(of("CHECK (((code)::text = upper((code)::text)))").1["code"].case, Some(Case::Upper));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        assert!(!of("CHECK (((a > 1) OR (b > 1)))").0);
        assert!(!of("CHECK ((f(a) > 1))").0);
        assert!(!of("CHECK ((a <> 3))").0);
    }
}
