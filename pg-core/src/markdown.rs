//! Tables of Markdown. Source: GitHub Flavored Markdown, "Tables".
//!
//! Invariant: whatever a value holds, it stays in its cell, and no value is read as HTML.

/// The two lines that a table begins with; nothing where there are no columns.
#[must_use]
pub fn markdown_header<'a>(names: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let (mut out, mut rule) = (vec![b'|'], vec![b'|']);
    for name in names {
        markdown_cell(Some(name.as_bytes()), &mut out);
        rule.extend_from_slice(b" --- |");
    }
    if out.len() == 1 {
        return Vec::new();
    }
    out.push(b'\n');
    out.append(&mut rule);
    out.push(b'\n');
    out
}

/// Appends a cell, behind the line that it begins with.
pub fn markdown_cell(value: Option<&[u8]>, out: &mut Vec<u8>) {
    out.push(b' ');
    let mut bytes = value.unwrap_or(b"NULL").iter().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'|' | b'\\' | b'<' | b'`' => out.extend_from_slice(&[b'\\', *byte]),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'\r' if bytes.peek() == Some(&&b'\n') => {}
            b'\n' | b'\r' => out.extend_from_slice(b"<br>"),
            other => out.push(*other),
        }
    }
    out.extend_from_slice(b" |");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_in_its_cell() {
        let mut out = markdown_header(["a", "b|c"].into_iter());
        out.push(b'|');
        markdown_cell(Some("x|\\y\r\nz <b>&".as_bytes()), &mut out);
        markdown_cell(None, &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "| a | b\\|c |\n| --- | --- |\n| x\\|\\\\y<br>z \\<b>&amp; | NULL |"
        );
    }
}
