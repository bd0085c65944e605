//! The change of the tree: masked relations become sub-selects.
//!
//! Separate because it is the only change that is made to a caller's statement. Invariant: what comes out is what the parser
//! makes of the text that is sent, node by node.

use std::collections::HashMap;

use pg_query::protobuf::{Alias, ColumnRef, Node, ParseResult, RangeSubselect, RangeVar, RawStmt};
use pg_query::{DeparseOptions, NodeEnum, ParserOptions};

use super::expression::{KeyParameters, identifier, outputs};
use super::facts::Relation;
use super::target::Target;
use crate::tree::{Edit, Editor, Message, Visitor, Walk, same_but_for_places};

/// What cannot be masked soundly, and where.
#[derive(Debug)]
pub(super) struct Unmaskable {
    pub(super) met: String,
    pub(super) location: i32,
    pub(super) instead: &'static str,
}

impl Unmaskable {
    pub(super) fn new(met: impl Into<String>, location: i32, instead: &'static str) -> Unmaskable {
        Unmaskable { met: met.into(), location, instead }
    }

    /// A masked relation where no sub-select can stand.
    pub(super) fn place() -> Unmaskable {
        Unmaskable::new(
            "a masked relation in this place",
            -1,
            "select from it in a sub-query: (SELECT … FROM …)",
        )
    }
}

/// The relations to mask, by the byte offset of their names.
pub(super) struct Rewriting<'f> {
    pub(super) sources: HashMap<i32, Relation<'f>>,
    pub(super) targets: HashMap<i32, Relation<'f>>,
    /// Schema and name of the sources.
    pub(super) names: Vec<(String, String)>,
    pub(super) key: KeyParameters,
}

/// A statement with masks, written out.
pub(super) struct Rewritten {
    pub(super) text: String,
    /// Whether the parameters of the key stand in it.
    pub(super) keyed: bool,
}

/// Rewrites a statement and writes it out; `None` when there is nothing in it to mask.
pub(super) fn rewrite(original: &RawStmt, rewriting: Rewriting<'_>) -> Result<Option<Rewritten>, Unmaskable> {
    let first_hidden = rewriting.key.inner;
    let mut statement = original.clone();
    let mut rewriter = Rewriter { rewriting, failed: None };
    statement.stmt.edit("stmt", &mut rewriter);
    if let Some(failed) = rewriter.failed {
        return Err(failed);
    }
    let Rewriting { sources, targets, .. } = rewriter.rewriting;
    if statement.stmt == original.stmt {
        // A change that reads nothing which is masked.
        return Ok(None);
    }
    let mut parameters = Parameters { highest: 0 };
    statement.stmt.walk(&mut parameters);
    if !sources.is_empty() || !targets.is_empty() {
        // What was found was not met again: it stands where the change does not look.
        return Err(Unmaskable::place());
    }
    statement.stmt_location = 0;
    statement.stmt_len = 0;
    let tree = ParseResult { version: 0, stmts: vec![statement] };
    let unlike = || {
        Unmaskable::new(
            "the masked statement",
            -1,
            "write the statement in a simpler way, or name the columns that are needed",
        )
    };
    let text = pg_query::deparse(&tree, DeparseOptions::default()).map_err(|_| unlike())?;
    let back = pg_query::parse(&text, ParserOptions::DEFAULT).map_err(|_| unlike())?;
    match (back.protobuf.stmts.as_slice(), tree.stmts.as_slice()) {
        ([back], [meant]) if same_but_for_places(back, meant) => {
            Ok(Some(Rewritten { text, keyed: parameters.highest >= first_hidden }))
        }
        _ => Err(unlike()),
    }
}

/// Finds the highest parameter.
struct Parameters {
    highest: usize,
}

impl Visitor for Parameters {
    fn enter(&mut self, message: Message<'_>) {
        if let Message::ParamRef(parameter) = message {
            self.highest = self.highest.max(usize::try_from(parameter.number).unwrap_or(0));
        }
    }

    fn leave(&mut self, _: Message<'_>) {}
}

struct Rewriter<'f> {
    rewriting: Rewriting<'f>,
    failed: Option<Unmaskable>,
}

