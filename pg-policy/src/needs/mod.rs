//! What a statement needs, read off its tree before any policy is asked.
//!
//! Separate from the rules so that the walk, which must miss nothing, knows no policy, and the rules,
//! which must be readable, know no tree. Invariant: everything here owns its words, so the tree can be
//! dropped on the stack that is deep enough for it.

mod alter_table;
mod changed;
mod collect;
mod columns;
mod conditions;
mod configured;
mod describe;
mod expressions;
mod names;
mod reasons;
mod scope;
mod types;

pub(crate) use scope::Scopes;

use std::borrow::Cow;

use pg_query::protobuf::RawStmt;

use crate::access::Access;
use crate::change_facts::RowChanges;
use crate::kind::StatementKind;
use crate::names::{DataType, FunctionName, OperatorName, RelationName};
use crate::refusal::Refusal;
use crate::rule::Rule;

pub use columns::ColumnsRead;
pub(crate) use columns::{Columns, Expansion};
pub(crate) use conditions::Unbounded;
pub use configured::{SettingChange, SettingScope};

/// All that the rules judge.
#[derive(Clone, Debug)]
pub(crate) struct Needs {
    /// The kind of the statement itself.
    pub(crate) kind: StatementKind,
    /// The kinds of the statements inside it that would run or be planned, and where they stand.
    pub(crate) inner_kinds: Vec<(StatementKind, Option<usize>)>,
    /// What asks for more than read access.
    pub(crate) demands: Vec<Demand>,
    pub(crate) functions: Vec<FunctionUse>,
    pub(crate) operators: Vec<OperatorUse>,
    pub(crate) relations: Vec<RelationUse>,
    /// The one relation that a query selects from, where it is only one: a view of it hands its changes on to it.
    pub(crate) selects_from: Option<RelationName>,
    /// Types that are not the server's.
    pub(crate) types: Vec<TypeUse>,
    /// How often it names a type, its own or the server's.
    pub(crate) casts: usize,
    pub(crate) columns: Columns,
    pub(crate) settings: Vec<(SettingChange, Option<usize>)>,
    /// Changes that no condition narrows.
    pub(crate) unbounded: Vec<Unbounded>,
    /// Schemas that it names as such, in DDL.
    pub(crate) schemas: Vec<(String, Option<usize>)>,
    /// Whether it drops columns.
    pub(crate) drops_columns: bool,
    pub(crate) highest_parameter: usize,
    pub(crate) returns_rows: bool,
    pub(crate) outside_transaction: bool,
    /// Levels of messages below the statement.
    pub(crate) depth: usize,
}

/// One thing that needs an access level, or that no level allows.
#[derive(Clone, Debug)]
pub(crate) struct Demand {
    pub(crate) need: Need,
    /// What was met, for example "INSERT in a WITH clause".
    pub(crate) met: Cow<'static, str>,
    pub(crate) position: Option<usize>,
}

/// How a demand can be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// By this access level.
    Access(Access),
    /// By a policy that lets transactions change this setting.
    Setting,
    /// By admin access and a permit of this kind.
    Permit(Permit),
    /// By no policy.
    Never(Reason),
}

/// A permission that no access level includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Permit {
    /// `COPY` from and to files on the server's host.
    ServerFiles,
    /// `COPY` from and to programs on the server's host.
    ServerPrograms,
}

/// Why something is refused at every level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) rule: Rule,
    pub(crate) why: &'static str,
    pub(crate) instead: &'static str,
}

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As a function, an aggregate, a window function or a sampling method.
    Call,
    /// By grammar of its own, which older servers take for a call of a function of that name.
    Grammar,
    /// Perhaps: `a.b` calls `b(a)` where `a` is of a composite type without such a field.
    Attribute,
}

#[derive(Clone, Debug)]
pub(crate) struct FunctionUse {
    pub(crate) name: FunctionName,
    pub(crate) form: Form,
    /// Whether it has exactly one argument, so that it may be a cast to a type of that name.
    pub(crate) single: bool,
    /// The setting that it changes, where it is `set_config`.
    pub(crate) setting: Option<SettingChange>,
    pub(crate) position: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct TypeUse {
    pub(crate) name: DataType,
    pub(crate) position: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct OperatorUse {
    pub(crate) name: OperatorName,
    pub(crate) position: Option<usize>,
}

/// What a statement does with a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It names it: reads it, or works on its definition.
    Use,
    /// It changes its rows.
    Change,
}

#[derive(Clone, Debug)]
pub(crate) struct RelationUse {
    pub(crate) name: RelationName,
    pub(crate) purpose: Purpose,
    /// How it changes its rows.
    pub(crate) changes: RowChanges,
    /// Whether it only plans to, as in `EXPLAIN`.
    pub(crate) planned: bool,
    pub(crate) position: Option<usize>,
}

impl Needs {
    /// Reads the needs of the one statement off its tree.
    pub(crate) fn of(statement: &RawStmt, text: &str) -> Result<Needs, Refusal> {
        collect::collect(statement, text)
    }
}
