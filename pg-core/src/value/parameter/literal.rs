//! Quoting of inner values in array, range and composite literals.
//!
//! Separate because the three differ in one character: arrays escape with a backslash, the others double.

/// Appends `text` for an array literal, in quotes unless it is a plain word or number.
pub(super) fn push_array_element(text: &str, out: &mut String) {
    let is_plain = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'+'))
        && !text.eq_ignore_ascii_case("null");
    if is_plain {
        out.push_str(text);
        return;
    }
    push_quoted(text, |_| '\\', out);
}

/// Appends `text` in quotes for a composite or a range literal.
pub(super) fn push_field(text: &str, out: &mut String) {
    push_quoted(text, |special| special, out);
}

/// Appends `text` in quotes, with `escape` before each quote and backslash.
fn push_quoted(text: &str, escape: impl Fn(char) -> char, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push(escape(character));
        }
        out.push(character);
    }
    out.push('"');
}