impl Editor for Rewriter<'_> {
    fn node(&mut self, node: &mut Node) -> bool {
        let replaced = match &mut node.node {
            Some(NodeEnum::RangeVar(range)) => {
                let source = self.rewriting.sources.remove(&range.location);
                source.map(|relation| sub_select(range, None, &relation, self.rewriting.key))
            }
            Some(NodeEnum::RangeTableSample(sample)) => {
                let range = match sample.relation.as_deref() {
                    Some(Node { node: Some(NodeEnum::RangeVar(range)) }) => range.clone(),
                    _ => return true,
                };
                let source = self.rewriting.sources.remove(&range.location);
                source.map(|relation| {
                    let sampled = NodeEnum::RangeTableSample(sample.clone());
                    sub_select(&range, Some(sampled), &relation, self.rewriting.key)
                })
            }
            Some(NodeEnum::ColumnRef(reference)) => {
                self.unqualify(reference);
                return false;
            }
            Some(statement) => {
                let target = target_of(statement).map(|range| range.location);
                let relation = target.and_then(|location| self.rewriting.targets.remove(&location));
                if let Some(relation) = relation
                    && let Some(range) = target_of(statement).cloned()
                    && let Err(failed) = Target::new(relation, &range).mask(statement, self.rewriting.key)
                {
                    self.failed.get_or_insert(failed);
                    return false;
                }
                return true;
            }
            None => return true,
        };
        match replaced {
            Some(Ok(sub_select)) => {
                node.node = Some(sub_select);
                false
            }
            Some(Err(failed)) => {
                self.failed.get_or_insert(failed);
                false
            }
            None => true,
        }
    }

    fn place(&mut self, _: &mut i32) {}
}

impl Rewriter<'_> {
    /// Takes the schema out of `schema.relation.column`, since a sub-select has none.
    fn unqualify(&self, reference: &mut ColumnRef) {
        let before = reference.fields.len().saturating_sub(3);
        let word = |at: usize| match reference.fields.get(at).map(|node| &node.node) {
            Some(Some(NodeEnum::String(word))) => Some(word.sval.as_str()),
            _ => None,
        };
        let (Some(schema), Some(name)) = (word(before), word(before + 1)) else { return };
        let masked =
            self.rewriting.names.iter().any(|(in_schema, named)| in_schema == schema && named == name);
        if masked && reference.fields.len() >= 3 {
            reference.fields.drain(..=before);
        }
    }
}

fn target_of(statement: &NodeEnum) -> Option<&RangeVar> {
    match statement {
        NodeEnum::InsertStmt(insert) => insert.relation.as_ref(),
        NodeEnum::UpdateStmt(update) => update.relation.as_ref(),
        NodeEnum::DeleteStmt(delete) => delete.relation.as_ref(),
        NodeEnum::MergeStmt(merge) => merge.relation.as_ref(),
        _ => None,
    }
}

/// `(SELECT … FROM schema.relation) AS alias`, for a name in FROM.
fn sub_select(
    range: &RangeVar,
    sampled: Option<NodeEnum>,
    relation: &Relation<'_>,
    key: KeyParameters,
) -> Result<NodeEnum, Unmaskable> {
    let facts = relation.facts;
    let name = identifier(&facts.name);
    let columns = outputs(relation, &name, key);
    if columns.is_empty() {
        return Err(Unmaskable::new(
            format!("the relation {}.{}", facts.schema, facts.name),
            range.location,
            "the role may read none of its columns; ask its owner for SELECT on them",
        ));
    }
    let only = if range.inh { "" } else { "ONLY " };
    let text = format!("SELECT {} FROM {only}{}.{name}", columns.join(", "), identifier(&facts.schema));
    let mut select = statement_of(&text)?;
    if let (Some(NodeEnum::RangeTableSample(mut sampled)), Some(NodeEnum::SelectStmt(select))) =
        (sampled, &mut select.node)
    {
        sampled.relation = select.from_clause.pop().map(Box::new);
        select.from_clause.push(Node { node: Some(NodeEnum::RangeTableSample(sampled)) });
    }
    let alias = range
        .alias
        .clone()
        .unwrap_or_else(|| Alias { aliasname: range.relname.clone(), colnames: Vec::new() });
    Ok(NodeEnum::RangeSubselect(Box::new(RangeSubselect {
        lateral: false,
        subquery: Some(Box::new(select)),
        alias: Some(alias),
    })))
}

fn statement_of(text: &str) -> Result<Node, Unmaskable> {
    let parsed = pg_query::parse(text, ParserOptions::DEFAULT).map_err(|_| Unmaskable::place())?;
    let statement = parsed.protobuf.stmts.into_iter().next().and_then(|statement| statement.stmt);
    statement.map(|node| *node).ok_or_else(Unmaskable::place)
}

/// An output of a SELECT, from its text.
pub(super) fn output_of(text: &str) -> Result<Node, Unmaskable> {
    let Some(NodeEnum::SelectStmt(select)) = statement_of(&format!("SELECT {text}"))?.node else {
        return Err(Unmaskable::place());
    };
    select.target_list.into_iter().next().ok_or_else(Unmaskable::place)
}

/// An expression, from its text.
pub(super) fn expression_of(text: &str) -> Result<Node, Unmaskable> {
    match output_of(text)?.node {
        Some(NodeEnum::ResTarget(output)) => output.val.map(|value| *value).ok_or_else(Unmaskable::place),
        _ => Err(Unmaskable::place()),
    }
}
