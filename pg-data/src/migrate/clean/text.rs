//! Cleaners of text and of numbers that are written as text.

use std::borrow::Cow;

/// Without white space at both ends.
pub(super) fn trim(value: Cow<'_, str>) -> Cow<'_, str> {
    match value {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// With ASCII for the wide forms that are written beside Chinese and Japanese, and for the digits of Arabic and Persian.
pub(super) fn narrow(value: &str) -> Cow<'_, str> {
    if value.is_ascii() {
        return Cow::Borrowed(value);
    }
    let one = |character: char| {
        let code = u32::from(character);
        let ascii = match code {
            0xff01..=0xff5e => code - 0xfee0,
            0x3000 => 0x20,
            0x0660..=0x0669 => code - 0x0660 + 0x30,
            0x06f0..=0x06f9 => code - 0x06f0 + 0x30,
            _ => code,
        };
        char::from_u32(ascii).unwrap_or(character)
    };
    Cow::Owned(value.chars().map(one).collect())
}

/// One space for each run of white space, none at the ends.
pub(super) fn collapse(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// In lower case.
pub(super) fn lower(value: Cow<'_, str>) -> Cow<'_, str> {
    if value.is_ascii() && !value.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return value;
    }
    Cow::Owned(value.to_lowercase())
}

/// Each word with a capital and small letters behind it.
pub(super) fn title(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut inside = false;
    for character in value.chars() {
        if inside {
            out.extend(character.to_lowercase());
        } else {
            out.extend(character.to_uppercase());
        }
        inside = character.is_alphanumeric() || (inside && matches!(character, '\'' | '’'));
    }
    out
}

/// Not longer than so many characters, and without white space where it was cut.
pub(super) fn truncate(value: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    if value.chars().nth(most).is_none() {
        return value;
    }
    let cut: String = value.chars().take(most).collect();
    Cow::Owned(cut.trim_end().to_owned())
}

/// A number without the marks of thousands and signs of currencies around it.
pub(super) fn number(value: &str) -> Result<Option<String>, String> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let (sign, rest) = match value.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None if value.starts_with('(') && value.ends_with(')') => ("-", value.trim_matches(['(', ')'])),
        None => ("", value.strip_prefix('+').unwrap_or(value)),
    };
    let rest = rest
        .trim_start_matches(|sign: char| !sign.is_ascii_digit() && !matches!(sign, '.' | '-' | '+'))
        .trim_end();
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let groups: Vec<&str> = whole.split([',', '_', ' ', '\'']).collect();
    let grouped = groups.len() == 1
        || (groups.first().is_some_and(|first| (1..=3).contains(&first.len()))
            && groups.iter().skip(1).all(|group| group.len() == 3));
    let digits: String = groups.concat();
    let only_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !grouped || digits.len() + fraction.len() == 0 || !only_digits(&digits) || !only_digits(fraction) {
        return Err("no number that can be read without doubt".to_owned());
    }
    let point = if fraction.is_empty() { "" } else { "." };
    let digits = if digits.is_empty() { "0" } else { &digits };
    Ok(Some(format!("{sign}{digits}{point}{fraction}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_get_capitals() {
        assert_eq!(title("acme TRADING o'neil-SONS"), "Acme Trading O'neil-Sons");
        assert_eq!(title("臺北 éCOLE"), "臺北 École");
    }

    #[test]
    fn white_space_goes() {
        assert_eq!(trim(Cow::Borrowed("  a b ")), "a b");
        assert_eq!(collapse(" a \t\n b "), "a b");
        assert_eq!(truncate(Cow::Borrowed("臺北市中"), 2), "臺北");
        assert_eq!(truncate(Cow::Borrowed("ab"), 2), "ab");
    }

    #[test]
    fn numbers_lose_their_marks_and_doubtful_ones_are_refused() {
        for (given, wanted) in [
            ("1,234,567.50", "1234567.50"),
            ("-12", "-12"),
            ("NT$ 1,200", "1200"),
            ("(3.5)", "-3.5"),
            (".5", "0.5"),
            ("00012", "00012"),
        ] {
            assert_eq!(number(given).unwrap().as_deref(), Some(wanted), "{given}");
        }
        for given in ["1.234,50", "12,34", "abc", "1e5", "--1", "."] {
            assert!(number(given).is_err(), "{given}");
        }
        assert_eq!(number(" ").unwrap(), None);
    }
}
