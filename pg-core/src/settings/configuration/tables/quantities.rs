//! Values of keys that are less than every number or every string.
//!
//! Separate so that a range is written once and is both checked and in the JSON Schema. Invariant: a mistake says the range,
//! or what the words may be.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use super::super::super::secret::Secret;

/// The most that fits the server's time-outs: a signed 32 bit number of milliseconds.
const MOST_MILLISECONDS: u64 = i32::MAX.unsigned_abs() as u64;

/// The longest answer or statement, in bytes: what fits one message of the protocol.
const MOST_BYTES: u64 = 1 << 30;

/// The most backends in a pool: PostgreSQL's own limit of connections.
const MOST_BACKENDS: u64 = 262_143;

/// Milliseconds of a time-out.
pub(in super::super) type Milliseconds = Count<MOST_MILLISECONDS>;
/// Milliseconds that an open transaction may be left alone: the server ends a session that idles in one for longer.
pub(in super::super) type Lease = Count<300_000>;
/// Bytes of an answer or a statement.
pub(in super::super) type Bytes = Count<MOST_BYTES>;
/// Backends of a pool.
pub(in super::super) type Backends = Count<MOST_BACKENDS>;
/// Rows of an answer.
pub(in super::super) type Rows = Count<{ u32::MAX as u64 }>;

/// A whole number from 1 up to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Count<const MOST: u64>(u64);

impl<const MOST: u64> Count<MOST> {
    /// The number.
    pub(in super::super) fn get(self) -> u64 {
        self.0
    }
}

impl<'de, const MOST: u64> Deserialize<'de> for Count<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(CountVisitor::<MOST>)
    }
}

struct CountVisitor<const MOST: u64>;

impl<const MOST: u64> Visitor<'_> for CountVisitor<MOST> {
    type Value = Count<MOST>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from 1 to {MOST}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        if (1..=MOST).contains(&number) {
            Ok(Count(number))
        } else {
            Err(E::invalid_value(Unexpected::Unsigned(number), &self))
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Err(E::invalid_value(Unexpected::Signed(number), &self))
    }

    // What should be a number is no secret.
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Err(E::invalid_value(Unexpected::Str(text), &self))
    }
}

#[cfg(feature = "schema")]
impl<const MOST: u64> schemars::JsonSchema for Count<MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("CountTo{MOST}").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": MOST })
    }
}

/// A string, whole number or boolean as text; booleans as libpq's 1 and 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Scalar(pub(in super::super) String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a whole number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar(text.to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar(number.to_string()))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Scalar, E> {
        Ok(Scalar(if flag { "1" } else { "0" }.to_owned()))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Scalar {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "integer", "boolean"] })
    }
}

/// A name that its own type checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Checked<T>(pub(in super::super) T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Checked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name<T>(PhantomData<T>);

        impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Name<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name in quotes")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
                text.parse().map_err(|error: T::Err| {
                    E::invalid_value(Unexpected::Str(text), &error.to_string().as_str())
                })
            }
        }

        deserializer.deserialize_str(Name(PhantomData)).map(Checked)
    }
}

#[cfg(feature = "schema")]
impl<T> schemars::JsonSchema for Checked<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

/// A string that may hold a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Hidden(pub(in super::super) Secret);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Hidden(Secret::new(text)))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Hidden {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hidden".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

/// What is read from its words, with the words for what is allowed as its error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Parsed<T>(pub(in super::super) T);

impl<'de, T: FromStr<Err = &'static str>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words<T>(PhantomData<T>);

        impl<T: FromStr<Err = &'static str>> Visitor<'_> for Words<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
                text.parse().map_err(|allowed| E::invalid_value(Unexpected::Str(text), &allowed))
            }
        }

        deserializer.deserialize_str(Words(PhantomData)).map(Parsed)
    }
}

#[cfg(feature = "schema")]
impl<T> schemars::JsonSchema for Parsed<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Words".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}
