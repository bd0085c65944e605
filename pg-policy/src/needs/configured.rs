//! The settings that a statement changes.
//!
//! Separate because a setting is changed in five ways. Invariant: a change whose setting is not known has no name.

use pg_query::protobuf::{FuncCall, VariableSetKind, VariableSetStmt, a_const};
use pg_query::{Node, NodeEnum};

use super::{names, types};

/// How long a change of a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SettingScope {
    /// Until the transaction ends: `SET LOCAL`, `set_config(…, true)`.
    Transaction,
    /// Until the session ends: `SET`, `RESET`, `set_config(…, false)`.
    Session,
    /// In later sessions of a role or database: `ALTER ROLE … SET`, `ALTER DATABASE … SET`.
    Stored,
    /// For the whole server: `ALTER SYSTEM`.
    Server,
}

/// A setting that a statement changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SettingChange {
    /// Its name; `None` where the statement changes all, or computes the name.
    pub name: Option<String>,
    /// How long the change holds.
    pub scope: SettingScope,
}

/// The change that `SET` or `RESET` makes, alone or inside `ALTER`.
pub(super) fn set(statement: &VariableSetStmt, scope: SettingScope) -> SettingChange {
    let all = VariableSetKind::try_from(statement.kind) == Ok(VariableSetKind::VarResetAll);
    let name = (!all && !statement.name.is_empty()).then(|| statement.name.to_ascii_lowercase());
    let scope =
        if statement.is_local && scope == SettingScope::Session { SettingScope::Transaction } else { scope };
    SettingChange { name, scope }
}

/// The change that a call of `set_config` makes, if it is one.
pub(super) fn set_config(call: &FuncCall) -> Option<SettingChange> {
    let (schema, name) = names::qualified(&call.funcname)?;
    if name != "set_config" || !matches!(schema.as_deref(), None | Some("pg_catalog")) {
        return None;
    }
    let named = call.args.iter().any(|arg| matches!(arg.node, Some(NodeEnum::NamedArgExpr(_))));
    let (setting, local) = match call.args.as_slice() {
        [setting, _, local] if !named => (types::literal(setting), is_true(local)),
        _ => (None, false),
    };
    let scope = if local { SettingScope::Transaction } else { SettingScope::Session };
    Some(SettingChange { name: setting.map(str::to_ascii_lowercase), scope })
}

fn is_true(node: &Node) -> bool {
    match &node.node {
        Some(NodeEnum::AConst(constant)) => {
            matches!(&constant.val, Some(a_const::Val::Boolval(value)) if value.boolval)
        }
        _ => false,
    }
}
