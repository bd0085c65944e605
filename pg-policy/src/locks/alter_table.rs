//! The locks of ALTER TABLE, action by action.
//!
//! Separate because its actions differ in everything. Invariant: an action without a line of its own takes the strongest lock.

use pg_query::NodeEnum;
use pg_query::protobuf::{
    AlterTableCmd, AlterTableStmt, AlterTableType, ColumnDef, ConstrType, Constraint, Node,
};

use super::{LockMode, LockNeed, LockedWork, constraint_of, need, referenced, relation_name};
use crate::names::RelationName;

pub(super) fn of_alter_table(alter: &AlterTableStmt) -> Vec<LockNeed> {
    let Some(relation) = alter.relation.as_ref().map(relation_name) else { return Vec::new() };
    let mut needs = Vec::new();
    for command in &alter.cmds {
        let Some(NodeEnum::AlterTableCmd(command)) = &command.node else { continue };
        needs.extend(of_action(command, &relation));
    }
    needs
}

fn of_action(command: &AlterTableCmd, relation: &RelationName) -> Vec<LockNeed> {
    use AlterTableType as A;
    let action = A::try_from(command.subtype).unwrap_or(A::Undefined);
    let definition = command.def.as_ref().and_then(|node| node.node.as_ref());
    let lock = |mode, action, work, gentler| vec![need(relation.clone(), mode, action, work, gentler)];
    match (action, definition) {
        (A::AtAddColumn, Some(NodeEnum::ColumnDef(column))) => {
            let (work, gentler) = added_column(column);
            let mut needs = lock(LockMode::AccessExclusive, "ADD COLUMN", work, gentler);
            needs.extend(column.constraints.iter().filter_map(constraint_of).flat_map(referenced));
            needs
        }
        (A::AtAddConstraint, Some(NodeEnum::Constraint(constraint))) => {
            let (mode, action, work, gentler) = added_constraint(constraint);
            let mut needs = lock(mode, action, work, gentler);
            needs.extend(referenced(constraint));
            needs
        }
        (A::AtAttachPartition, Some(NodeEnum::PartitionCmd(partition))) => {
            let mut needs =
                lock(LockMode::ShareUpdateExclusive, "ATTACH PARTITION", LockedWork::Catalog, None);
            needs.extend(partition.name.as_ref().map(|name| {
                need(
                    relation_name(name),
                    LockMode::AccessExclusive,
                    "ATTACH PARTITION",
                    LockedWork::Scan,
                    Some("a CHECK constraint that says what the bounds say, validated before: then the rows are not read"),
                )
            }));
            needs
        }
        (A::AtDetachPartition, Some(NodeEnum::PartitionCmd(partition))) if partition.concurrent => {
            lock(LockMode::ShareUpdateExclusive, "DETACH PARTITION", LockedWork::Catalog, None)
        }
        (A::AtDetachPartition, _) => lock(
            LockMode::AccessExclusive,
            "DETACH PARTITION",
            LockedWork::Catalog,
            Some("DETACH PARTITION … CONCURRENTLY, since 14"),
        ),
        (A::AtSetNotNull, _) => lock(
            LockMode::AccessExclusive,
            "SET NOT NULL",
            LockedWork::Scan,
            Some(
                "ADD CONSTRAINT … CHECK (column IS NOT NULL) NOT VALID, then VALIDATE CONSTRAINT, then SET NOT NULL, which then \
                 reads no rows, then drop the check",
            ),
        ),
        (A::AtAlterColumnType, _) => lock(
            LockMode::AccessExclusive,
            "ALTER COLUMN TYPE",
            LockedWork::Rewrite,
            Some(
                "a new column kept equal by a trigger, filled in batches, then swapped in; a longer varchar, and varchar to text, \
                 rewrite nothing",
            ),
        ),
        (
            A::AtSetLogged
            | A::AtSetUnLogged
            | A::AtSetAccessMethod
            | A::AtSetTableSpace
            | A::AtSetExpression,
            _,
        ) => lock(LockMode::AccessExclusive, "ALTER TABLE", LockedWork::Rewrite, None),
        (A::AtValidateConstraint, _) => {
            lock(LockMode::ShareUpdateExclusive, "VALIDATE CONSTRAINT", LockedWork::Scan, None)
        }
        (
            A::AtSetStatistics
            | A::AtSetOptions
            | A::AtResetOptions
            | A::AtClusterOn
            | A::AtDropCluster
            | A::AtSetRelOptions
            | A::AtResetRelOptions,
            _,
        ) => lock(LockMode::ShareUpdateExclusive, "ALTER TABLE SET", LockedWork::Catalog, None),
        (
            A::AtEnableTrig
            | A::AtEnableAlwaysTrig
            | A::AtEnableReplicaTrig
            | A::AtDisableTrig
            | A::AtEnableTrigAll
            | A::AtDisableTrigAll
            | A::AtEnableTrigUser
            | A::AtDisableTrigUser,
            _,
        ) => lock(LockMode::ShareRowExclusive, "TRIGGER", LockedWork::Catalog, None),
        (A::AtDropColumn, _) => lock(
            LockMode::AccessExclusive,
            "DROP COLUMN",
            LockedWork::Catalog,
            Some("make all callers stop naming the column first"),
        ),
        _ => lock(LockMode::AccessExclusive, "ALTER TABLE", LockedWork::Catalog, None),
    }
}

