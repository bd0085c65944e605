//! The names of a row type's fields, asked of the type itself: what a test compares with the columns of its query.
//!
//! Separate because it has to do with serde and not with catalogs. Invariant: nothing is read but the type.

use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor, value::Error};
use serde::forward_to_deserialize_any;

/// The names under which a struct is read; none for what is not a struct.
pub(crate) fn fields<Row: DeserializeOwned>() -> &'static [&'static str] {
    let mut found: &'static [&'static str] = &[];
    // It fails always: what was wanted is what it asked for.
    let _ = Row::deserialize(Asked { found: &mut found });
    found
}

struct Asked<'a> {
    found: &'a mut &'static [&'static str],
}

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("only a struct has fields"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        *self.found = fields;
        Err(Error::custom("the fields are known"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "only its fields' names are asked for")]
    struct Row {
        name: String,
        #[serde(rename = "constraint")]
        of: Option<i64>,
    }

    #[test]
    fn finds_names_as_they_are_read() {
        assert_eq!(fields::<Row>(), ["name", "constraint"]);
        assert!(fields::<Vec<Row>>().is_empty());
    }
}
