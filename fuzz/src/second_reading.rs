//! A reading of a statement that owes nothing to the policy's walk: the tree as the parser's binding prints it.
//!
//! Separate because two readings that share code share their mistakes. Invariant: it looks only at what read access let
//! through, and knows what must never be in that.

use std::thread;

use pg_query::protobuf::ExplainStmt;
use pg_query::{NodeEnum, ParserOptions};

/// Statements that read access may consist of.
const READING: &[&str] = &["SelectStmt(", "ExplainStmt(", "VariableShowStmt("];

/// Nodes that change something wherever they stand.
const CHANGING: &[&str] = &[
    "InsertStmt(",
    "UpdateStmt(",
    "DeleteStmt(",
    "MergeStmt(",
    "into_clause: Some(",
    "LockingClause(",
    "CreateTableAsStmt(",
    "RefreshMatViewStmt(",
    "ExecuteStmt(",
    "DeclareCursorStmt(",
    "TransactionStmt(",
    "VariableSetStmt(",
    "CopyStmt(",
    "CallStmt(",
    "DoStmt(",
];

/// Says what is wrong with a statement that read access let through.
pub(crate) fn fault(text: &str) -> Option<String> {
    let owned = text.to_owned();
    // The tree is as deep as the text makes it.
    let reading = thread::Builder::new().stack_size(512 << 20).spawn(move || read(&owned)).ok()?;
    reading.join().unwrap_or_else(|_| Some("the second reading failed".to_owned()))
}

fn read(text: &str) -> Option<String> {
    let parsed = match pg_query::parse(text, ParserOptions::DEFAULT) {
        Ok(parsed) => parsed,
        Err(error) => return Some(format!("the parser does not take it: {error}")),
    };
    let [statement] = parsed.protobuf.stmts.as_slice() else {
        return Some(format!("{} statements", parsed.protobuf.stmts.len()));
    };
    let Some(node) = statement.stmt.as_ref().and_then(|node| node.node.as_ref()) else {
        return Some("no statement".to_owned());
    };
    let printed = format!("{node:?}");
    if !READING.iter().any(|kind| printed.starts_with(kind)) {
        return Some(format!("not a reading statement: {:.40}", printed));
    }
    if let NodeEnum::ExplainStmt(explain) = node
        && !analyzes(explain)
    {
        // It plans its statement and does not run it.
        return None;
    }
    // A literal or a name may say anything: then this reading knows nothing.
    CHANGING
        .iter()
        .find(|node| printed.contains(**node) && !text.contains(node.trim_end_matches(['(', ':', ' '])))
        .filter(|_| !text.contains('\\'))
        .map(|node| format!("there is `{node}` in it"))
}

/// Whether `EXPLAIN` runs its statement: the last mention of the option counts.
fn analyzes(explain: &ExplainStmt) -> bool {
    let mentioned = explain.options.iter().filter_map(|option| match &option.node {
        Some(NodeEnum::DefElem(option)) if option.defname == "analyze" => Some(option.arg.as_deref()),
        _ => None,
    });
    mentioned.last().is_some_and(|argument| match argument.and_then(|argument| argument.node.as_ref()) {
        Some(NodeEnum::Integer(number)) => number.ival != 0,
        Some(NodeEnum::String(word)) => !["false", "off"].contains(&word.sval.to_ascii_lowercase().as_str()),
        _ => true,
    })
}
