//! Names out of lists of nodes.
//!
//! Separate because the grammar writes every qualified name as a list of string nodes.
//! Invariant: a list that is no name gives `None`, and the caller refuses.

use pg_query::protobuf::RangeVar;
use pg_query::{Node, NodeEnum};

use crate::names::RelationName;

/// The words of a list of string nodes.
pub(super) fn words(nodes: &[Node]) -> Option<Vec<&str>> {
    nodes.iter().map(word).collect()
}

/// The word in a string node.
pub(super) fn word(node: &Node) -> Option<&str> {
    match &node.node {
        Some(NodeEnum::String(word)) => Some(&word.sval),
        _ => None,
    }
}

/// Schema and name of a list of one to three words; the third from the end is the database.
pub(super) fn qualified(nodes: &[Node]) -> Option<(Option<String>, String)> {
    match words(nodes)?.as_slice() {
        [name] => Some((None, (*name).to_owned())),
        [schema, name] | [_, schema, name] => Some((Some((*schema).to_owned()), (*name).to_owned())),
        _ => None,
    }
}

/// The name of a relation.
pub(super) fn relation(range: &RangeVar) -> RelationName {
    let schema = (!range.schemaname.is_empty()).then(|| range.schemaname.clone());
    RelationName { schema, name: range.relname.clone() }
}
