//! serde over a TOML document, with errors that say where, which key, and what it takes.
//!
//! Separate because toml's own deserializer says a mistake in a sentence, with the value in it; here the parts stay apart, so
//! that a value that may be secret is not shown and the nearest key is. Invariant: every error that leaves has a position; a
//! string is shown only where its type handed it back as wrong ([`Error::invalid_value`]).

use std::fmt::{self, Display};
use std::ops::Range;

use serde::de::value::{StrDeserializer, StringDeserializer, U64Deserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::nearest::nearest;
use super::document::Document;
use super::error::ConfigurationError;
use super::located::LOCATED;

/// Reads a type out of a document's root.
pub(super) fn read<T: DeserializeOwned>(
    document: &Document,
    root: &DeTable<'_>,
) -> Result<T, ConfigurationError> {
    let table = Table { document, path: String::new(), table: root, span: 0..0 };
    T::deserialize(table).map_err(|mistake| match mistake {
        Mistake::Placed(error) => *error,
        Mistake::Open(open) => open.place(document, &(0..0), "", "", None),
    })
}

/// What is wrong, before and after it is known where.
#[derive(Debug)]
pub(super) enum Mistake {
    Placed(Box<ConfigurationError>),
    Open(Open),
}

/// What a type says is wrong.
#[derive(Debug)]
pub(super) enum Open {
    UnknownKey { key: String, known: &'static [&'static str] },
    Value { given: Option<String>, allowed: String },
    Other(String),
}

impl Open {
    fn place(
        self,
        document: &Document,
        span: &Range<usize>,
        section: &str,
        key: &str,
        found: Option<&str>,
    ) -> ConfigurationError {
        let at = document.position(span);
        let section = in_words(section);
        match self {
            Open::UnknownKey { key, known } => ConfigurationError::UnknownKey {
                at,
                nearest: nearest(&key, known.iter().copied()).map(str::to_owned),
                allowed: known.join(", "),
                key,
                section,
            },
            Open::Value { given, allowed } => ConfigurationError::InvalidValue {
                at,
                key: key.to_owned(),
                given: given.or_else(|| found.map(str::to_owned)).unwrap_or_else(|| "it".to_owned()),
                allowed,
            },
            Open::Other(problem) => {
                ConfigurationError::Conflict { place: format!("{at}, {section}"), problem }
            }
        }
    }
}

impl Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Mistake {}

impl Error for Mistake {
    fn custom<T: Display>(problem: T) -> Self {
        Mistake::Open(Open::Other(problem.to_string()))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Mistake::Open(Open::Value { given: None, allowed: expected.to_string() })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let given = match found {
            Unexpected::Str(text) => Some(format!("`{text}`")),
            Unexpected::Unsigned(number) => Some(number.to_string()),
            Unexpected::Signed(number) => Some(number.to_string()),
            Unexpected::Bool(flag) => Some(flag.to_string()),
            _ => None,
        };
        Mistake::Open(Open::Value { given, allowed: expected.to_string() })
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let allowed = match expected {
            [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
            all => all.join(", "),
        };
        Mistake::Open(Open::Value { given: Some(format!("`{variant}`")), allowed })
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Mistake::Open(Open::UnknownKey { key: field.to_owned(), known: expected })
    }

    fn missing_field(field: &'static str) -> Self {
        Mistake::Open(Open::Other(format!("the key `{field}` is missing")))
    }
}

fn in_words(path: &str) -> String {
    if path.is_empty() { "the file".to_owned() } else { format!("[{path}]") }
}

/// One table of the document.
struct Table<'d> {
    document: &'d Document,
    path: String,
    table: &'d DeTable<'d>,
    span: Range<usize>,
}

/// A value, the key it stands under, and the table that is in.
struct Node<'d> {
    document: &'d Document,
    path: String,
    key: &'d str,
    value: &'d Spanned<DeValue<'d>>,
}

