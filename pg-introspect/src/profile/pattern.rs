//! What one value looks like.

/// The name of the first pattern that a value has.
pub(super) fn pattern(value: &str) -> Option<&'static str> {
    PATTERNS.iter().find(|(_, fits)| fits(value)).map(|(name, _)| *name)
}

/// Whether a value has a pattern.
type Fits = fn(&str) -> bool;

const PATTERNS: [(&str, Fits); 8] = [
    ("empty", str::is_empty),
    ("UUID", is_uuid),
    ("e-mail address", is_mail),
    ("URL", |value| value.starts_with("http://") || value.starts_with("https://")),
    ("ISO date", is_date),
    ("digits", |value| value.bytes().all(|b| b.is_ascii_digit())),
    ("telephone number", is_telephone),
    ("JSON object", |value| value.starts_with('{') && value.ends_with('}')),
];

fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(place, b)| match place {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn is_mail(value: &str) -> bool {
    value.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && !value.contains(char::is_whitespace) && host.contains('.') && !host.contains('@')
    })
}

fn is_date(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() >= 10
        && bytes.iter().take(10).enumerate().all(|(place, b)| match place {
            4 | 7 => *b == b'-',
            _ => b.is_ascii_digit(),
        })
}

fn is_telephone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (7..=15).contains(&digits)
        && value.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '/' | '.'))
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn tells_common_patterns_apart() {
        for (value, expected) in [
            ("", Some("empty")),
            ("6f9619ff-8b86-d011-b42d-00c04fc964ff", Some("UUID")),
            ("a.b@c.org", Some("e-mail address")),
            ("https://x", Some("URL")),
            ("2026-11-22 10:00", Some("ISO date")),
            ("007", Some("digits")),
            ("+49 30 123-4567", Some("telephone number")),
            ("{\"a\": 1}", Some("JSON object")),
            ("hello", None),
            ("a@b", None),
            ("ä@ö", None),
        ] {
            assert_eq!(pattern(value), expected, "{value}");
        }
    }
}
