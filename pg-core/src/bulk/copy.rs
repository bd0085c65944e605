//! Rows as the lines of `COPY … FROM STDIN (FORMAT text)`.
//!
//! Source: PostgreSQL documentation, COPY, "Text Format".

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use futures_util::SinkExt;
use tokio_postgres::{Client, Statement};

use super::Row;

/// Bytes that are sent at once.
const PIECE: usize = 64 << 10;

/// Sends a chunk as one COPY, and gives how many rows it filled.
#[expect(clippy::disallowed_methods, reason = "the statement was prepared from vetted text")]
pub(super) async fn send(
    client: &Client,
    copy: &Statement,
    chunk: &[Row],
) -> Result<u64, tokio_postgres::Error> {
    let mut sink = pin!(client.copy_in::<_, Bytes>(copy).await?);
    let mut lines = BytesMut::with_capacity(PIECE + 4096);
    for row in chunk {
        for (column, parameter) in row.parameters.iter().enumerate() {
            if column > 0 {
                lines.extend_from_slice(b"\t");
            }
            match parameter.text() {
                Some(text) => write_field(text.as_bytes(), &mut lines),
                None => write_null(&mut lines),
            }
        }
        lines.extend_from_slice(b"\n");
        if lines.len() >= PIECE {
            sink.feed(lines.split().freeze()).await?;
        }
    }
    sink.feed(lines.freeze()).await?;
    sink.finish().await
}

/// Appends a value with its escapes.
pub(crate) fn write_field(value: &[u8], out: &mut BytesMut) {
    let mut plain = 0;
    for (at, byte) in value.iter().enumerate() {
        let escaped: &[u8; 2] = match byte {
            b'\\' => b"\\\\",
            b'\t' => b"\\t",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            _ => continue,
        };
        out.extend_from_slice(value.get(plain..at).unwrap_or_default());
        out.extend_from_slice(escaped);
        plain = at + 1;
    }
    out.extend_from_slice(value.get(plain..).unwrap_or_default());
}

/// Appends NULL.
pub(crate) fn write_null(out: &mut BytesMut) {
    out.extend_from_slice(b"\\N");
}

/// The place in the chunk, counted from 0, of the line that the server was at when it failed. A message that is translated
/// says it in other words: then it is not known, and the chunk is halved instead.
pub(super) fn failed_line(error: &tokio_postgres::Error) -> Option<usize> {
    line_in(error.as_db_error()?.where_()?)
}

fn line_in(context: &str) -> Option<usize> {
    // The innermost context comes first: a COPY inside of a trigger's function stands before ours.
    let ours = context.lines().rfind(|line| line.starts_with("COPY "))?;
    let (_, behind) = ours.rsplit_once(", line ").filter(|(name, _)| !name.contains(": \""))?;
    let digits = behind.split(|character: char| !character.is_ascii_digit()).next()?;
    digits.parse::<usize>().ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_copy_escapes() {
        let mut out = BytesMut::new();
        write_field(b"a\tb\\c\nd\r\\.", &mut out);
        assert_eq!(&out[..], b"a\\tb\\\\c\\nd\\r\\\\.");
    }

    #[test]
    fn reads_the_line_out_of_the_context() {
        assert_eq!(line_in("COPY items, line 3, column price: \"x\""), Some(2));
        assert_eq!(line_in("SQL statement\nPL/pgSQL function f()\nCOPY items, line 12: \"1\t2\""), Some(11));
        assert_eq!(line_in("COPY items, line 3: \", line 9\""), None);
        assert_eq!(line_in("SQL statement \"SELECT 1\""), None);
        assert_eq!(line_in("COPY items, Zeile 3"), None);
    }
}
