//! Names of what a statement uses: relations, functions, operators, types.
//!
//! Separate because the walk makes them, the rules judge them and the executor looks them up.
//! Invariant: a name is what the server's grammar made of the text: unquoted names are folded to lower
//! case and escapes are resolved, so names are compared byte by byte.

use std::fmt;
use std::str::FromStr;

/// A relation as the statement names it, without looking at the search path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationName {
    /// The schema, where the statement names one.
    pub schema: Option<String>,
    /// The relation's own name.
    pub name: String,
}

/// A column of a relation, as a policy lists it: `schema.table.column`, or `table.column` in any schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnName {
    /// The schema; `None` for any.
    pub schema: Option<String>,
    /// The relation's own name.
    pub relation: String,
    /// The column's.
    pub column: String,
}

impl ColumnName {
    /// A column of the relations with a name, in any schema.
    pub fn new(relation: impl Into<String>, column: impl Into<String>) -> ColumnName {
        ColumnName { schema: None, relation: relation.into(), column: column.into() }
    }

    /// Whether it is a column of this relation; where a schema is not known, it may be.
    pub(crate) fn is_of(&self, relation: &RelationName) -> bool {
        let schema = match (&self.schema, &relation.schema) {
            (Some(listed), Some(named)) => listed == named,
            _ => true,
        };
        schema && self.relation == relation.name
    }
}

/// A name that is neither `schema.table.column` nor `table.column`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` names no column; write schema.table.column or table.column")]
pub struct UnknownColumnName {
    name: String,
}

impl FromStr for ColumnName {
    type Err = UnknownColumnName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = name.split('.').collect();
        match words.as_slice() {
            _ if words.iter().any(|word| word.is_empty()) => {}
            [relation, column] => return Ok(ColumnName::new(*relation, *column)),
            [schema, relation, column] => {
                let schema = Some((*schema).to_owned());
                return Ok(ColumnName { schema, ..ColumnName::new(*relation, *column) });
            }
            _ => {}
        }
        Err(UnknownColumnName { name: name.to_owned() })
    }
}

/// A setting that a policy may hand to callers: one that no verdict and no limit rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SettingName(String);

impl SettingName {
    /// The name, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

/// A setting that no policy can hand to a caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the setting `{name}` cannot be handed to callers: verdicts or limits rest on it")]
pub struct ReservedSetting {
    name: String,
}

impl FromStr for SettingName {
    type Err = ReservedSetting;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let name = name.to_ascii_lowercase();
        if name.is_empty() || crate::rules::RESERVED_SETTINGS.contains(&name.as_str()) {
            return Err(ReservedSetting { name });
        }
        Ok(SettingName(name))
    }
}

/// A function, procedure, aggregate or window function as the statement names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionName {
    /// The schema, where the statement names one.
    pub schema: Option<String>,
    /// The function's own name.
    pub name: String,
}

/// An operator as the statement names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorName {
    /// The schema of `OPERATOR(schema.symbol)`, where the statement names one.
    pub schema: Option<String>,
    /// The operator's characters, for example `<=>`.
    pub symbol: String,
}

/// A type as the statement names it, without its modifiers and array bounds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataType {
    /// The schema, where the statement names one.
    pub schema: Option<String>,
    /// The type's own name.
    pub name: String,
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        qualified(f, self.schema.as_deref(), &self.name)
    }
}

impl fmt::Display for RelationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        qualified(f, self.schema.as_deref(), &self.name)
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        qualified(f, self.schema.as_deref(), &self.name)
    }
}

impl fmt::Display for OperatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        qualified(f, self.schema.as_deref(), &self.symbol)
    }
}

fn qualified(f: &mut fmt::Formatter<'_>, schema: Option<&str>, name: &str) -> fmt::Result {
    match schema {
        Some(schema) => write!(f, "{schema}.{name}"),
        None => f.write_str(name),
    }
}
