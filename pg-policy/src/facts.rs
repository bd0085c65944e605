//! What the catalog knows about functions and operators, as far as a verdict depends on it.
//!
//! Separate because this is the one door through which knowledge of a database comes into a crate that
//! does no I/O. Invariant: `None` means "not known" and is never taken for "harmless".

use std::fmt::Debug;
use std::sync::Arc;

use crate::mask::MaskFacts;

/// How a function may behave, in PostgreSQL's own three classes, from the tamest to the wildest.
///
/// See "Function Volatility Categories" in the PostgreSQL documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Volatility {
    /// Cannot change the database and depends on its arguments only.
    Immutable,
    /// Cannot change the database.
    Stable,
    /// Can do anything.
    Volatile,
}

/// What the catalog says of one overload of a function, or of the function behind an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionFacts {
    /// The schema that holds it.
    pub schema: String,
    /// Its volatility (`pg_proc.provolatile`).
    pub volatility: Volatility,
    /// Whether it runs with its owner's privileges (`pg_proc.prosecdef`).
    pub security_definer: bool,
    /// The name of its language (`pg_language.lanname`).
    pub language: String,
    /// Whether the language is trusted (`pg_language.lanpltrusted`).
    pub trusted_language: bool,
    /// The extension that owns it, if one does.
    pub extension: Option<String>,
}

/// The catalog's knowledge, loaded beforehand by whoever has a connection.
///
/// The methods answer for all overloads of a name. Without a schema they answer for every schema from
/// which the name could be resolved; answering for every schema of the database is always safe. An empty
/// list says that the catalog was asked and that there is no such function.
pub trait Facts: Send + Sync {
    /// The overloads of a function; `None` when the catalog was not asked for it.
    fn function(&self, schema: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>>;

    /// The functions behind the overloads of an operator; `None` when the catalog was not asked for it.
    fn operator(&self, schema: Option<&str>, symbol: &str) -> Option<Vec<FunctionFacts>> {
        let _ = (schema, symbol);
        None
    }

    /// The relations that the policy's masks concern; `None` when the catalog was not asked.
    fn masks(&self) -> Option<Arc<MaskFacts>> {
        None
    }

    /// The functions of a row that `row.name` may call, where no column has that name; `None` when the catalog was not
    /// asked, or knows of none.
    fn attribute(&self, name: &str) -> Option<Vec<FunctionFacts>> {
        let _ = name;
        None
    }
}

/// Knows nothing: what is not built in cannot be judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFacts;

impl Facts for NoFacts {
    fn function(&self, _: Option<&str>, _: &str) -> Option<Vec<FunctionFacts>> {
        None
    }
}
