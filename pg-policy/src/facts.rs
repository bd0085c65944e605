//! What the catalog knows of functions, operators, relations and types, as far as a verdict depends on it.
//!
//! Separate because this is the one door through which knowledge of a database comes into a crate that
//! does no I/O. Invariant: `None` means "not known" and is never taken for "harmless".

use std::fmt::{self, Debug};
use std::sync::Arc;

use serde::Serialize;

use crate::change_facts::ChangedRelation;
use crate::mask::MaskFacts;

use crate::names::{DataType, FunctionName, OperatorName, RelationName};

/// How a function may behave, in PostgreSQL's own three classes, from the tamest to the wildest.
///
/// See "Function Volatility Categories" in the PostgreSQL documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Volatility {
    /// Cannot change the database and depends on its arguments only.
    Immutable,
    /// Cannot change the database.
    Stable,
    /// Can do anything.
    Volatile,
}

impl fmt::Display for Volatility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Volatility::Immutable => "immutable",
            Volatility::Stable => "stable",
            Volatility::Volatile => "volatile",
        })
    }
}

/// What the catalog says of one overload of a function, or of the function behind an operator.
#[derive(Clone, Debug, PartialEq)]
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
    /// What its author declared a call to cost, in the planner's `cpu_operator_cost` (`pg_proc.procost`).
    pub cost: f32,
    /// Its definition, as `pg_get_functiondef` prints it, where its body is to be judged: it is written in SQL, or in PL/pgSQL and
    /// not volatile, and neither the server nor an extension owns it. Also of functions that run instead of a change of a view.
    pub definition: Option<String>,
}

/// What kind of relation it is, as far as a verdict depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RelationKind {
    /// A table, also a partitioned one.
    Table,
    /// A view: reading it runs its definition.
    View,
    /// A materialized view: what its definition once read is stored in it.
    MaterializedView,
    /// A foreign table: its wrapper reads it.
    ForeignTable,
    /// A sequence, an index, a type, or what a newer server calls something else.
    Other,
}

/// What the catalog says of one relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationDescription {
    /// The schema that holds it.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: RelationKind,
    /// The extension that owns it, if one does.
    pub extension: Option<String>,
    /// The foreign-data wrappers behind it and behind its partitions and children.
    pub wrappers: Vec<String>,
    /// The query that a view is made of; none for other relations, and for views of extensions.
    pub definition: Option<String>,
    /// What the owner attached to it that runs when it is read: row-security policies and virtual columns.
    pub attached: Vec<Attached>,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// The relations that it inherits from or is a partition of, and those that inherit from it.
    pub kin: Vec<RelationName>,
    /// The types of users, of its rows and columns, that come with casts or comparisons of users.
    pub types: Vec<DataType>,
}

/// An expression that the owner of an object attached to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// What it is, in words: "the row-security policy p of app.t".
    pub what: String,
    /// The expression, as the server prints it.
    pub expression: String,
}

/// What the catalog says of one type, together with the types that it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeFacts {
    /// The schema that holds it.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The checks of the domains in it.
    pub checks: Vec<Attached>,
    /// The functions of its casts, comparisons and conversions, apart from those of the server and of extensions.
    pub functions: Vec<TypeFunction>,
}

/// A function that using a type may call.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeFunction {
    /// Its name.
    pub name: String,
    /// Whether it may be called where the statement writes no cast.
    pub implicit: bool,
    /// What the catalog says of it.
    pub facts: FunctionFacts,
}

/// What a statement is made of that only a catalog can judge and that it was not asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Questions {
    /// Functions, in order.
    pub functions: Vec<FunctionName>,
    /// Operators, in order.
    pub operators: Vec<OperatorName>,
    /// Relations, in order.
    pub relations: Vec<RelationName>,
    /// Types, in order.
    pub types: Vec<DataType>,
    /// Relations whose rows change, in order: what that sets off.
    pub changes: Vec<RelationName>,
}

impl Questions {
    /// Whether there is nothing to ask.
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty()
            && self.operators.is_empty()
            && self.relations.is_empty()
            && self.types.is_empty()
            && self.changes.is_empty()
    }

    /// Each question once, in order.
    pub(crate) fn sorted(mut self) -> Questions {
        once(&mut self.functions);
        once(&mut self.operators);
        once(&mut self.relations);
        once(&mut self.types);
        once(&mut self.changes);
        self
    }
}

fn once<T: Ord>(names: &mut Vec<T>) {
    names.sort();
    names.dedup();
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

    /// The relations of this name; without a schema the one that the search path leads to, if any. `None` when the
    /// catalog was not asked for it.
    fn relation(&self, schema: Option<&str>, name: &str) -> Option<Vec<RelationDescription>> {
        let _ = (schema, name);
        None
    }

    /// The types of this name outside `pg_catalog`; `None` when the catalog was not asked for it.
    fn data_type(&self, schema: Option<&str>, name: &str) -> Option<Vec<TypeFacts>> {
        let _ = (schema, name);
        None
    }

    /// What changing the rows of the relations of this name sets off; without a schema of the one that the search path
    /// leads to, if any. `None` when the catalog was not asked for it.
    fn changed(&self, schema: Option<&str>, name: &str) -> Option<Vec<ChangedRelation>> {
        let _ = (schema, name);
        None
    }

    /// Whether a database stands behind, so that relations and types which are not known must be asked for. Without one,
    /// a relation is taken for a plain table of its name.
    fn has_catalog(&self) -> bool {
        false
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
