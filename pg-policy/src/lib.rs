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
mod explain;
mod functions;
mod mask;
mod needs;
mod parse;
mod rows;
mod rules;
mod tree;

pub use access::{Access, UnknownAccess};
pub use compose::{ExplainFormat, ExplainOptions, OutputColumn};
pub use documentation::{RuleDocumentation, RuleExample, rules_page};
pub use explain::{AskedRule, Explanation, Refused, Said, UsedRelation, Verdict};
pub use facts::{Facts, FunctionFacts, NoFacts, Volatility};
pub use kind::{Object, StatementKind, StatementKinds, UnknownStatementKind};
pub use mask::{
    ColumnFacts, ColumnMask, DependentFacts, InvalidMaskKey, MaskFacts, MaskKey, MaskMethod, RelationFacts,
};
pub use names::{FunctionName, OperatorName, RelationName};
pub use needs::Permit;
pub use policy::{DEFAULT_MAX_NESTING, DEFAULT_MAX_STATEMENT_BYTES, Policy, PolicyBuilder};
pub use refusal::Refusal;
pub use rows::{CopyFormat, Identifier, TypeName};
pub use rule::Rule;
pub use vetted::Vetted;
