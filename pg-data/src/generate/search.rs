//! What may be tried where a CHECK is not met by what came first: NULL, what the CHECK itself names, other columns, and sums that it states.
//!
//! Separate from showing rows to the server, which judges them. Invariant: what must be the only one, and keys, are never touched.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    check::{self, Word},
    choose::seconds,
    pattern::Pattern,
    random::Dice,
    shape::Table,
    way::{Unit, Way, decimal},
    world::Made,
};

/// What may be tried for the columns of a table.
#[derive(Debug, Default)]
pub(crate) struct Search {
    tries: BTreeMap<usize, Vec<Try>>,
    /// Columns that a CHECK says to be a sum or product of others: what stands on the other side.
    stated: BTreeMap<usize, Vec<Word>>,
}

/// One thing to try.
#[derive(Debug)]
enum Try {
    Null,
    These(String),
    /// A whole multiple of a number, in units of the last digit.
    Multiple(i128, u32),
    /// The value of another column.
    Column(usize),
    Upper,
    Lower,
    /// The beginning of its day, or of its month.
    Day,
    Month,
    Fits(Pattern),
    /// Some of these in an array.
    Some(Vec<String>),
}

impl Search {
    /// What the CHECKs of a table let be tried, once its ways are known.
    pub(crate) fn of(table: &Table, ways: &[Made]) -> Self {
        let is_free = |place: &usize| {
            !table.uniques.iter().flatten().any(|unique| unique == place)
                && ways.get(*place).is_some_and(|made| {
                    !matches!(made.way, Way::Skip | Way::Null | Way::Foreign { .. } | Way::Serial { .. })
                })
        };
        let mut search = Self::default();
        for (_, condition) in &table.checks {
            let Some(words) = check::words(condition).map(check::without_casts) else { continue };
            let named: BTreeSet<usize> = words
                .iter()
                .filter_map(|word| match word {
                    Word::Name(name) => table.place(name),
                    _ => None,
                })
                .collect();
            let texts: Vec<&String> = words
                .iter()
                .filter_map(|word| match word {
                    Word::Text(text) => Some(text),
                    _ => None,
                })
                .collect();
            for place in named.iter().filter(|place| is_free(place)) {
                let own = tries(table, ways, *place, &texts, &named);
                search.tries.entry(*place).or_default().extend(own);
            }
            for part in check::split(check::stripped(&words), "AND") {
                let is_number = |place: &usize| {
                    is_free(place)
                        && ways.get(*place).is_some_and(|made| matches!(made.way, Way::Number { .. }))
                };
                if let Some((place, other)) = stated(table, check::stripped(part), is_number)
                    && !search.leads(table, &other, place)
                {
                    search.stated.entry(place).or_insert(other);
                }
            }
        }
        search
    }

    /// Whether what is stated needs a column itself, if only by others that are stated.
    fn leads(&self, table: &Table, words: &[Word], to: usize) -> bool {
        let places = words.iter().filter_map(|word| match word {
            Word::Name(name) => table.place(name),
            _ => None,
        });
        places.into_iter().any(|place| {
            place == to || self.stated.get(&place).is_some_and(|words| self.leads(table, words, to))
        })
    }

    /// What a CHECK says that a column's value is.
    pub(crate) fn stated(&self, column: usize) -> Option<&[Word]> {
        self.stated.get(&column).map(Vec::as_slice)
    }

    /// Something to try instead of `usual`, or that itself.
    pub(crate) fn tried(
        &self,
        column: usize,
        usual: Option<String>,
        dice: &mut Dice,
        other: impl FnOnce(usize) -> Option<String>,
    ) -> Option<String> {
        if dice.below(2) == 0 {
            return usual;
        }
        let tries = self.tries.get(&column).map(Vec::as_slice).unwrap_or_default();
        // Where several branches lead to a row, that of NULL is one of them.
        if matches!(tries, [Try::Null, ..]) && dice.below(2) == 0 {
            return None;
        }
        let Some(tried) = dice.one(tries) else { return usual };
        match tried {
            Try::Null => None,
            Try::These(text) => Some(text.clone()),
            Try::Multiple(unit, scale) => {
                Some(decimal(unit.saturating_mul(i128::from(dice.below(20))), *scale))
            }
            Try::Column(column) => other(*column),
            Try::Upper => usual.map(|text| text.to_uppercase()),
            Try::Lower => usual.map(|text| text.to_lowercase()),
            Try::Day | Try::Month => {
                let length = if matches!(tried, Try::Day) { 10 } else { 8 };
                let zone = usual.as_ref().is_some_and(|text| text.ends_with("+00"));
                let day = usual.as_deref().and_then(|text| text.get(..length)).map(str::to_owned);
                let day = day.map(|day| if length == 8 { format!("{day}01") } else { day });
                day.map(|day| if zone { format!("{day} 00:00:00+00") } else { day })
            }
            Try::Fits(pattern) => Some(pattern.draw(dice)),
            Try::Some(values) => {
                let some: Vec<String> = values
                    .iter()
                    .filter(|_| dice.below(2) == 0)
                    .map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
                    .collect();
                Some(format!("{{{}}}", some.join(",")))
            }
        }
    }
}