impl<'d> Node<'d> {
    fn place(&self, mistake: Mistake) -> Mistake {
        match mistake {
            Mistake::Placed(error) => Mistake::Placed(error),
            Mistake::Open(open) => {
                let found = match self.value.get_ref() {
                    DeValue::Boolean(flag) => flag.to_string(),
                    other => format!("a value of type {}", other.type_str()),
                };
                let placed =
                    open.place(self.document, &self.value.span(), &self.path, self.key, Some(&found));
                Mistake::Placed(Box::new(placed))
            }
        }
    }

    fn wrong(&self, allowed: &str) -> Mistake {
        self.place(Mistake::Open(Open::Value { given: None, allowed: allowed.to_owned() }))
    }

    fn table(&self) -> Result<Table<'d>, Mistake> {
        let DeValue::Table(table) = self.value.get_ref() else { return Err(self.wrong("a table")) };
        let path =
            if self.path.is_empty() { self.key.to_owned() } else { format!("{}.{}", self.path, self.key) };
        Ok(Table { document: self.document, path, table, span: self.value.span() })
    }

    fn items(&self) -> Result<Items<'d>, Mistake> {
        let DeValue::Array(items) = self.value.get_ref() else { return Err(self.wrong("a list")) };
        Ok(Items { document: self.document, path: self.path.clone(), key: self.key, items: items.iter() })
    }

    fn integer<'de, V: Visitor<'de>>(&self, visitor: V) -> Option<Result<V::Value, Mistake>> {
        let number = self.value.get_ref().as_integer()?;
        if let Ok(number) = u64::from_str_radix(number.as_str(), number.radix()) {
            return Some(visitor.visit_u64(number));
        }
        Some(match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => visitor.visit_i64(number),
            Err(_) => visitor.visit_f64(f64::INFINITY),
        })
    }
}

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let visited = match self.value.get_ref() {
            DeValue::String(text) => visitor.visit_str(text),
            DeValue::Integer(_) => match self.integer(visitor) {
                Some(visited) => visited,
                None => return Err(self.wrong("a whole number")),
            },
            DeValue::Boolean(flag) => visitor.visit_bool(*flag),
            DeValue::Float(number) => match number.as_str().parse() {
                Ok(number) => visitor.visit_f64(number),
                Err(_) => return Err(self.wrong("a number")),
            },
            DeValue::Array(_) => visitor.visit_seq(self.items()?),
            DeValue::Table(_) => visitor.visit_map(self.table()?.entries()),
            DeValue::Datetime(moment) => visitor.visit_string(moment.to_string()),
        };
        visited.map_err(|mistake| self.place(mistake))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.value.get_ref() {
            DeValue::Boolean(flag) => visitor.visit_bool(*flag).map_err(|mistake| self.place(mistake)),
            // What should be yes or no is no secret.
            DeValue::String(text) => {
                let expected = "true or false";
                Err(self.place(Mistake::invalid_value(Unexpected::Str(text), &expected)))
            }
            _ => Err(self.wrong("true or false")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        if name == LOCATED {
            let at = self.document.position(&self.value.span());
            let file = at.file.display().to_string();
            let place = WithPlace { file: Some(file), numbers: vec![at.column, at.line], node: Some(self) };
            return visitor.visit_seq(place);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let items = self.items()?;
        visitor.visit_seq(items).map_err(|mistake| self.place(mistake))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let entries = self.table()?.entries();
        visitor.visit_map(entries).map_err(|mistake| self.place(mistake))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let visited = match self.value.get_ref() {
            DeValue::String(word) => {
                let word: StrDeserializer<'_, Mistake> = word.as_ref().into_deserializer();
                visitor.visit_enum(word)
            }
            DeValue::Table(_) => visitor.visit_enum(self.table()?.entries()),
            _ => return Err(self.wrong(&format!("one of {}", variants.join(", ")))),
        };
        visited.map_err(|mistake| self.place(mistake))
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple tuple_struct identifier ignored_any
    }
}

impl<'d> Table<'d> {
    /// The entries in the order of the document, so that the first mistake in it is the one that is told.
    fn entries(self) -> Entries<'d> {
        let mut entries: Vec<_> = self.table.iter().collect();
        entries.sort_by_key(|(key, _)| std::cmp::Reverse(key.span().start));
        Entries { document: self.document, path: self.path, open: entries, value: None }
    }
}

