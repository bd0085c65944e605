//! The server's own identifiers: row positions, log positions, snapshots.
//!
//! Separate from whole numbers because they are made of several.

use std::io::Write;

use super::integer;
use super::reader::Reader;
use crate::value::error::DecodeError;

pub(super) fn write_tid(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "tid");
    let block = reader.u32()?;
    let offset = reader.u16()?;
    reader.end()?;
    out.push(b'(');
    integer::push(block, out);
    out.push(b',');
    integer::push(offset, out);
    out.push(b')');
    Ok(())
}

pub(super) fn write_lsn(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "pg_lsn");
    let high = reader.u32()?;
    let low = reader.u32()?;
    reader.end()?;
    write!(out, "{high:X}/{low:X}").map_err(|_| reader.malformed())
}

pub(super) fn write_snapshot(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "pg_snapshot");
    let count = reader.count(8)?;
    integer::push(reader.u64()?, out);
    out.push(b':');
    integer::push(reader.u64()?, out);
    out.push(b':');
    for position in 0..count {
        if position > 0 {
            out.push(b',');
        }
        integer::push(reader.u64()?, out);
    }
    reader.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_read_as_the_server_prints_them() {
        let mut out = Vec::new();
        write_tid(&[0, 0, 0, 7, 0, 9], &mut out).unwrap();
        assert_eq!(out, b"(7,9)");
        out.clear();
        write_lsn(&[0, 0, 0, 0x16, 0xb3, 0x74, 0xd8, 0x48], &mut out).unwrap();
        assert_eq!(out, b"16/B374D848");
        out.clear();
        let mut raw = 1i32.to_be_bytes().to_vec();
        raw.extend([10u64, 20, 15].into_iter().flat_map(u64::to_be_bytes));
        write_snapshot(&raw, &mut out).unwrap();
        assert_eq!(out, b"10:20:15");
        assert!(write_snapshot(raw.get(..20).unwrap(), &mut out).is_err());
    }
}
