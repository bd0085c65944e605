//! How rows are written into an answer, as a caller asks for it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::row_encoder::Shape;

/// How rows are written into an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RowShape {
    /// An object by column name.
    #[default]
    Objects,
    /// An array in column order, which is shorter.
    Arrays,
    /// The same, and the text of the answer as a table with tabs, which is the shortest.
    Table,
    /// Not in the answer: all rows are kept as CSV at an address (`resource`) for some minutes.
    Resource,
}

impl FromStr for RowShape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "objects" => Ok(RowShape::Objects),
            "arrays" => Ok(RowShape::Arrays),
            "table" => Ok(RowShape::Table),
            "resource" => Ok(RowShape::Resource),
            other => Err(format!("`{other}` is not a row format: objects, arrays, table or resource")),
        }
    }
}

impl RowShape {
    pub(crate) fn shape(self) -> Shape {
        match self {
            RowShape::Objects => Shape::Objects,
            RowShape::Arrays | RowShape::Table | RowShape::Resource => Shape::Arrays,
        }
    }
}
