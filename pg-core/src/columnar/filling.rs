//! The values of one column, gathered until they make an array.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, ListArray,
    builder::{
        BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float32Builder, Float64Builder,
        Int16Builder, Int32Builder, Int64Builder, StringBuilder, Time64MicrosecondBuilder,
        TimestampMicrosecondBuilder, UInt32Builder,
    },
};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer, ScalarBuffer};

use super::kind::Kind;
use crate::ColumnCodec;

/// Days and microseconds from 1970-01-01, Arrow's first day, to 2000-01-01, PostgreSQL's.
const DAYS: i32 = 10_957;
const MICROSECONDS: i64 = 946_684_800_000_000;
const DAY: i64 = 86_400_000_000;
/// Bytes in which values without a size of their own are counted.
const SMALL: usize = 8;

/// Values of one column.
pub(super) struct Filling {
    builder: Builder,
    kind: Kind,
}

enum Builder {
    Boolean(BooleanBuilder),
    Int16(Int16Builder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    UInt32(UInt32Builder),
    Float32(Float32Builder),
    Float64(Float64Builder),
    Decimal(Decimal128Builder),
    Binary(BinaryBuilder),
    Date(Date32Builder),
    Time(Time64MicrosecondBuilder),
    Timestamp(TimestampMicrosecondBuilder),
    Text(StringBuilder, Vec<u8>),
    List { ends: Vec<i32>, nulls: NullBufferBuilder, elements: Box<Filling> },
}

impl Filling {
    /// No values yet.
    pub(super) fn new(kind: Kind) -> Self {
        let builder = match &kind {
            Kind::Boolean => Builder::Boolean(BooleanBuilder::new()),
            Kind::Int16 => Builder::Int16(Int16Builder::new()),
            Kind::Int32 => Builder::Int32(Int32Builder::new()),
            Kind::Int64 => Builder::Int64(Int64Builder::new()),
            Kind::UInt32 => Builder::UInt32(UInt32Builder::new()),
            Kind::Float32 => Builder::Float32(Float32Builder::new()),
            Kind::Float64 => Builder::Float64(Float64Builder::new()),
            Kind::Decimal { .. } => {
                Builder::Decimal(Decimal128Builder::new().with_data_type(kind.data_type()))
            }
            Kind::Binary => Builder::Binary(BinaryBuilder::new()),
            Kind::Date => Builder::Date(Date32Builder::new()),
            Kind::Time => Builder::Time(Time64MicrosecondBuilder::new()),
            Kind::Timestamp | Kind::TimestampUtc => {
                Builder::Timestamp(TimestampMicrosecondBuilder::new().with_data_type(kind.data_type()))
            }
            Kind::Text(_) => Builder::Text(StringBuilder::new(), Vec::new()),
            Kind::List(element) => Builder::List {
                ends: vec![0],
                nulls: NullBufferBuilder::new(0),
                elements: Box::new(Filling::new((**element).clone())),
            },
        };
        Self { builder, kind }
    }

    /// Adds a value as the server sent it; gives about how many bytes it takes.
    ///
    /// # Errors
    /// Why it cannot be written, in words that follow the column's name.
    pub(super) fn push(&mut self, value: Option<&[u8]>) -> Result<usize, String> {
        match &mut self.builder {
            Builder::Boolean(builder) => {
                builder.append_option(value.map(fixed::<1>).transpose()?.map(|[byte]| byte != 0));
            }
            Builder::Int16(builder) => builder.append_option(read(value, i16::from_be_bytes)?),
            Builder::Int32(builder) => builder.append_option(read(value, i32::from_be_bytes)?),
            Builder::Int64(builder) => builder.append_option(read(value, i64::from_be_bytes)?),
            Builder::UInt32(builder) => builder.append_option(read(value, u32::from_be_bytes)?),
            Builder::Float32(builder) => builder.append_option(read(value, f32::from_be_bytes)?),
            Builder::Float64(builder) => builder.append_option(read(value, f64::from_be_bytes)?),
            Builder::Decimal(builder) => {
                let Kind::Decimal { scale, .. } = self.kind else { return Err(malformed()) };
                builder.append_option(value.map(|value| decimal(value, scale)).transpose()?);
            }
            Builder::Binary(builder) => builder.append_option(value),
            Builder::Date(builder) => {
                let days = read(value, i32::from_be_bytes)?;
                builder.append_option(days.map(date).transpose()?);
            }
            Builder::Time(builder) => {
                let time = read(value, i64::from_be_bytes)?;
                if time == Some(DAY) {
                    return Err(no_place("24:00:00"));
                }
                builder.append_option(time);
            }
            Builder::Timestamp(builder) => {
                let time = read(value, i64::from_be_bytes)?;
                builder.append_option(time.map(timestamp).transpose()?);
            }
            Builder::Text(builder, text) => {
                let Kind::Text(codec) = &self.kind else { return Err(malformed()) };
                builder.append_option(written(codec, value, text)?);
            }
            Builder::List { ends, nulls, elements } => {
                match value {
                    Some(array) => {
                        list(array, elements)?;
                        nulls.append_non_null();
                    }
                    None => nulls.append_null(),
                }
                ends.push(i32::try_from(elements.len()).map_err(|_| "it has too many elements".to_owned())?);
            }
        }
        Ok(SMALL + value.map_or(0, <[u8]>::len))
    }

