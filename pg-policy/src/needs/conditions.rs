//! Whether the WHERE clause of a change narrows it.
//!
//! Separate because it is a small calculus of its own. Invariant: a condition narrows only when it looks at the rows; what
//! is true of every row, or looks at none, does not.

use pg_query::protobuf::{AExprKind, BoolExprType, ColumnRef, DeleteStmt, MergeStmt, UpdateStmt};
use pg_query::{Node, NodeEnum};

use super::collect::Collector;
use super::names;
use crate::kind::StatementKind;
use crate::tree::{Message, Visitor, Walk};

/// A change that nothing narrows.
#[derive(Clone, Debug)]
pub(crate) struct Unbounded {
    pub(crate) kind: StatementKind,
    /// Whether it has a condition, which is true of every row.
    pub(crate) always_true: bool,
    pub(crate) position: Option<usize>,
}

impl Collector<'_> {
    pub(super) fn update_condition(&mut self, statement: &UpdateStmt) {
        let offset = statement.relation.as_ref().map_or(-1, |relation| relation.location);
        self.condition(StatementKind::Update, statement.where_clause.as_deref(), offset);
    }

    pub(super) fn delete_condition(&mut self, statement: &DeleteStmt) {
        let offset = statement.relation.as_ref().map_or(-1, |relation| relation.location);
        self.condition(StatementKind::Delete, statement.where_clause.as_deref(), offset);
    }

    /// A MERGE that changes or deletes what is there must be narrowed by what it joins on, or by its own conditions.
    pub(super) fn merge_conditions(&mut self, statement: &MergeStmt) {
        let offset = statement.relation.as_ref().map_or(-1, |relation| relation.location);
        let joined = statement.join_condition.as_deref().is_some_and(narrows);
        for clause in &statement.merge_when_clauses {
            let Some(NodeEnum::MergeWhenClause(clause)) = &clause.node else { continue };
            use pg_query::protobuf::{CmdType, MergeMatchKind};
            let changes =
                [CmdType::CmdUpdate as i32, CmdType::CmdDelete as i32].contains(&clause.command_type);
            let unmatched = clause.match_kind == MergeMatchKind::MergeWhenNotMatchedBySource as i32;
            let own = clause.condition.as_deref().is_some_and(narrows);
            if changes && !own && (unmatched || !joined) {
                self.unbounded(StatementKind::Merge, true, offset);
                return;
            }
        }
    }

    fn condition(&mut self, kind: StatementKind, condition: Option<&Node>, offset: i32) {
        if !condition.is_some_and(narrows) {
            self.unbounded(kind, condition.is_some(), offset);
        }
    }

    fn unbounded(&mut self, kind: StatementKind, always_true: bool, offset: i32) {
        if self.is_planning() {
            return;
        }
        let position = self.position(offset);
        self.needs.unbounded.push(Unbounded { kind, always_true, position });
    }
}

/// Whether a condition looks at the rows, and may find some that it is not true of.
fn narrows(condition: &Node) -> bool {
    match &condition.node {
        Some(NodeEnum::BoolExpr(expression)) => match BoolExprType::try_from(expression.boolop) {
            Ok(BoolExprType::AndExpr) => expression.args.iter().any(narrows),
            Ok(BoolExprType::OrExpr) => expression.args.iter().all(narrows),
            Ok(BoolExprType::NotExpr) => expression.args.iter().all(narrows),
            _ => false,
        },
        Some(NodeEnum::AExpr(expression)) => {
            let (left, right) = (column(expression.lexpr.as_deref()), column(expression.rexpr.as_deref()));
            let itself = left.zip(right).is_some_and(|(left, right)| same(left, right));
            let compared = AExprKind::try_from(expression.kind) == Ok(AExprKind::AexprOp)
                && expression
                    .name
                    .iter()
                    .filter_map(names::word)
                    .any(|name| ["=", "<=", ">="].contains(&name));
            let not_distinct = AExprKind::try_from(expression.kind) == Ok(AExprKind::AexprNotDistinct);
            !(itself && (compared || not_distinct)) && looks_at_rows(condition)
        }
        _ => looks_at_rows(condition),
    }
}

fn column(side: Option<&Node>) -> Option<&ColumnRef> {
    match side?.node.as_ref()? {
        NodeEnum::ColumnRef(column) => Some(column),
        _ => None,
    }
}

/// Whether two names are one column: their last words are equal, and so are their qualifiers where both have one.
fn same(left: &ColumnRef, right: &ColumnRef) -> bool {
    let mut words = left.fields.iter().rev().zip(right.fields.iter().rev());
    words.all(|(left, right)| names::word(left).is_some() && names::word(left) == names::word(right))
}

fn looks_at_rows(condition: &Node) -> bool {
    let mut search = Search { found: false };
    condition.walk(&mut search);
    search.found
}

/// Looks for anything that depends on a row.
struct Search {
    found: bool,
}

impl Visitor for Search {
    fn enter(&mut self, message: Message<'_>) {
        self.found |= matches!(message, Message::ColumnRef(_) | Message::CurrentOfExpr(_));
    }

    fn leave(&mut self, _: Message<'_>) {}
}
