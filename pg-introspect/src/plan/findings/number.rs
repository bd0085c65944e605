//! Numbers as sentences have them.

/// A count with thousands set apart, such as `1,234,567`.
pub(super) fn count(number: f64) -> String {
    let digits = format!("{:.0}", number.max(0.0));
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun, which takes an s unless the count is one.
pub(super) fn counted(number: f64, noun: &str) -> String {
    let plural = if number.round() == 1.0 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// A share of the whole in percent.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 99.95 || percent == 0.0 || (1.0..99.0).contains(&percent) {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}

/// A time in the unit that suits it.
pub(super) fn duration(milliseconds: f64) -> String {
    if milliseconds >= 10_000.0 {
        format!("{:.1} s", milliseconds / 1000.0)
    } else if milliseconds >= 10.0 {
        format!("{milliseconds:.0} ms")
    } else {
        format!("{milliseconds:.2} ms")
    }
}

/// Kilobytes in the unit that suits them.
pub(super) fn kilobytes(kilobytes: f64) -> String {
    if kilobytes >= 10_240.0 { format!("{:.0} MB", kilobytes / 1024.0) } else { format!("{kilobytes:.0} kB") }
}

#[cfg(test)]
mod tests {
    use super::{count, percent};

    #[test]
    fn sets_thousands_apart() {
        assert_eq!(count(0.0), "0");
        assert_eq!(count(999.0), "999");
        assert_eq!(count(1_234_567.0), "1,234,567");
    }

    #[test]
    fn shows_small_shares_with_a_digit_more() {
        assert_eq!(percent(0.001), "0.1 %");
        assert_eq!(percent(0.5), "50 %");
        assert_eq!(percent(0.994), "99.4 %");
        assert_eq!(percent(1.0), "100 %");
    }
}
