//! A record of CSV parted into its fields.
//!
//! Source: PostgreSQL documentation, COPY, "CSV Format": a quote may open anywhere in a field, and two of them inside of
//! quotes are one.

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its text, without quotes.
    pub text: String,
    /// Whether it had quotes: then it is never NULL.
    pub quoted: bool,
}

/// Parts a record.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn part(record: &[u8], delimiter: u8) -> Result<Vec<Field>, String> {
    let mut fields = Vec::new();
    let mut text: Vec<u8> = Vec::new();
    let (mut quoted, mut open) = (false, false);
    let mut bytes = record.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if open && bytes.peek() == Some(&b'"') => {
                text.push(b'"');
                bytes.next();
            }
            b'"' => {
                open = !open;
                quoted = true;
            }
            _ if byte == delimiter && !open => fields.push(field(&mut text, &mut quoted)?),
            _ => text.push(byte),
        }
    }
    if open {
        return Err("a quote is left open".to_owned());
    }
    fields.push(field(&mut text, &mut quoted)?);
    Ok(fields)
}

fn field(text: &mut Vec<u8>, quoted: &mut bool) -> Result<Field, String> {
    let text = String::from_utf8(std::mem::take(text)).map_err(|_| "it is not UTF-8".to_owned())?;
    Ok(Field { text, quoted: std::mem::take(quoted) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(record: &str) -> Vec<(String, bool)> {
        let fields = part(record.as_bytes(), b',').unwrap();
        fields.into_iter().map(|field| (field.text, field.quoted)).collect()
    }

    #[test]
    fn quotes_protect_and_double() {
        let expected = [("a", false), ("b,c", true), ("", true), ("", false), ("5\" x", true)];
        let expected: Vec<(String, bool)> = expected.map(|(text, quoted)| (text.to_owned(), quoted)).into();
        assert_eq!(parted("a,\"b,c\",\"\",,5\"\"\"\" x"), expected);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(part(b"a,\"b", b',').unwrap_err(), "a quote is left open");
        assert_eq!(part(b"a,\xff", b',').unwrap_err(), "it is not UTF-8");
    }
}
