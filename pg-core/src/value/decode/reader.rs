//! Reads a binary form from its first byte to its last.
//!
//! Separate because it is the one place that touches untrusted bytes. Invariant: nothing is read past the
//! end, and a length or count that the bytes cannot hold is an error before anything is reserved for it.

use crate::value::error::DecodeError;

pub(super) struct Reader<'a> {
    rest: &'a [u8],
    expected: &'static str,
}

impl<'a> Reader<'a> {
    /// `expected` names the type in errors.
    pub(super) fn new(raw: &'a [u8], expected: &'static str) -> Self {
        Reader { rest: raw, expected }
    }

    pub(super) fn malformed(&self) -> DecodeError {
        DecodeError::Malformed { expected: self.expected }
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(u8::from_be_bytes)
    }

    pub(super) fn i16(&mut self) -> Result<i16, DecodeError> {
        self.array().map(i16::from_be_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, DecodeError> {
        self.array().map(i32::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn i64(&mut self) -> Result<i64, DecodeError> {
        self.array().map(i64::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_be_bytes)
    }

    pub(super) fn f32(&mut self) -> Result<f32, DecodeError> {
        self.array().map(f32::from_be_bytes)
    }

    pub(super) fn f64(&mut self) -> Result<f64, DecodeError> {
        self.array().map(f64::from_be_bytes)
    }

    /// A 32-bit count of items that take at least `size` bytes each.
    pub(super) fn count(&mut self, size: usize) -> Result<usize, DecodeError> {
        let count = usize::try_from(self.i32()?).map_err(|_| self.malformed())?;
        match count.checked_mul(size) {
            Some(bytes) if bytes <= self.rest.len() => Ok(count),
            _ => Err(DecodeError::Truncated),
        }
    }

    /// Bytes behind their 32-bit length; `None` for the length -1, which is NULL.
    pub(super) fn nullable(&mut self) -> Result<Option<&'a [u8]>, DecodeError> {
        match self.i32()? {
            -1 => Ok(None),
            length => {
                let length = usize::try_from(length).map_err(|_| self.malformed())?;
                self.take(length).map(Some)
            }
        }
    }

    /// Bytes behind their 32-bit length, where NULL cannot be.
    pub(super) fn sized(&mut self) -> Result<&'a [u8], DecodeError> {
        self.nullable()?.ok_or_else(|| self.malformed())
    }

    /// Bytes up to a NUL, which is taken too.
    pub(super) fn c_string(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.rest.iter().position(|&byte| byte == 0).ok_or(DecodeError::Truncated)?;
        let text = self.take(length)?;
        self.take(1)?;
        Ok(text)
    }

    /// Everything that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    /// How many bytes are left.
    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Succeeds when every byte has been read.
    pub(super) fn end(&self) -> Result<(), DecodeError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.malformed()) }
    }
}

/// Checks that bytes are UTF-8.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|_| DecodeError::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_larger_than_the_bytes_is_refused() {
        let mut reader = Reader::new(&[0x7f, 0xff, 0xff, 0xff, 1, 2, 3, 4], "test");
        assert_eq!(reader.count(4), Err(DecodeError::Truncated));
        let mut reader = Reader::new(&[0xff, 0xff, 0xff, 0xff], "test");
        assert_eq!(reader.count(0), Err(DecodeError::Malformed { expected: "test" }));
    }

    #[test]
    fn a_length_of_minus_one_is_null_and_of_minus_two_is_malformed() {
        assert_eq!(Reader::new(&[0xff; 4], "test").nullable(), Ok(None));
        let raw = (-2i32).to_be_bytes();
        assert!(matches!(Reader::new(&raw, "test").nullable(), Err(DecodeError::Malformed { .. })));
    }

    #[test]
    fn reading_past_the_end_is_truncated() {
        assert_eq!(Reader::new(&[1], "test").i16(), Err(DecodeError::Truncated));
        assert_eq!(Reader::new(b"abc", "test").c_string(), Err(DecodeError::Truncated));
    }
}