    fn len(&self) -> usize {
        use arrow_array::builder::ArrayBuilder;

        match &self.builder {
            Builder::Boolean(builder) => builder.len(),
            Builder::Int16(builder) => builder.len(),
            Builder::Int32(builder) => builder.len(),
            Builder::Int64(builder) => builder.len(),
            Builder::UInt32(builder) => builder.len(),
            Builder::Float32(builder) => builder.len(),
            Builder::Float64(builder) => builder.len(),
            Builder::Decimal(builder) => builder.len(),
            Builder::Binary(builder) => builder.len(),
            Builder::Date(builder) => builder.len(),
            Builder::Time(builder) => builder.len(),
            Builder::Timestamp(builder) => builder.len(),
            Builder::Text(builder, _) => builder.len(),
            Builder::List { ends, .. } => ends.len() - 1,
        }
    }

    /// The values as an array; none are left.
    ///
    /// # Errors
    /// What the array's own checks say.
    pub(super) fn finish(&mut self) -> Result<ArrayRef, String> {
        Ok(match &mut self.builder {
            Builder::Boolean(builder) => Arc::new(builder.finish()),
            Builder::Int16(builder) => Arc::new(builder.finish()),
            Builder::Int32(builder) => Arc::new(builder.finish()),
            Builder::Int64(builder) => Arc::new(builder.finish()),
            Builder::UInt32(builder) => Arc::new(builder.finish()),
            Builder::Float32(builder) => Arc::new(builder.finish()),
            Builder::Float64(builder) => Arc::new(builder.finish()),
            Builder::Decimal(builder) => Arc::new(builder.finish()),
            Builder::Binary(builder) => Arc::new(builder.finish()),
            Builder::Date(builder) => Arc::new(builder.finish()),
            Builder::Time(builder) => Arc::new(builder.finish()),
            Builder::Timestamp(builder) => Arc::new(builder.finish()),
            Builder::Text(builder, _) => Arc::new(builder.finish()),
            Builder::List { ends, nulls, elements } => {
                let ends = std::mem::replace(ends, vec![0]);
                let field = Arc::new(Kind::element_field(&elements.kind));
                let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
                let array = ListArray::try_new(field, offsets, elements.finish()?, nulls.finish());
                Arc::new(array.map_err(|error| error.to_string())?)
            }
        })
    }
}

fn fixed<const N: usize>(value: &[u8]) -> Result<[u8; N], String> {
    value.try_into().map_err(|_| malformed())
}

fn read<T, const N: usize>(value: Option<&[u8]>, from: impl Fn([u8; N]) -> T) -> Result<Option<T>, String> {
    value.map(|value| fixed(value).map(from)).transpose()
}

fn malformed() -> String {
    "the server sent bytes that are no value of its type".to_owned()
}

fn no_place(value: &str) -> String {
    format!("`{value}` has no place in the column's Arrow type; cast the column to text")
}

fn date(days: i32) -> Result<i32, String> {
    match days {
        i32::MAX => Err(no_place("infinity")),
        i32::MIN => Err(no_place("-infinity")),
        days => days.checked_add(DAYS).ok_or_else(|| no_place("a date so late")),
    }
}

fn timestamp(microseconds: i64) -> Result<i64, String> {
    match microseconds {
        i64::MAX => Err(no_place("infinity")),
        i64::MIN => Err(no_place("-infinity")),
        time => time.checked_add(MICROSECONDS).ok_or_else(|| no_place("a time so late")),
    }
}

/// The digits of a `numeric(p, s)`, counted in its last place. Source: PostgreSQL's `numeric_send`.
fn decimal(value: &[u8], scale: i8) -> Result<i128, String> {
    let word = |at: usize| {
        let bytes = value.get(at * 2..at * 2 + 2).ok_or_else(malformed)?;
        fixed(bytes).map(i16::from_be_bytes)
    };
    let (digits, weight, sign) = (word(0)?, word(1)?, word(2)?);
    match u16::from_be_bytes(sign.to_be_bytes()) {
        0x0000 | 0x4000 => {}
        0xc000 => return Err(no_place("NaN")),
        _ => return Err(no_place("Infinity")),
    }
    let mut sum: i128 = 0;
    for (index, at) in (0..digits).zip(4..) {
        // Each digit is one of base 10,000.
        let exponent = i32::from(weight - index) * 4 + i32::from(scale);
        let digit = i128::from(word(at)?);
        let power = 10_i128.checked_pow(exponent.unsigned_abs());
        let part = match power {
            Some(power) if exponent >= 0 => digit.checked_mul(power),
            // Past the scale there are zeros only.
            Some(power) if digit % power == 0 => Some(digit / power),
            _ => None,
        };
        sum = part.and_then(|part| sum.checked_add(part)).ok_or_else(malformed)?;
    }
    Ok(if sign == 0 { sum } else { -sum })
}

fn written<'a>(
    codec: &ColumnCodec,
    value: Option<&[u8]>,
    text: &'a mut Vec<u8>,
) -> Result<Option<&'a str>, String> {
    text.clear();
    if !codec.write_text(value, text).map_err(|error| format!("it could not be decoded: {error}"))? {
        return Ok(None);
    }
    std::str::from_utf8(text).map(Some).map_err(|_| "it is no UTF-8".to_owned())
}

