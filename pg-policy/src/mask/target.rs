//! Changes of a masked relation: what its statement may not look at, and what it gives back.
//!
//! Separate because the target of a change cannot become a sub-select. Invariant: no expression of the statement reads a
//! masked column of its target; only `RETURNING` names one, and gives the mask.

use pg_query::protobuf::{ColumnRef, Node, OnConflictClause, RangeVar, ReturningClause};
use pg_query::{NodeEnum, protobuf};

use super::expression::{KeyParameters, identifier, mask};
use super::facts::Relation;
use super::rewrite::{Unmaskable, expression_of};
use crate::tree::{Edit, Editor, Message, Visitor, Walk};

/// The target of a change, under the name that the statement has for it.
pub(super) struct Target<'f> {
    pub(super) relation: Relation<'f>,
    name: String,
}

impl<'f> Target<'f> {
    pub(super) fn new(relation: Relation<'f>, range: &RangeVar) -> Target<'f> {
        let name = range.alias.as_ref().map_or(&range.relname, |alias| &alias.aliasname);
        Target { relation, name: name.clone() }
    }

    /// Looks through the statement's own expressions, and puts masks into what it returns.
    pub(super) fn mask(&self, statement: &mut NodeEnum, key: KeyParameters) -> Result<(), Unmaskable> {
        match statement {
            NodeEnum::InsertStmt(insert) => {
                self.conflict(insert.on_conflict_clause.as_deref())?;
                self.returning(insert.returning_clause.as_mut(), true, key)
            }
            NodeEnum::UpdateStmt(update) => {
                self.unread(&update.target_list)?;
                self.unread(update.where_clause.as_deref())?;
                self.returning(update.returning_clause.as_mut(), update.from_clause.is_empty(), key)
            }
            NodeEnum::DeleteStmt(delete) => {
                self.unread(delete.where_clause.as_deref())?;
                self.returning(delete.returning_clause.as_mut(), delete.using_clause.is_empty(), key)
            }
            NodeEnum::MergeStmt(merge) => {
                self.unread(merge.join_condition.as_deref())?;
                self.unread(&merge.merge_when_clauses)?;
                self.returning(merge.returning_clause.as_mut(), false, key)
            }
            _ => Err(Unmaskable::place()),
        }
    }

    fn conflict(&self, clause: Option<&OnConflictClause>) -> Result<(), Unmaskable> {
        let Some(clause) = clause else { return Ok(()) };
        self.unread(&clause.target_list)?;
        self.unread(clause.where_clause.as_deref())
    }

    fn unread<'n>(&self, nodes: impl IntoIterator<Item = &'n Node>) -> Result<(), Unmaskable> {
        let mut reader = Reader { target: self, read: None };
        for node in nodes {
            node.walk(&mut reader);
        }
        reader.read.map_or(Ok(()), Err)
    }

    fn returning(
        &self,
        clause: Option<&mut ReturningClause>,
        alone: bool,
        key: KeyParameters,
    ) -> Result<(), Unmaskable> {
        let Some(clause) = clause else { return Ok(()) };
        if !clause.options.is_empty() {
            return Err(Unmaskable::new(
                "RETURNING WITH",
                -1,
                "name the columns as old.column and new.column",
            ));
        }
        let mut exprs = Vec::with_capacity(clause.exprs.len());
        for mut node in std::mem::take(&mut clause.exprs) {
            let Some(NodeEnum::ResTarget(output)) = &mut node.node else { return Err(Unmaskable::place()) };
            let plain = output.val.as_deref().and_then(column_ref);
            let all =
                plain.and_then(star).filter(|qualifier| qualifier.is_none() || self.stands_for(*qualifier));
            if let Some(qualifier) = all {
                if qualifier.is_none() && !alone {
                    let location = plain.map_or(-1, |plain| plain.location);
                    return Err(Unmaskable::new("RETURNING *", location, "name the columns"));
                }
                exprs.extend(self.columns(qualifier, key)?);
                continue;
            }
            if let Some(column) = plain.and_then(|plain| self.masked(plain))
                && output.name.is_empty()
            {
                output.name = column.to_owned();
            }
            let mut masker = Masker { target: self, key, failed: None };
            output.val.edit("val", &mut masker);
            masker.failed.map_or(Ok(()), Err)?;
            exprs.push(node);
        }
        clause.exprs = exprs;
        Ok(())
    }

