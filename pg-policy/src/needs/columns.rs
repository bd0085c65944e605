//! Which columns a statement reads, as far as its tree tells.
//!
//! Separate because columns are bound to relations by names that the statement itself gives out.
//! Invariant: nothing is resolved here that the server might resolve otherwise: names are noted with all that they may
//! mean, and whoever judges them takes the worst.

use std::collections::{BTreeMap, BTreeSet};

use pg_query::protobuf::{Alias, ColumnRef, JoinExpr, RangeVar};
use pg_query::{Node, NodeEnum};

use super::collect::Collector;
use super::names;
use crate::names::RelationName;

/// What a statement says of columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    /// The names under which relations are known in it.
    pub(crate) bindings: Vec<Binding>,
    pub(crate) uses: Vec<ColumnUse>,
    /// Where columns are read that it does not name.
    pub(crate) expansions: Vec<Expansion>,
    /// Columns that it writes, of the relation that it changes; `None` for all of them.
    pub(crate) written: Vec<(RelationName, Option<String>, Option<usize>)>,
}

/// A name under which a relation is known in a statement.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) name: String,
    pub(crate) relation: RelationName,
    /// Whether its columns were given other names: `orders AS o (a, b)`.
    pub(crate) renamed: bool,
    pub(crate) position: Option<usize>,
}

/// One mention of a column.
#[derive(Clone, Debug)]
pub(crate) struct ColumnUse {
    /// What stands before the column: a relation's name or alias, last word only.
    pub(crate) qualifier: Option<String>,
    /// The column; `None` for `qualifier.*`.
    pub(crate) column: Option<String>,
    pub(crate) position: Option<usize>,
}

/// A place that reads columns without naming them.
#[derive(Clone, Debug)]
pub(crate) struct Expansion {
    /// What it is: `*`, or `NATURAL JOIN`.
    pub(crate) what: &'static str,
    pub(crate) relations: Vec<RelationName>,
    pub(crate) position: Option<usize>,
}

/// The columns of a relation that a statement may read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnsRead {
    /// No others than these; a name that may belong to several relations counts for each.
    Named(BTreeSet<String>),
    /// Any: the statement has `*`, a whole row, or names of its own for the columns.
    Any,
}

impl Columns {
    /// The columns that the statement may read, by relation.
    pub(crate) fn read(&self, relations: &[RelationName]) -> BTreeMap<RelationName, ColumnsRead> {
        let mut read: BTreeMap<RelationName, ColumnsRead> =
            relations.iter().map(|name| (name.clone(), ColumnsRead::Named(BTreeSet::new()))).collect();
        let any = |read: &mut BTreeMap<_, _>, relation: &RelationName| {
            read.insert(relation.clone(), ColumnsRead::Any);
        };
        for binding in self.bindings.iter().filter(|binding| binding.renamed) {
            any(&mut read, &binding.relation);
        }
        for expansion in &self.expansions {
            expansion.relations.iter().for_each(|relation| any(&mut read, relation));
        }
        for used in &self.uses {
            for binding in &self.bindings {
                let whole_row = used.qualifier.is_none() && used.column.as_ref() == Some(&binding.name);
                let of_it = used.qualifier.as_ref().is_none_or(|qualifier| *qualifier == binding.name);
                match &used.column {
                    _ if whole_row => any(&mut read, &binding.relation),
                    None if of_it => any(&mut read, &binding.relation),
                    Some(column) if of_it => {
                        if let Some(ColumnsRead::Named(names)) = read.get_mut(&binding.relation) {
                            names.insert(column.clone());
                        }
                    }
                    _ => {}
                }
            }
        }
        read
    }
}

