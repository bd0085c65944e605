//! Names of what a statement uses: relations, functions, operators, types.
//!
//! Separate because the walk makes them, the rules judge them and the executor looks them up.
//! Invariant: a name is what the server's grammar made of the text: unquoted names are folded to lower
//! case and escapes are resolved, so names are compared byte by byte.

use std::fmt;

/// A relation as the statement names it, without looking at the search path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationName {
    /// The schema, where the statement names one.
    pub schema: Option<String>,
    /// The relation's own name.
    pub name: String,
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
pub struct TypeName {
    /// The schema, where the statement names one.
    pub schema: Option<String>,
    /// The type's own name.
    pub name: String,
}

impl fmt::Display for TypeName {
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
