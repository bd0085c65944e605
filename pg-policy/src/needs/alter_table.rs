//! What the actions of `ALTER TABLE` need.
//!
//! Separate because it is a statement of seventy actions, a few of which are about privileges and code.
//! Invariant: the match has no `_` arm, and an action that is not known needs admin access.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableStmt, AlterTableType, PartitionCmd};

use crate::access::Access;

/// The most that any action of a statement needs.
pub(super) struct Alters {
    pub(super) access: Access,
    pub(super) outside: bool,
}

/// Judges every action of the statement.
pub(super) fn judge(statement: &AlterTableStmt) -> Alters {
    let mut alters = Alters { access: Access::Schema, outside: false };
    for command in &statement.cmds {
        let Some(NodeEnum::AlterTableCmd(command)) = &command.node else {
            alters.access = Access::Admin;
            continue;
        };
        let action = AlterTableType::try_from(command.subtype).unwrap_or(AlterTableType::Undefined);
        alters.access = alters.access.max(access(action));
        if let Some(NodeEnum::PartitionCmd(PartitionCmd { concurrent: true, .. })) =
            command.def.as_ref().and_then(|def| def.node.as_ref())
        {
            alters.outside = true;
        }
    }
    alters
}

/// Whether it drops a column, and what is in it.
pub(super) fn drops_columns(statement: &AlterTableStmt) -> bool {
    statement.cmds.iter().any(|command| match &command.node {
        Some(NodeEnum::AlterTableCmd(command)) => command.subtype == AlterTableType::AtDropColumn as i32,
        _ => true,
    })
}

fn access(action: AlterTableType) -> Access {
    use AlterTableType as A;
    match action {
        A::AtAddColumn
        | A::AtAddColumnToView
        | A::AtColumnDefault
        | A::AtCookedColumnDefault
        | A::AtDropNotNull
        | A::AtSetNotNull
        | A::AtSetExpression
        | A::AtDropExpression
        | A::AtSetStatistics
        | A::AtSetOptions
        | A::AtResetOptions
        | A::AtSetStorage
        | A::AtSetCompression
        | A::AtDropColumn
        | A::AtAddIndex
        | A::AtReAddIndex
        | A::AtAddConstraint
        | A::AtReAddConstraint
        | A::AtReAddDomainConstraint
        | A::AtAlterConstraint
        | A::AtValidateConstraint
        | A::AtAddIndexConstraint
        | A::AtDropConstraint
        | A::AtReAddComment
        | A::AtAlterColumnType
        | A::AtClusterOn
        | A::AtDropCluster
        | A::AtSetLogged
        | A::AtSetUnLogged
        | A::AtDropOids
        | A::AtSetAccessMethod
        | A::AtSetTableSpace
        | A::AtSetRelOptions
        | A::AtResetRelOptions
        | A::AtReplaceRelOptions
        | A::AtAddInherit
        | A::AtDropInherit
        | A::AtAddOf
        | A::AtDropOf
        | A::AtReplicaIdentity
        | A::AtAttachPartition
        | A::AtDetachPartition
        | A::AtDetachPartitionFinalize
        | A::AtAddIdentity
        | A::AtSetIdentity
        | A::AtDropIdentity
        | A::AtReAddStatistics => Access::Schema,
        A::Undefined
        | A::AtAlterColumnGenericOptions
        | A::AtChangeOwner
        | A::AtEnableTrig
        | A::AtEnableAlwaysTrig
        | A::AtEnableReplicaTrig
        | A::AtDisableTrig
        | A::AtEnableTrigAll
        | A::AtDisableTrigAll
        | A::AtEnableTrigUser
        | A::AtDisableTrigUser
        | A::AtEnableRule
        | A::AtEnableAlwaysRule
        | A::AtEnableReplicaRule
        | A::AtDisableRule
        | A::AtEnableRowSecurity
        | A::AtDisableRowSecurity
        | A::AtForceRowSecurity
        | A::AtNoForceRowSecurity
        | A::AtGenericOptions => Access::Admin,
    }
}
