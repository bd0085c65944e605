#![doc = include_str!("../README.md")]

mod access;
mod kind;
mod names;
mod rule;

mod called;
mod change_facts;
mod facts;
mod policy;
mod refusal;
mod set_off;
mod vetted;

mod compose;
mod constants;
mod declared;
mod documentation;
mod explain;
mod fragment;
mod functions;
mod hypothetical;
mod locks;
mod mask;
mod needs;
mod own_operators;
mod parse;
mod rows;
mod rules;
mod script;
mod tree;

pub use access::{Access, UnknownAccess};
pub use called::CalledFunction;
pub use change_facts::{
    CascadeFacts, ChangedRelation, ExpressionFacts, RowChanges, RuleFacts, SupportFacts, TriggerFacts,
};
pub use compose::{ExplainFormat, ExplainOptions, OutputColumn};
pub use constants::without_constants;
pub use declared::{DeclaredTypes, ParameterType, UnreadableType};
pub use documentation::{RuleDocumentation, RuleExample, rules_page};
pub use explain::{AskedRule, ChangedSetting, Explanation, Refused, TakenLock, UsedRelation, Verdict};
pub use facts::{
    Attached, Facts, FunctionFacts, NoFacts, Questions, RelationDescription, RelationKind, TypeFacts,
    TypeFunction, Volatility,
};
pub use fragment::{one_expression, one_query, takes_one_parameter, with_parameter};
pub use hypothetical::HypotheticalIndex;
pub use kind::{Object, StatementKind, StatementKinds, UnknownStatementKind};
pub use locks::{LockMode, LockNeed, LockedWork, lock_needs};
pub use mask::{
    ColumnFacts, ColumnMask, DependentFacts, InvalidMaskKey, MaskFacts, MaskKey, MaskMethod,
    MaskedPredicates, RelationFacts,
};
pub use names::{
    ColumnName, DataType, FunctionName, OperatorName, RelationName, ReservedSetting, SettingName,
    UnknownColumnName,
};
pub use needs::{ColumnsRead, Permit, SettingChange, SettingScope};
pub use own_operators::with_own_operators;
pub use policy::{DEFAULT_MAX_NESTING, DEFAULT_MAX_STATEMENT_BYTES, Policy, PolicyBuilder};
pub use refusal::Refusal;
pub use rows::{CopyFormat, Identifier, TypeName};
pub use rule::Rule;
pub use rules::Said;
pub use script::{ScriptError, ScriptProblem, ScriptStatement, split_script};
pub use set_off::{SetOff, SetOffKind, Triggers};
pub use vetted::{GenericPlan, Vetted};
