#![doc = include_str!("../README.md")]

mod access;
mod kind;
mod names;
mod rule;

mod facts;
mod policy;
mod refusal;
mod vetted;

mod compose;
mod documentation;
mod functions;
mod needs;
mod parse;
mod rules;
mod tree;

pub use access::{Access, UnknownAccess};
pub use compose::{ExplainFormat, ExplainOptions, OutputColumn};
pub use documentation::{RuleDocumentation, RuleExample, rules_page};
pub use facts::{
    Attached, Facts, FunctionFacts, NoFacts, Questions, RelationFacts, RelationKind, TypeFacts, TypeFunction,
    Volatility,
};
pub use kind::{Object, StatementKind, StatementKinds, UnknownStatementKind};
pub use names::{
    ColumnName, FunctionName, OperatorName, RelationName, ReservedSetting, SettingName, TypeName,
    UnknownColumnName,
};
pub use needs::{ColumnsRead, Permit, SettingChange, SettingScope};
pub use policy::{DEFAULT_MAX_NESTING, DEFAULT_MAX_STATEMENT_BYTES, Policy, PolicyBuilder};
pub use refusal::Refusal;
pub use rule::Rule;
pub use vetted::Vetted;
