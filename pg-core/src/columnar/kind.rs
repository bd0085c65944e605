//! Which type of Arrow's a column becomes. What has no equal there that holds all its values becomes text.
//!
//! Source: Arrow columnar format, `Schema.fbs`; PostgreSQL documentation, "Data Types".

use arrow_schema::{DataType, Field, TimeUnit};
use postgres_types::{Kind as TypeKind, Type};

use crate::{ColumnCodec, session::Column};

/// Digits that `Decimal128` holds.
const MOST_DIGITS: i32 = 38;

/// How the bytes of a column are read.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Boolean,
    Int16,
    Int32,
    Int64,
    UInt32,
    Float32,
    Float64,
    Decimal { precision: u8, scale: i8 },
    Binary,
    Date,
    Time,
    Timestamp,
    TimestampUtc,
    Text(ColumnCodec),
    List(Box<Kind>),
}

impl Kind {
    /// The kind of a column of a result.
    pub(super) fn of(column: &Column) -> Self {
        match column.wire.kind() {
            TypeKind::Array(element) if column.wire.name().starts_with('_') => {
                match Self::scalar(element, column.modifier) {
                    Some(element) => Kind::List(Box::new(element)),
                    None => Kind::Text(column.codec.clone()),
                }
            }
            _ => Self::scalar(&column.wire, column.modifier)
                .unwrap_or_else(|| Kind::Text(column.codec.clone())),
        }
    }

    /// The kind of a type that is no array; none where its elements have no codec of their own.
    fn scalar(ty: &Type, modifier: i32) -> Option<Self> {
        if let TypeKind::Domain(base) = ty.kind() {
            return Self::scalar(base, modifier);
        }
        Some(match *ty {
            Type::BOOL => Kind::Boolean,
            Type::INT2 => Kind::Int16,
            Type::INT4 => Kind::Int32,
            Type::INT8 => Kind::Int64,
            Type::OID => Kind::UInt32,
            Type::FLOAT4 => Kind::Float32,
            Type::FLOAT8 => Kind::Float64,
            Type::NUMERIC if decimal(modifier).is_some() => decimal(modifier)?,
            Type::BYTEA => Kind::Binary,
            Type::DATE => Kind::Date,
            Type::TIME => Kind::Time,
            Type::TIMESTAMP => Kind::Timestamp,
            Type::TIMESTAMPTZ => Kind::TimestampUtc,
            _ => Kind::Text(ColumnCodec::for_type(ty)?),
        })
    }

    /// The type that it becomes.
    pub(super) fn data_type(&self) -> DataType {
        match self {
            Kind::Boolean => DataType::Boolean,
            Kind::Int16 => DataType::Int16,
            Kind::Int32 => DataType::Int32,
            Kind::Int64 => DataType::Int64,
            Kind::UInt32 => DataType::UInt32,
            Kind::Float32 => DataType::Float32,
            Kind::Float64 => DataType::Float64,
            Kind::Decimal { precision, scale } => DataType::Decimal128(*precision, *scale),
            Kind::Binary => DataType::Binary,
            Kind::Date => DataType::Date32,
            Kind::Time => DataType::Time64(TimeUnit::Microsecond),
            Kind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Kind::TimestampUtc => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Kind::Text(_) => DataType::Utf8,
            Kind::List(element) => DataType::List(Self::element_field(element).into()),
        }
    }

    /// The field of a list's elements.
    pub(super) fn element_field(element: &Kind) -> Field {
        Field::new("item", element.data_type(), true)
    }
}

/// `numeric(p, s)` as far as `Decimal128` goes. Source: PostgreSQL's `numeric.c`, "make_numeric_typmod".
fn decimal(modifier: i32) -> Option<Kind> {
    let packed = modifier.checked_sub(4).filter(|packed| *packed >= 0)?;
    let precision = (packed >> 16) & 0xffff;
    let scale = ((packed & 0x7ff) ^ 1024) - 1024;
    let fits = (1..=MOST_DIGITS).contains(&precision) && (0..=precision).contains(&scale);
    if !fits {
        return None;
    }
    Some(Kind::Decimal { precision: u8::try_from(precision).ok()?, scale: i8::try_from(scale).ok()? })
}
