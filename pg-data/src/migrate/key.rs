//! Keys of rows as one text: how they are told, and remembered in the target.
//!
//! Pure. Invariant: two keys never have one text, and a text is parted again into the key that it was made of.

/// The key of a row as a text: the value of one column as it is, of several as a JSON array, as `jsonb` is written.
pub(crate) fn key_text(key: &[Option<String>]) -> String {
    if let [Some(only)] = key {
        return only.clone();
    }
    let part = |part: &Option<String>| serde_json::Value::from(part.as_deref()).to_string();
    format!("[{}]", key.iter().map(part).collect::<Vec<_>>().join(", "))
}

/// The values of a key of so many columns; none for a text that is no such key, or has a NULL in it, which equals nothing.
pub(crate) fn parted(text: &str, columns: usize) -> Option<Vec<String>> {
    if columns == 1 {
        return Some(vec![text.to_owned()]);
    }
    let parts: Vec<String> = serde_json::from_str(text).ok()?;
    (parts.len() == columns && columns > 0).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_keys_have_one_text() {
        let text = |parts: &[Option<&str>]| {
            key_text(&parts.iter().map(|part| part.map(str::to_owned)).collect::<Vec<_>>())
        };
        assert_eq!(text(&[Some("a, b")]), "a, b");
        assert_eq!(text(&[Some("a, b"), Some("c")]), "[\"a, b\", \"c\"]");
        assert_ne!(text(&[Some("a, b"), Some("c")]), text(&[Some("a"), Some("b, c")]));
        assert_ne!(text(&[Some("a"), None]), text(&[Some("a"), Some("NULL")]));
        let odd = ["quote \" back \\", "\u{1}臺北\n"];
        assert_eq!(parted(&text(&odd.map(Some)), 2).unwrap(), odd);
        assert_eq!(parted("[1, 2]", 1).unwrap(), ["[1, 2]"]);
        assert_eq!(parted(&text(&[Some("a"), None]), 2), None);
    }
}
