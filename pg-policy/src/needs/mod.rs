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
mod defined;
mod describe;
mod expressions;
mod names;
mod reasons;
mod scope;
mod shown;
mod types;

pub(crate) use scope::Scopes;

use std::borrow::Cow;
use std::collections::HashSet;

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
    /// The outputs of the outermost query, of each part of a `UNION ALL`: the position of a plain column, or none.
    pub(crate) outputs: Vec<Vec<Option<usize>>>,
    /// The positions of mentions of columns that only show them.
    pub(crate) shown: HashSet<usize>,
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
    /// It names it, as where it reads it.
    Use,
    /// It works on its definition or its storage.
    Define,
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

    /// Notes the call of a function.
    pub(crate) fn calls(&mut self, name: FunctionName) {
        let call = FunctionUse { name, form: Form::Call, single: false, setting: None, position: None };
        self.functions.push(call);
    }

    /// Takes the names without schema for names of these schemas. What may be the server's own may be that as well.
    pub(crate) fn looked_up_in(&mut self, path: &[String]) {
        let in_path = |schema: &Option<String>| -> Vec<Option<String>> {
            match schema {
                None => path.iter().cloned().map(Some).collect(),
                Some(_) => vec![schema.clone()],
            }
        };
        fn each<T: Clone>(uses: &mut Vec<T>, keeps: impl Fn(&T) -> bool, meanings: impl Fn(&T) -> Vec<T>) {
            *uses = uses
                .iter()
                .flat_map(|used| {
                    let own = keeps(used).then(|| used.clone());
                    own.into_iter().chain(meanings(used)).collect::<Vec<_>>()
                })
                .collect();
        }
        each(
            &mut self.functions,
            |used| used.name.schema.is_none(),
            |used| {
                let call = used.form == Form::Call;
                let schemas = if call { in_path(&used.name.schema) } else { Vec::new() };
                let name = |schema| FunctionName { schema, name: used.name.name.clone() };
                let meanings =
                    schemas.into_iter().map(|schema| FunctionUse { name: name(schema), ..used.clone() });
                meanings.collect()
            },
        );
        each(
            &mut self.operators,
            |used| used.name.schema.is_none(),
            |used| {
                let name = |schema| OperatorName { schema, symbol: used.name.symbol.clone() };
                in_path(&used.name.schema)
                    .into_iter()
                    .map(|schema| OperatorUse { name: name(schema), ..used.clone() })
                    .collect()
            },
        );
        each(
            &mut self.types,
            |_| false,
            |used| {
                let name = |schema| DataType { schema, name: used.name.name.clone() };
                in_path(&used.name.schema)
                    .into_iter()
                    .map(|schema| TypeUse { name: name(schema), ..used.clone() })
                    .collect()
            },
        );
        each(
            &mut self.relations,
            |used| used.name.schema.is_none() && used.name.name.starts_with("pg_"),
            |used| {
                let name = |schema| RelationName { schema, name: used.name.name.clone() };
                in_path(&used.name.schema)
                    .into_iter()
                    .map(|schema| RelationUse { name: name(schema), ..used.clone() })
                    .collect()
            },
        );
    }
}
