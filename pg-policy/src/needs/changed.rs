//! How a statement changes the rows of the relations that it names.
//!
//! Separate because each statement says it in a way of its own. Invariant: what cannot be told counts as every change that the
//! statement could make.

use pg_query::protobuf::{
    CmdType, CopyStmt, DropBehavior, InsertStmt, MergeStmt, OnConflictAction, SelectStmt, TruncateStmt,
};
use pg_query::{Node, NodeEnum};

use super::names;
use crate::change_facts::RowChanges;
use crate::names::RelationName;

/// What an INSERT does: with `ON CONFLICT DO UPDATE` it may update.
pub(super) fn by_insert(insert: &InsertStmt) -> RowChanges {
    match on_conflict(insert) {
        Some(_) => RowChanges::INSERT.and(RowChanges::UPDATE),
        None => RowChanges::INSERT,
    }
}

/// The columns that an INSERT updates where it meets a row.
pub(super) fn on_conflict(insert: &InsertStmt) -> Option<&[Node]> {
    let clause = insert.on_conflict_clause.as_deref()?;
    (clause.action != OnConflictAction::OnconflictNothing as i32).then_some(clause.target_list.as_slice())
}

/// What the clauses of a MERGE do.
pub(super) fn by_merge(merge: &MergeStmt) -> RowChanges {
    let clauses = merge.merge_when_clauses.iter().map(|clause| match &clause.node {
        Some(NodeEnum::MergeWhenClause(clause)) => match CmdType::try_from(clause.command_type) {
            Ok(CmdType::CmdInsert) => RowChanges::INSERT,
            Ok(CmdType::CmdUpdate) => RowChanges::UPDATE,
            Ok(CmdType::CmdDelete) => RowChanges::DELETE,
            Ok(CmdType::CmdNothing) => RowChanges::NONE,
            _ => RowChanges::INSERT.and(RowChanges::UPDATE).and(RowChanges::DELETE),
        },
        _ => RowChanges::INSERT.and(RowChanges::UPDATE).and(RowChanges::DELETE),
    });
    clauses.fold(RowChanges::NONE, RowChanges::and)
}

/// The relations that a TRUNCATE empties, by the byte offset of their names.
pub(super) fn by_truncate(truncate: &TruncateStmt) -> impl Iterator<Item = (i32, RowChanges)> {
    let changes = match truncate.behavior == DropBehavior::DropCascade as i32 {
        true => RowChanges::TRUNCATE.and(RowChanges::CASCADE),
        false => RowChanges::TRUNCATE,
    };
    truncate.relations.iter().filter_map(move |node| match &node.node {
        Some(NodeEnum::RangeVar(range)) => Some((range.location, changes)),
        _ => None,
    })
}

/// The relation that a COPY fills.
pub(super) fn by_copy(copy: &CopyStmt) -> Option<(i32, RowChanges)> {
    copy.relation.as_ref().filter(|_| copy.is_from).map(|range| (range.location, RowChanges::INSERT))
}

/// The one relation in the FROM clause of a query that is no set operation.
pub(super) fn only_source(select: &SelectStmt) -> Option<RelationName> {
    match select.from_clause.as_slice() {
        [Node { node: Some(NodeEnum::RangeVar(range)) }] if select.with_clause.is_none() => {
            Some(names::relation(range))
        }
        _ => None,
    }
}