/// What adding a column does, and the gentler way.
fn added_column(column: &ColumnDef) -> (LockedWork, Option<&'static str>) {
    const FILL: Option<&'static str> = Some(
        "ADD COLUMN without the default, then SET DEFAULT for new rows, then fill the old ones in batches; a constant default \
         rewrites nothing",
    );
    let serial = column.type_name.as_ref().is_some_and(|name| {
        name.names.iter().any(|part| {
            matches!(&part.node, Some(NodeEnum::String(word)) if matches!(word.sval.as_str(), "serial" | "bigserial" | "smallserial"))
        })
    });
    let mut work = if serial { LockedWork::Rewrite } else { LockedWork::Catalog };
    for constraint in column.constraints.iter().filter_map(constraint_of) {
        work = work.max(match ConstrType::try_from(constraint.contype) {
            Ok(ConstrType::ConstrDefault) if constraint.raw_expr.as_deref().is_some_and(may_be_volatile) => {
                LockedWork::Rewrite
            }
            Ok(ConstrType::ConstrIdentity) => LockedWork::Rewrite,
            Ok(ConstrType::ConstrGenerated) => LockedWork::Rewrite,
            Ok(ConstrType::ConstrPrimary | ConstrType::ConstrUnique) => LockedWork::Build,
            Ok(ConstrType::ConstrCheck | ConstrType::ConstrForeign) => LockedWork::Scan,
            _ => LockedWork::Catalog,
        });
    }
    (work, if work == LockedWork::Rewrite { FILL } else { None })
}

/// Whether a default calls a function that may give each row another value.
fn may_be_volatile(expression: &Node) -> bool {
    const STABLE: [&str; 4] = ["now", "transaction_timestamp", "statement_timestamp", "lower"];
    match &expression.node {
        Some(NodeEnum::AConst(_) | NodeEnum::SqlvalueFunction(_)) => false,
        Some(NodeEnum::TypeCast(cast)) => cast.arg.as_deref().is_some_and(may_be_volatile),
        Some(NodeEnum::FuncCall(function)) => !function.funcname.iter().any(
            |part| matches!(&part.node, Some(NodeEnum::String(word)) if STABLE.contains(&word.sval.as_str())),
        ),
        _ => true,
    }
}

type Added = (LockMode, &'static str, LockedWork, Option<&'static str>);

fn added_constraint(constraint: &Constraint) -> Added {
    let validated = !constraint.skip_validation;
    match ConstrType::try_from(constraint.contype) {
        Ok(ConstrType::ConstrForeign) => (
            LockMode::ShareRowExclusive,
            "ADD FOREIGN KEY",
            if validated { LockedWork::Scan } else { LockedWork::Catalog },
            validated.then_some(
                "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own",
            ),
        ),
        Ok(ConstrType::ConstrCheck | ConstrType::ConstrNotnull) => (
            LockMode::AccessExclusive,
            "ADD CHECK",
            if validated { LockedWork::Scan } else { LockedWork::Catalog },
            validated.then_some(
                "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own",
            ),
        ),
        Ok(ConstrType::ConstrPrimary | ConstrType::ConstrUnique) if !constraint.indexname.is_empty() => {
            (LockMode::AccessExclusive, "ADD CONSTRAINT USING INDEX", LockedWork::Catalog, None)
        }
        Ok(ConstrType::ConstrPrimary | ConstrType::ConstrUnique) => (
            LockMode::AccessExclusive,
            "ADD UNIQUE",
            LockedWork::Build,
            Some("CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX"),
        ),
        _ => (LockMode::AccessExclusive, "ADD CONSTRAINT", LockedWork::Build, None),
    }
}
