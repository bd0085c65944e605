//! Which mentions of columns do nothing but show them: plain outputs of the outermost query, and arguments of its counts.
//!
//! Separate because a policy may let masked columns be shown and nothing else. Invariant: in doubt a mention does more: an output by
//! which rows are told apart, put in order or grouped, by name or by number, is none that only shows.

use std::collections::HashSet;

use pg_query::protobuf::{ColumnRef, FuncCall, ResTarget, SelectStmt, SetOperation, a_const};
use pg_query::{Node, NodeEnum};

use super::names;

/// The byte offsets of such mentions in a statement.
pub(super) fn only(statement: &NodeEnum) -> Vec<i32> {
    let mut shown = Vec::new();
    let returned = match statement {
        NodeEnum::SelectStmt(select) => {
            of_select(select, &mut shown);
            None
        }
        NodeEnum::ExplainStmt(explain) => return inner(explain.query.as_deref()),
        NodeEnum::CopyStmt(copy) => return inner(copy.query.as_deref()),
        NodeEnum::InsertStmt(insert) => insert.returning_clause.as_ref(),
        NodeEnum::UpdateStmt(update) => update.returning_clause.as_ref(),
        NodeEnum::DeleteStmt(delete) => delete.returning_clause.as_ref(),
        NodeEnum::MergeStmt(merge) => merge.returning_clause.as_ref(),
        _ => None,
    };
    if let Some(returned) = returned {
        of_list(&returned.exprs, &HashSet::new(), &mut shown);
    }
    shown
}

/// The outputs of a query, of each part of a `UNION ALL`: the byte offset of a plain column, or none.
pub(super) fn outputs(statement: &NodeEnum) -> Vec<Vec<Option<i32>>> {
    fn collect(select: &SelectStmt, parts: &mut Vec<Vec<Option<i32>>>) {
        if select.larg.is_some() || select.rarg.is_some() {
            for side in [&select.larg, &select.rarg].into_iter().flatten() {
                collect(side, parts);
            }
            return;
        }
        let plain = |item: &Node| match &item.node {
            Some(NodeEnum::ResTarget(output)) => match output.val.as_ref()?.node.as_ref()? {
                NodeEnum::ColumnRef(column) => Some(column.location),
                _ => None,
            },
            _ => None,
        };
        parts.push(select.target_list.iter().map(plain).collect());
    }
    let mut parts = Vec::new();
    if let NodeEnum::SelectStmt(select) = statement {
        collect(select, &mut parts);
    }
    parts
}

fn inner(query: Option<&Node>) -> Vec<i32> {
    query.and_then(|query| query.node.as_ref()).map(only).unwrap_or_default()
}

fn of_select(select: &SelectStmt, shown: &mut Vec<i32>) {
    let operation = SetOperation::try_from(select.op).unwrap_or(SetOperation::Undefined);
    match operation {
        SetOperation::SetopNone => {}
        SetOperation::SetopUnion if select.all && select.sort_clause.is_empty() => {
            for side in [&select.larg, &select.rarg].into_iter().flatten() {
                of_select(side, shown);
            }
            return;
        }
        _ => return,
    }
    if !select.distinct_clause.is_empty() {
        return;
    }
    let ordered = select.sort_clause.iter().map(|node| match &node.node {
        Some(NodeEnum::SortBy(sort)) => sort.node.as_deref().unwrap_or(node),
        _ => node,
    });
    let mut by_name = HashSet::new();
    for item in ordered.chain(&select.group_clause) {
        match &item.node {
            Some(NodeEnum::ColumnRef(column)) => by_name.extend(column.fields.last().and_then(names::word)),
            // By its number, or in a form that may hold numbers.
            Some(NodeEnum::AConst(constant)) if !matches!(constant.val, Some(a_const::Val::Sval(_))) => {
                return;
            }
            Some(NodeEnum::GroupingSet(_)) | None => return,
            Some(_) => {}
        }
    }
    of_list(&select.target_list, &by_name, shown);
}

fn of_list(list: &[Node], by_name: &HashSet<&str>, shown: &mut Vec<i32>) {
    for item in list {
        let Some(NodeEnum::ResTarget(output)) = &item.node else { continue };
        match output.val.as_ref().and_then(|value| value.node.as_ref()) {
            Some(NodeEnum::ColumnRef(column))
                if !name(output, column).is_some_and(|name| by_name.contains(name)) =>
            {
                shown.push(column.location);
            }
            Some(NodeEnum::FuncCall(call)) => shown.extend(counted(call)),
            _ => {}
        }
    }
}

/// The name under which an output can be referred to.
fn name<'n>(output: &'n ResTarget, column: &'n ColumnRef) -> Option<&'n str> {
    if output.name.is_empty() { column.fields.last().and_then(names::word) } else { Some(&output.name) }
}

/// The column whose values, and no others, a call counts.
fn counted(call: &FuncCall) -> Option<i32> {
    let plain = !call.agg_distinct
        && call.agg_filter.is_none()
        && call.agg_order.is_empty()
        && call.over.is_none()
        && !call.agg_within_group;
    let is_count = match names::qualified(&call.funcname) {
        Some((schema, name)) => matches!(schema.as_deref(), None | Some("pg_catalog")) && name == "count",
        None => false,
    };
    match call.args.as_slice() {
        [Node { node: Some(NodeEnum::ColumnRef(column)) }] if plain && is_count => Some(column.location),
        _ => None,
    }
}