/// What may be tried for a column that a CHECK names beside these texts and columns.
fn tries(table: &Table, ways: &[Made], place: usize, texts: &[&String], named: &BTreeSet<usize>) -> Vec<Try> {
    let Some(column) = table.columns.get(place) else { return Vec::new() };
    let mut tries = Vec::new();
    if !column.told.not_null {
        tries.push(Try::Null);
    }
    let same =
        |other: &&usize| table.columns.get(**other).is_some_and(|other| other.told.base == column.told.base);
    tries.extend(named.iter().filter(|other| **other != place).filter(same).map(|other| Try::Column(*other)));
    if let Some(element) = column.told.base.strip_prefix('_') {
        let is_number = matches!(element, "int2" | "int4" | "int8" | "numeric" | "float4" | "float8");
        let fit = |text: &&&String| !is_number || text.parse::<f64>().is_ok();
        tries.push(Try::Some(texts.iter().filter(fit).map(|text| (*text).clone()).collect()));
        return tries;
    }
    match (ways.get(place).map(|made| &made.way), column.told.base.as_str()) {
        (Some(Way::Number { scale, .. }), _) => {
            let unit = 10_f64.powi(i32::try_from(*scale).unwrap_or(0));
            for number in texts.iter().filter_map(|text| text.parse::<f64>().ok()).chain([0.0]) {
                let units = (number * unit).round() as i128;
                tries.extend([-1, 0, 1].map(|by| Try::These(decimal(units + by, *scale))));
                if units != 0 {
                    tries.push(Try::Multiple(units, *scale));
                }
            }
        }
        (Some(Way::Time { unit, .. }), _) => {
            let times = texts.iter().filter_map(|text| seconds(text));
            tries.extend(times.map(|time| Try::These(unit.text(time))));
            tries.push(Try::Day);
            tries.push(Try::Month);
            if *unit == Unit::Date {
                tries.pop();
            }
        }
        (Some(Way::Text { .. }), _) => {
            tries.extend([Try::Upper, Try::Lower, Try::These(String::new())]);
            for text in texts {
                tries.push(Try::These((*text).clone()));
                tries.extend(Pattern::regex(text, false).map(Try::Fits));
            }
        }
        (_, "json" | "jsonb") => {
            let fixed = ["[]", "[1, 2]", "{}", "\"text\"", "1", "true"];
            tries.extend(fixed.map(|text| Try::These(text.to_owned())));
            for value in [serde_json::json!("text"), serde_json::json!(1), serde_json::json!([])] {
                let fields = texts.iter().map(|text| ((*text).clone(), value.clone()));
                tries.push(Try::These(serde_json::Value::Object(fields.collect()).to_string()));
            }
        }
        _ => {}
    }
    tries
}

/// The column that an equation gives, and what stands on its other side then.
fn stated(table: &Table, words: &[Word], is_free: impl Fn(&usize) -> bool) -> Option<(usize, Vec<Word>)> {
    let mut depth = 0_i32;
    let at = words.iter().position(|word| {
        depth += i32::from(check::is(Some(word), "(")) - i32::from(check::is(Some(word), ")"));
        depth == 0 && check::is(Some(word), "=")
    })?;
    let (left, right) = (check::stripped(words.get(..at)?), check::stripped(words.get(at + 1..)?));
    let counts = |words: &[Word]| {
        words.iter().all(|word| match word {
            Word::Name(name) => {
                matches!(name.as_str(), "round" | "abs" | "COALESCE")
                    || table.place(name).and_then(|place| table.columns.get(place)).is_some_and(|column| {
                        matches!(
                            column.told.base.as_str(),
                            "int2" | "int4" | "int8" | "numeric" | "float4" | "float8"
                        )
                    })
            }
            Word::Text(text) => text.parse::<f64>().is_ok(),
            Word::Sign(sign) => matches!(sign.as_str(), "+" | "-" | "*" | "/" | "(" | ")" | ","),
        })
    };
    if !counts(left) || !counts(right) {
        return None;
    }
    let sides = [(left, right), (right, left)];
    let free = |words: &[Word]| match words {
        [Word::Name(name)] => table.place(name).filter(&is_free),
        _ => None,
    };
    sides.iter().find_map(|(one, other)| Some((free(one)?, other.to_vec()))).or_else(|| {
        // `a + b = c + d` gives `b`: what is on the other side, less what stands beside it.
        sides.iter().find_map(|(one, other)| {
            let mut terms = Vec::new();
            added(one, &mut terms);
            let at = terms.iter().rposition(|term| free(term).is_some())?;
            let place = free(terms.get(at)?)?;
            let sign = |sign: &str| Word::Sign(sign.to_owned());
            let mut made = other.to_vec();
            made = [vec![sign("(")], made, vec![sign(")")]].concat();
            for (_, term) in terms.iter().enumerate().filter(|(own, _)| *own != at) {
                made.push(sign("-"));
                made.push(sign("("));
                made.extend_from_slice(term);
                made.push(sign(")"));
            }
            Some((place, made))
        })
    })
}