impl<'de> Deserializer<'de> for Table<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let (document, path, span) = (self.document, self.path.clone(), self.span.clone());
        visitor.visit_map(self.entries()).map_err(|mistake| match mistake {
            Mistake::Open(open) => Mistake::Placed(Box::new(open.place(document, &span, &path, &path, None))),
            placed => placed,
        })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

type KeyAndValue<'d> = (&'d Spanned<std::borrow::Cow<'d, str>>, &'d Spanned<DeValue<'d>>);

/// The entries of a table, the last one first.
struct Entries<'d> {
    document: &'d Document,
    path: String,
    open: Vec<KeyAndValue<'d>>,
    value: Option<KeyAndValue<'d>>,
}

impl<'d> Entries<'d> {
    fn key<'de, K: DeserializeSeed<'de>>(
        &self,
        seed: K,
        key: &Spanned<std::borrow::Cow<'d, str>>,
    ) -> Result<K::Value, Mistake> {
        let word: StrDeserializer<'_, Mistake> = key.get_ref().as_ref().into_deserializer();
        seed.deserialize(word).map_err(|mistake| match mistake {
            Mistake::Open(open) => {
                let placed = open.place(self.document, &key.span(), &self.path, key.get_ref(), None);
                Mistake::Placed(Box::new(placed))
            }
            placed => placed,
        })
    }

    fn node(&mut self) -> Result<Node<'d>, Mistake> {
        let (key, value) = self.value.take().ok_or_else(|| Mistake::custom("a key without a value"))?;
        Ok(Node { document: self.document, path: self.path.clone(), key: key.get_ref(), value })
    }
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        self.value = self.open.pop();
        self.value.map(|(key, _)| self.key(seed, key)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        seed.deserialize(self.node()?)
    }
}

/// A table of one entry stands for a variant with contents.
impl<'de, 'd> EnumAccess<'de> for Entries<'d> {
    type Error = Mistake;
    type Variant = Node<'d>;

    fn variant_seed<V: DeserializeSeed<'de>>(mut self, seed: V) -> Result<(V::Value, Node<'d>), Mistake> {
        self.value = self.open.pop();
        let (Some((key, _)), true) = (self.value, self.open.is_empty()) else {
            return Err(Mistake::custom("one key is expected here, with what belongs to it"));
        };
        let variant = self.key(seed, key)?;
        Ok((variant, self.node()?))
    }
}

impl<'de> VariantAccess<'de> for Node<'_> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        Err(self.wrong("the word alone"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mistake> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.deserialize_map(visitor)
    }
}

/// The items of a list.
struct Items<'d> {
    document: &'d Document,
    path: String,
    key: &'d str,
    items: std::slice::Iter<'d, Spanned<DeValue<'d>>>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        let Some(value) = self.items.next() else { return Ok(None) };
        let node = Node { document: self.document, path: self.path.clone(), key: self.key, value };
        seed.deserialize(node).map(Some)
    }
}

/// File, line, column and the value itself, for [`Located`](super::located::Located).
struct WithPlace<'d> {
    file: Option<String>,
    numbers: Vec<usize>,
    node: Option<Node<'d>>,
}

impl<'de> SeqAccess<'de> for WithPlace<'_> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        if let Some(file) = self.file.take() {
            let file: StringDeserializer<Mistake> = file.into_deserializer();
            return seed.deserialize(file).map(Some);
        }
        if let Some(number) = self.numbers.pop() {
            let number: U64Deserializer<Mistake> =
                u64::try_from(number).unwrap_or(u64::MAX).into_deserializer();
            return seed.deserialize(number).map(Some);
        }
        self.node.take().map(|node| seed.deserialize(node)).transpose()
    }
}