/// Adds the elements of an array. Source: PostgreSQL's `array_send`.
fn list(array: &[u8], elements: &mut Filling) -> Result<(), String> {
    let mut at = 0;
    let mut number = || -> Result<i32, String> {
        let bytes = array.get(at..at + 4).ok_or_else(malformed)?;
        at += 4;
        fixed(bytes).map(i32::from_be_bytes)
    };
    let (dimensions, _has_nulls, _element) = (number()?, number()?, number()?);
    if dimensions == 0 {
        return Ok(());
    }
    let (length, lower) = (number()?, number()?);
    if dimensions > 1 || lower != 1 {
        let what = if dimensions > 1 { "of several dimensions" } else { "that does not begin at 1" };
        return Err(format!("an array {what} has no place in an Arrow list; cast the column to text"));
    }
    for _ in 0..length {
        let size = array.get(at..at + 4).ok_or_else(malformed)?;
        at += 4;
        let value = match usize::try_from(i32::from_be_bytes(fixed(size)?)) {
            Ok(size) => {
                let value = array.get(at..at + size).ok_or_else(malformed)?;
                at += size;
                Some(value)
            }
            Err(_) => None,
        };
        elements.push(value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numeric(digits: &[i16], weight: i16, sign: u16) -> Vec<u8> {
        let count = i16::try_from(digits.len()).unwrap();
        let words = [count, weight, i16::from_be_bytes(sign.to_be_bytes()), 2];
        words.iter().chain(digits).flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn decimals_are_counted_in_their_last_place() {
        assert_eq!(decimal(&numeric(&[12, 3400], 0, 0), 2), Ok(1234));
        assert_eq!(decimal(&numeric(&[5], 1, 0x4000), 2), Ok(-5_000_000));
        assert_eq!(decimal(&numeric(&[], 0, 0), 2), Ok(0));
        assert!(decimal(&numeric(&[], 0, 0xc000), 2).unwrap_err().contains("NaN"));
        assert!(decimal(&numeric(&[], 0, 0xd000), 2).unwrap_err().contains("Infinity"));
        assert!(decimal(&numeric(&[1], 99, 0), 2).is_err());
        assert!(decimal(&[0, 9], 2).is_err());
    }

    #[test]
    fn what_has_no_place_is_an_error() {
        assert_eq!(date(0), Ok(DAYS));
        assert!(date(i32::MAX).unwrap_err().contains("infinity"));
        assert!(timestamp(i64::MIN).unwrap_err().contains("-infinity"));
        assert!(timestamp(i64::MAX - 1).is_err());
        let mut times = Filling::new(Kind::Time);
        assert!(times.push(Some(&DAY.to_be_bytes())).unwrap_err().contains("24:00:00"));
        assert!(times.push(Some(&[1])).is_err());
    }
}