/// The terms of a sum.
fn added<'a>(words: &'a [Word], terms: &mut Vec<&'a [Word]>) {
    let words = check::stripped(words);
    let mut depth = 0_i32;
    let parts: Vec<&[Word]> = words
        .split(|word| {
            depth += i32::from(check::is(Some(word), "(")) - i32::from(check::is(Some(word), ")"));
            depth == 0 && check::is(Some(word), "+")
        })
        .collect();
    if let [only] = parts.as_slice() {
        return terms.push(only);
    }
    parts.into_iter().for_each(|part| added(part, terms));
}

/// The value of an expression of numbers; none where a part of it is NULL or not a number.
pub(crate) fn counted(words: &[Word], value: &mut dyn FnMut(&str) -> Option<f64>) -> Option<f64> {
    let mut rest = words;
    let sum = sum(&mut rest, value)?;
    rest.is_empty().then_some(sum)
}

fn sign<'a>(rest: &mut &'a [Word], among: &[&str]) -> Option<&'a str> {
    let (Word::Sign(sign), behind) = rest.split_first()? else { return None };
    among.contains(&sign.as_str()).then(|| {
        *rest = behind;
        sign.as_str()
    })
}

fn sum(rest: &mut &[Word], value: &mut dyn FnMut(&str) -> Option<f64>) -> Option<f64> {
    let mut sum = product(rest, value)?;
    while let Some(by) = sign(rest, &["+", "-"]) {
        let term = product(rest, value)?;
        sum = if by == "+" { sum + term } else { sum - term };
    }
    Some(sum)
}

fn product(rest: &mut &[Word], value: &mut dyn FnMut(&str) -> Option<f64>) -> Option<f64> {
    let mut product = factor(rest, value)?;
    while let Some(by) = sign(rest, &["*", "/"]) {
        let term = factor(rest, value)?;
        product = if by == "*" { product * term } else { product / term };
    }
    product.is_finite().then_some(product)
}

fn factor(rest: &mut &[Word], value: &mut dyn FnMut(&str) -> Option<f64>) -> Option<f64> {
    if sign(rest, &["-"]).is_some() {
        return factor(rest, value).map(|number| -number);
    }
    if sign(rest, &["("]).is_some() {
        let inner = sum(rest, value)?;
        sign(rest, &[")"])?;
        return Some(inner);
    }
    let (first, behind) = rest.split_first()?;
    *rest = behind;
    match first {
        Word::Text(number) => number.parse().ok(),
        Word::Name(function) if check::is(rest.first(), "(") => {
            sign(rest, &["("])?;
            // What COALESCE has behind its first argument is for a NULL, which is never here: numbers that are NULL give NULL.
            let inner = sum(rest, value)?;
            let digits = sign(rest, &[","]).and_then(|_| sum(rest, value));
            sign(rest, &[")"])?;
            let unit = 10_f64.powi(digits.unwrap_or(0.0) as i32);
            match function.as_str() {
                "round" => Some((inner * unit).round() / unit),
                "abs" => Some(inner.abs()),
                "COALESCE" => Some(inner),
                _ => None,
            }
        }
        Word::Name(name) => value(name),
        Word::Sign(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_counted_as_the_server_writes_them() {
        let value = |text: &str| {
            let words = check::without_casts(check::words(text).unwrap());
            counted(&words, &mut |name| (name == "a").then_some(3.0))
        };
        assert_eq!(value("((a * (2)::numeric) - '-1'::integer)"), Some(7.0));
        assert_eq!(value("round((a / (7)::numeric), 2)"), Some(0.43));
        assert_eq!(value("(a + b)"), None);
        assert_eq!(value("(a / (0)::numeric)"), None);
    }
}