    /// What `*` or `qualifier.*` stands for.
    fn columns(&self, qualifier: Option<&str>, key: KeyParameters) -> Result<Vec<Node>, Unmaskable> {
        let qualifier = identifier(qualifier.unwrap_or(&self.name));
        let outputs = super::expression::outputs(&self.relation, &qualifier, key);
        outputs.iter().map(|output| super::rewrite::output_of(output)).collect()
    }

    /// Whether a qualifier means the target's row.
    fn stands_for(&self, qualifier: Option<&str>) -> bool {
        qualifier.is_some_and(|qualifier| qualifier == self.name || ["old", "new"].contains(&qualifier))
    }

    /// The masked column of the target that a reference means.
    fn masked<'c>(&self, reference: &'c ColumnRef) -> Option<&'c str> {
        let words = words(reference);
        let (last, before) = words.split_last()?;
        let column = (*last)?;
        let qualifier = before.last().copied().flatten();
        (self.relation.masks(column) && (before.is_empty() || self.stands_for(qualifier))).then_some(column)
    }

    /// Whether a reference means the whole row of the target.
    fn whole(&self, reference: &ColumnRef) -> bool {
        let words = words(reference);
        match words.as_slice() {
            [.., qualifier, None] => self.stands_for(*qualifier),
            [.., last] => self.stands_for(*last),
            [] => true,
        }
    }

    fn read(&self, reference: &ColumnRef) -> Option<Unmaskable> {
        let met = match self.masked(reference) {
            Some(column) => format!("the masked column {column} of {}", self.relation.facts.name),
            None if self.whole(reference) => format!("the whole row of {}", self.relation.facts.name),
            None => return None,
        };
        Some(Unmaskable::new(
            met,
            reference.location,
            "compare other columns; where another relation's column is meant, write its alias before it",
        ))
    }
}

/// Finds what reads masked columns of the target.
struct Reader<'t, 'f> {
    target: &'t Target<'f>,
    read: Option<Unmaskable>,
}

impl Visitor for Reader<'_, '_> {
    fn enter(&mut self, message: Message<'_>) {
        if let Message::ColumnRef(reference) = message
            && self.read.is_none()
        {
            self.read = self.target.read(reference);
        }
    }

    fn leave(&mut self, _: Message<'_>) {}
}

/// Replaces what reads masked columns of the target by masks.
struct Masker<'t, 'f> {
    target: &'t Target<'f>,
    key: KeyParameters,
    failed: Option<Unmaskable>,
}

impl Editor for Masker<'_, '_> {
    fn node(&mut self, node: &mut Node) -> bool {
        let result = match &node.node {
            // Inside, the same words may mean another relation.
            Some(NodeEnum::SubLink(_)) => self.target.unread([&*node]).map(|()| None),
            Some(NodeEnum::ColumnRef(reference)) => self.reference(reference),
            _ => return true,
        };
        match result {
            Ok(None) => {}
            Ok(Some(masked)) => *node = masked,
            Err(failed) => self.failed = Some(failed),
        }
        false
    }

    fn place(&mut self, _: &mut i32) {}
}

impl Masker<'_, '_> {
    fn reference(&self, reference: &ColumnRef) -> Result<Option<Node>, Unmaskable> {
        let Some(column) = self.target.masked(reference) else {
            return self.target.read(reference).map_or(Ok(None), Err);
        };
        let Some((facts, method)) = self.target.relation.method(column) else {
            return Err(Unmaskable::place());
        };
        let words: Option<Vec<String>> = words(reference).iter().map(|word| word.map(identifier)).collect();
        let value = words.ok_or_else(Unmaskable::place)?.join(".");
        expression_of(&mask(method, &value, facts, self.key)).map(Some)
    }
}

/// The words of a reference; `None` for a star, and for what is no word.
fn words(reference: &ColumnRef) -> Vec<Option<&str>> {
    reference
        .fields
        .iter()
        .map(|node| match &node.node {
            Some(NodeEnum::String(protobuf::String { sval })) => Some(sval.as_str()),
            _ => None,
        })
        .collect()
}

/// The qualifier of `*` and `qualifier.*`; `None` for any other reference.
fn star(reference: &ColumnRef) -> Option<Option<&str>> {
    match words(reference).as_slice() {
        [None] => Some(None),
        [.., qualifier, None] => Some(*qualifier),
        _ => None,
    }
}

fn column_ref(node: &Node) -> Option<&ColumnRef> {
    match &node.node {
        Some(NodeEnum::ColumnRef(reference)) => Some(reference),
        _ => None,
    }
}
