//! Values by their text, held against what a type keeps.

use super::{Limit, Part};

/// Whether something of a value is lost.
pub(super) fn is_lost(limit: Limit, value: &str) -> bool {
    match limit {
        Limit::Digits(kept) => decimal(value).is_some_and(|number| number.exponent < -i64::from(kept)),
        Limit::Single => rounds(value, |text| text.parse::<f32>().ok().map(|float| format!("{float:e}"))),
        Limit::Double => rounds(value, |text| text.parse::<f64>().ok().map(|float| format!("{float:e}"))),
        Limit::Seconds(kept) => clock(value).is_some_and(|clock| fraction(clock) > kept),
        Limit::Day => clock(value).is_some_and(|clock| clock.bytes().any(|byte| matches!(byte, b'1'..=b'9'))),
        Limit::NoOffset => value
            .find(['+', '-'])
            .and_then(|at| value.get(at..))
            .is_some_and(|offset| offset.bytes().any(|byte| matches!(byte, b'1'..=b'9'))),
        Limit::Parts(kept, digits) => parts(value)
            .is_some_and(|(last, fraction)| last > kept || (kept == Part::Seconds && fraction > digits)),
        // What is longer without its blanks the server refuses.
        Limit::Characters(most) => {
            value.ends_with(' ')
                && value.chars().nth(most).is_some()
                && value.trim_end_matches(' ').chars().nth(most).is_none()
        }
        Limit::NoBlanks => value.ends_with(' '),
        Limit::Bytes(most) => value.len() > most,
    }
}

/// A number as its digits, without zeros at either end, times a power of ten.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

/// A number that is written in digits; nothing for other texts, infinities among them.
fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (is_negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (number, power) = match unsigned.split_once(['e', 'E']) {
        Some((number, power)) => (number, power.parse::<i64>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = all.trim_end_matches('0');
    let zeros = i64::try_from(all.len() - digits.len()).ok()?;
    let exponent = power - i64::try_from(fraction.len()).ok()? + zeros;
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        // Zero has no digit that could be lost.
        return Some(Decimal { is_negative: false, digits: String::new(), exponent: i64::MAX });
    }
    Some(Decimal { is_negative, digits: digits.to_owned(), exponent })
}

/// A whole number in digits only; nothing for what is none, or has more digits than any type of whole numbers.
pub(super) fn whole(value: &str) -> Option<String> {
    let Decimal { is_negative, digits, exponent } = decimal(value)?;
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    let zeros = usize::try_from(exponent).ok().filter(|zeros| *zeros < 20)?;
    Some(format!("{}{digits}{}", if is_negative { "-" } else { "" }, "0".repeat(zeros)))
}

fn rounds(value: &str, nearest: impl Fn(&str) -> Option<String>) -> bool {
    let Some(given) = decimal(value) else { return false };
    // A number that is too large is refused.
    nearest(value.trim()).and_then(|text| decimal(&text)).is_some_and(|kept| kept != given)
}

/// The time of day within a text, without its offset.
fn clock(value: &str) -> Option<&str> {
    let word = value.split([' ', 'T']).find(|word| word.contains(':'))?;
    Some(word.split(['+', '-', 'Z']).next().unwrap_or(word))
}

/// Digits behind the point that are more than zeros.
fn fraction(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, digits)| digits.trim_end_matches('0').len())
}

/// The smallest part of an interval that is not zero, and the digits behind the point of its seconds; as the server writes it
/// with `IntervalStyle` postgres.
fn parts(value: &str) -> Option<(Part, usize)> {
    let mut last = None;
    let mut digits = 0;
    let words: Vec<&str> = value.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        let part = match *word {
            word if word.contains(':') => {
                let mut of_clock = word
                    .trim_start_matches(['+', '-'])
                    .split(':')
                    .map(|part| part.bytes().any(|byte| matches!(byte, b'1'..=b'9')));
                let (hours, minutes, seconds) = (
                    of_clock.next().unwrap_or(false),
                    of_clock.next().unwrap_or(false),
                    of_clock.next().unwrap_or(false),
                );
                digits = fraction(word);
                match (hours, minutes, seconds) {
                    (_, _, true) => Part::Seconds,
                    (_, true, false) => Part::Minutes,
                    (true, false, false) => Part::Hours,
                    (false, false, false) => continue,
                }
            }
            word if word.starts_with("year") => Part::Years,
            word if word.starts_with("mon") => Part::Months,
            word if word.starts_with("day") => Part::Days,
            _ => continue,
        };
        let is_zero = !word.contains(':')
            && at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|number| *number == "0");
        if !is_zero {
            last = last.max(Some(part));
        }
    }
    Some((last?, digits))
}

/// The elements of an array's text that are not NULL, whatever its dimensions.
pub(super) fn elements(array: &str) -> Vec<String> {
    // Bounds stand before an equals sign.
    let body = match (array.starts_with('['), array.split_once('=')) {
        (true, Some((_, body))) => body,
        _ => array,
    };
    let mut elements = Vec::new();
    let (mut element, mut was_quoted, mut in_quotes) = (String::new(), false, false);
    let mut characters = body.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => element.extend(characters.next()),
            '"' => {
                in_quotes = !in_quotes;
                was_quoted = true;
            }
            '{' | '}' | ',' if !in_quotes => {
                let done = std::mem::take(&mut element);
                if was_quoted || !(done.is_empty() || done.eq_ignore_ascii_case("null")) {
                    elements.push(done);
                }
                was_quoted = false;
            }
            other => element.push(other),
        }
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_taken_out_of_their_quotes() {
        assert_eq!(elements("{a,\"b, {c}\",NULL,\"NULL\",\"\\\"\",\"\"}"), ["a", "b, {c}", "NULL", "\"", ""]);
        assert_eq!(elements("[2:3][1:1]={{1},{2}}"), ["1", "2"]);
        assert_eq!(elements("{}"), Vec::<String>::new());
    }

    #[test]
    fn numbers_are_the_same_however_they_are_written() {
        assert_eq!(decimal("1500"), decimal("1.50e3"));
        assert_eq!(decimal("-0.0"), decimal("0"));
        assert_ne!(decimal("-1"), decimal("1"));
        for text in ["NaN", "Infinity", "", ".", "1,5"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
