//! Quoting of values inside array, range and composite literals.
//!
//! Separate because the three literals share one trick: the inner value is written into the output first and
//! quoted there only when it has to be, so that the common case costs one scan and no allocation.

/// The rules of one kind of literal.
pub(super) struct Quoting {
    /// Bytes, besides white space, quotes and backslashes, that force quotes.
    special: [u8; 5],
    /// Whether quotes and backslashes are doubled (ranges, composites) or escaped with a backslash (arrays).
    doubles: bool,
    /// Whether the word NULL must be quoted to remain a word.
    guards_null: bool,
}

/// `{…}` with elements apart by `delimiter`.
pub(super) const fn array(delimiter: u8) -> Quoting {
    Quoting { special: [b'{', b'}', delimiter, b'{', b'}'], doubles: false, guards_null: true }
}

/// `[…,…)`.
pub(super) const RANGE: Quoting = Quoting { special: *b"()[],", doubles: true, guards_null: false };

/// `(…,…)`.
pub(super) const COMPOSITE: Quoting =
    Quoting { special: [b'(', b')', b',', b'(', b')'], doubles: true, guards_null: false };

/// White space as the server's literals see it: vertical tab included, unlike Rust's ASCII rule.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

impl Quoting {
    fn is_needed(&self, value: &[u8]) -> bool {
        value.is_empty()
            || (self.guards_null && value.eq_ignore_ascii_case(b"null"))
            || value
                .iter()
                .any(|&byte| byte == b'"' || byte == b'\\' || is_space(byte) || self.special.contains(&byte))
    }

    /// Quotes `out[start..]` in place if the literal needs it.
    pub(super) fn apply(&self, out: &mut Vec<u8>, start: usize) {
        if !out.get(start..).is_some_and(|value| self.is_needed(value)) {
            return;
        }
        let value = out.split_off(start);
        out.push(b'"');
        for byte in value {
            if byte == b'"' || byte == b'\\' {
                out.push(if self.doubles { byte } else { b'\\' });
            }
            out.push(byte);
        }
        out.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(quoting: &Quoting, value: &str) -> String {
        let mut out = format!("x{value}").into_bytes();
        quoting.apply(&mut out, 1);
        String::from_utf8(out.split_off(1)).unwrap()
    }

    #[test]
    fn arrays_quote_with_backslashes() {
        let array = array(b',');
        assert_eq!(quoted(&array, "plain"), "plain");
        assert_eq!(quoted(&array, ""), "\"\"");
        assert_eq!(quoted(&array, "NuLL"), "\"NuLL\"");
        assert_eq!(quoted(&array, "a\"b\\c"), "\"a\\\"b\\\\c\"");
        assert_eq!(quoted(&array, "a;b"), "a;b");
        assert_eq!(quoted(&super::array(b';'), "a;b"), "\"a;b\"");
    }

    #[test]
    fn composites_and_ranges_double() {
        assert_eq!(quoted(&COMPOSITE, "a\"b\\c"), "\"a\"\"b\\\\c\"");
        assert_eq!(quoted(&COMPOSITE, "null"), "null");
        assert_eq!(quoted(&COMPOSITE, "[x"), "[x");
        assert_eq!(quoted(&RANGE, "[x"), "\"[x\"");
        assert_eq!(quoted(&RANGE, "a\u{b}b"), "\"a\u{b}b\"");
    }
}
