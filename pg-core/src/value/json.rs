//! Writing JSON strings straight into the output buffer.
//!
//! Separate because column values, their keys and the encoders of whole rows all need the same escaping.
//! Invariant: what is written is a valid JSON string.

const HEX: [u8; 16] = *b"0123456789abcdef";

const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Appends `text` as a JSON string, with its quotes.
pub fn write_json_string(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    write_escaped(text.as_bytes(), out);
    out.push(b'"');
}

/// Turns `out[start..]`, which is UTF-8 text, into a JSON string in place.
pub(super) fn quote_tail(out: &mut Vec<u8>, start: usize) {
    let tail = out.split_off(start);
    out.push(b'"');
    write_escaped(&tail, out);
    out.push(b'"');
}

fn write_escaped(bytes: &[u8], out: &mut Vec<u8>) {
    // Without an early exit the compiler scans many bytes at once; most strings need no escape at all.
    if !bytes.iter().fold(false, |found, &byte| found | needs_escape(byte)) {
        out.extend_from_slice(bytes);
        return;
    }
    for piece in bytes.split_inclusive(|&byte| needs_escape(byte)) {
        match piece.split_last() {
            Some((&last, before)) if needs_escape(last) => {
                out.extend_from_slice(before);
                write_escape(last, out);
            }
            _ => out.extend_from_slice(piece),
        }
    }
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        0x08 => out.extend_from_slice(b"\\b"),
        0x0c => out.extend_from_slice(b"\\f"),
        other => {
            out.extend_from_slice(b"\\u00");
            out.extend(hex_digits(other));
        }
    }
}

/// The two lower-case hexadecimal digits of a byte.
pub(super) fn hex_digits(byte: u8) -> [u8; 2] {
    let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
    [digit(byte >> 4), digit(byte & 0xf)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_string_reads_back_from_its_json(text in any::<String>()) {
            let mut out = Vec::new();
            write_json_string(&text, &mut out);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text.clone());
            let mut tail = format!("[{text}").into_bytes();
            quote_tail(&mut tail, 1);
            prop_assert_eq!(&tail[1..], &out[..]);
        }
    }

    #[test]
    fn escapes_every_control_character() {
        for byte in 0u8..0x20 {
            let text = String::from(char::from(byte));
            let mut out = Vec::new();
            write_json_string(&text, &mut out);
            assert!(out.iter().all(|&byte| byte >= 0x20), "{byte}");
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