impl Collector<'_> {
    /// Notes a mention of a column, of a row, or of all columns.
    pub(super) fn column(&mut self, column: &ColumnRef) {
        let position = self.position(column.location);
        let word = |node: &Node| names::word(node).map(str::to_owned);
        let (qualifier, last) = match column.fields.as_slice() {
            [last] => (None, last),
            [.., qualifier, last] => (word(qualifier), last),
            [] => return,
        };
        let is_star = matches!(last.node, Some(NodeEnum::AStar(_)));
        // A bare star is noted where it is known what it stands for.
        if is_star && qualifier.is_none() {
            return;
        }
        // In `a.b.c` the schema may be a relation's name, and `b` its column of a composite type.
        if let [.., outer, inner, _] = column.fields.as_slice() {
            let (qualifier, column) = (word(outer), word(inner));
            self.needs.columns.uses.push(ColumnUse { qualifier, column, position });
        }
        let column = if is_star { None } else { word(last) };
        self.needs.columns.uses.push(ColumnUse { qualifier, column, position });
    }

    /// Notes a relation of a FROM clause under the name that it has there.
    pub(super) fn bind(&mut self, range: &RangeVar) {
        let (name, renamed) = match &range.alias {
            Some(alias) => (alias.aliasname.clone(), !alias.colnames.is_empty()),
            None => (range.relname.clone(), false),
        };
        let position = self.position(range.location);
        let relation = names::relation(range);
        self.needs.columns.bindings.push(Binding { name, relation, renamed, position });
    }

    /// Notes what a join reads by itself, and the relations under the name of the whole join.
    pub(super) fn join(&mut self, join: &JoinExpr) {
        let position = match join.rarg.as_ref().and_then(|side| side.node.as_ref()) {
            Some(NodeEnum::RangeVar(range)) => self.position(range.location),
            _ => None,
        };
        if join.is_natural || !join.using_clause.is_empty() {
            self.comparison("=", -1);
        }
        for column in join.using_clause.iter().filter_map(names::word) {
            let column = Some(column.to_owned());
            self.needs.columns.uses.push(ColumnUse { qualifier: None, column, position });
        }
        let Some(Alias { aliasname, colnames }) = &join.alias else { return };
        let mut relations = Vec::new();
        for side in [&join.larg, &join.rarg].into_iter().flatten() {
            self.relations_of(side, &mut relations);
        }
        for (relation, position) in relations {
            let renamed = !colnames.is_empty();
            self.needs.columns.bindings.push(Binding {
                name: aliasname.clone(),
                relation,
                renamed,
                position,
            });
        }
    }

    /// Notes that a natural join reads whatever columns the items have in common. It is asked once of all items: of each
    /// join of a chain alone it would take the square of the chain's length.
    pub(super) fn natural<'n>(&mut self, from: impl IntoIterator<Item = &'n Node> + Clone) {
        if !from.clone().into_iter().any(is_natural) {
            return;
        }
        let mut relations = Vec::new();
        for item in from {
            self.relations_of(item, &mut relations);
        }
        let position = relations.first().and_then(|(_, position)| *position);
        let relations = relations.into_iter().map(|(relation, _)| relation).collect();
        self.needs.columns.expansions.push(Expansion { what: "NATURAL JOIN", relations, position });
    }

    /// Notes the bare `*` of a list, which stands for all columns of these items.
    pub(super) fn star<'n>(
        &mut self,
        list: &[Node],
        target: Option<&RangeVar>,
        from: impl IntoIterator<Item = &'n Node>,
    ) {
        let Some(position) = list.iter().find_map(bare_star) else { return };
        let position = self.position(position);
        let mut relations = Vec::new();
        for item in from {
            self.relations_of(item, &mut relations);
        }
        let relations = relations.into_iter().map(|(relation, _)| relation);
        let relations = target.map(names::relation).into_iter().chain(relations).collect();
        self.needs.columns.expansions.push(Expansion { what: "*", relations, position });
    }

    /// The relations that an item of a FROM clause joins, without those inside sub-selects.
    fn relations_of(&self, item: &Node, relations: &mut Vec<(RelationName, Option<usize>)>) {
        match &item.node {
            Some(NodeEnum::RangeVar(range)) if !self.is_with_query(range) => {
                relations.push((names::relation(range), self.position(range.location)));
            }
            Some(NodeEnum::JoinExpr(join)) => {
                for side in [&join.larg, &join.rarg].into_iter().flatten() {
                    self.relations_of(side, relations);
                }
            }
            Some(NodeEnum::RangeTableSample(sample)) => {
                if let Some(relation) = &sample.relation {
                    self.relations_of(relation, relations);
                }
            }
            _ => {}
        }
    }
}

/// Whether an item of a FROM clause joins anything naturally.
fn is_natural(item: &Node) -> bool {
    match &item.node {
        Some(NodeEnum::JoinExpr(join)) => {
            join.is_natural || [&join.larg, &join.rarg].into_iter().flatten().any(|side| is_natural(side))
        }
        _ => false,
    }
}

fn bare_star(item: &Node) -> Option<i32> {
    let Some(NodeEnum::ResTarget(target)) = &item.node else { return None };
    match target.val.as_ref()?.node.as_ref()? {
        NodeEnum::ColumnRef(column) => match column.fields.as_slice() {
            [Node { node: Some(NodeEnum::AStar(_)) }] => Some(column.location),
            _ => None,
        },
        _ => None,
    }
}
