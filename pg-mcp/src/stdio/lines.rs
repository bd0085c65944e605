//! Lines of a byte stream, each of a bounded length. Separate from what the lines say.
//!
//! Invariant: whatever comes in, no more than the limit is kept, and a call that is dropped while it waits loses nothing.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A whole line, now in [`Lines::text`].
    Whole,
    /// A line longer than the limit began; it is skipped to its end.
    TooLong,
    /// The stream has ended.
    End,
}

/// Reads lines.
pub(crate) struct Lines<R> {
    reader: BufReader<R>,
    text: Vec<u8>,
    limit: usize,
    taken: bool,
    skipping: bool,
    ended: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Lines of `reader` up to `limit` bytes.
    pub(crate) fn new(reader: R, limit: usize) -> Self {
        let reader = BufReader::with_capacity(64 * 1024, reader);
        Self { reader, text: Vec::new(), limit, taken: false, skipping: false, ended: false }
    }

    /// The last line that was read, without its end.
    pub(crate) fn text(&self) -> &[u8] {
        self.text.strip_suffix(b"\r").unwrap_or(&self.text)
    }

    /// Reads the next line. What follows the last line end counts as a line too. May be dropped and called again.
    ///
    /// # Errors
    /// The stream's.
    pub(crate) async fn next(&mut self) -> io::Result<Line> {
        if self.taken {
            self.taken = false;
            self.text.clear();
            // One long line must not hold its memory for as long as the process lives.
            self.text.shrink_to(64 * 1024);
        }
        while !self.ended {
            let available = self.reader.fill_buf().await?;
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
            let too_long = self.text.len() + part.len() > self.limit;
            let was_skipping = self.skipping;
            self.ended = available.is_empty();
            if !self.skipping && !too_long {
                self.text.extend_from_slice(part);
            }
            let consumed = part.len() + usize::from(end.is_some());
            self.reader.consume(consumed);
            self.skipping = (self.skipping || too_long) && end.is_none();
            if too_long && !was_skipping {
                self.text = Vec::new();
                return Ok(Line::TooLong);
            }
            if end.is_some() && !was_skipping {
                self.taken = true;
                return Ok(Line::Whole);
            }
        }
        if self.text.is_empty() {
            return Ok(Line::End);
        }
        self.taken = true;
        Ok(Line::Whole)
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Lines};

    async fn read(text: &[u8], limit: usize) -> Vec<String> {
        let mut lines = Lines::new(text, limit);
        let mut found = Vec::new();
        loop {
            match lines.next().await.unwrap() {
                Line::Whole => found.push(String::from_utf8(lines.text().to_vec()).unwrap()),
                Line::TooLong => found.push("(too long)".to_owned()),
                Line::End => return found,
            }
        }
    }

    #[tokio::test]
    async fn a_line_ends_at_a_line_feed_a_return_before_it_or_the_end() {
        assert_eq!(read(b"a\nb\r\n\nlast", 10).await, ["a", "b", "", "last"]);
        assert_eq!(read(b"", 10).await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_told_once_and_skipped() {
        let mut text = vec![b'x'; 300_000];
        text.extend_from_slice(b"\nafter\n");
        assert_eq!(read(&text, 100_000).await, ["(too long)", "after"]);
        assert_eq!(read(&text[..200_000], 100_000).await, ["(too long)"]);
    }

    #[tokio::test]
    async fn a_line_of_the_limit_is_whole() {
        assert_eq!(read(b"12345\n123456\n1\n", 5).await, ["12345", "(too long)", "1"]);
    }
}
