//! Where a statement names relations, and in which place.
//!
//! Separate from the needs because masking asks where a name stands, not what it needs. Invariant: a name whose place is
//! not known counts as [`Place::Other`], which is refused for masked relations.

use std::collections::HashMap;

use pg_query::NodeEnum;
use pg_query::protobuf::{Node, RangeVar};

use crate::needs::Scopes;
use crate::tree::{Message, Statement, Visitor};

/// Where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// What is read: in `FROM`, `USING` or a join.
    From,
    /// What is changed by INSERT, UPDATE, DELETE or MERGE.
    Target,
    /// What is worked on without being shown.
    Worked,
    /// The table of `COPY … TO`.
    CopiedOut,
    /// Anywhere else.
    Other,
}

/// A relation that a statement names.
pub(super) struct Use {
    pub(super) schema: Option<String>,
    pub(super) name: String,
    pub(super) place: Place,
    /// The byte offset of the name.
    pub(super) location: i32,
}

/// Collects the relations that a statement names, without the names of WITH queries.
#[derive(Default)]
pub(super) struct Finder {
    pub(super) uses: Vec<Use>,
    scopes: Scopes,
    places: HashMap<i32, Place>,
    /// Above zero where relation names are aliases, in `FOR UPDATE OF`.
    locking: usize,
}

impl Visitor for Finder {
    fn enter(&mut self, message: Message<'_>) {
        match message {
            Message::Statement(statement) => self.statement(statement),
            Message::WithClause(clause) => self.scopes.bind_clause(clause),
            Message::LockingClause(_) => self.locking += 1,
            Message::JoinExpr(join) => {
                self.from(join.larg.as_deref().into_iter().chain(join.rarg.as_deref()));
            }
            Message::RangeTableSample(sample) => self.from(sample.relation.as_deref()),
            Message::VacuumRelation(vacuum) => self.mark(vacuum.relation.as_ref(), Place::Worked),
            Message::RangeVar(range) => self.relation(range),
            _ => {}
        }
    }

    fn leave(&mut self, message: Message<'_>) {
        match message {
            Message::Statement(
                Statement::SelectStmt(_)
                | Statement::InsertStmt(_)
                | Statement::UpdateStmt(_)
                | Statement::DeleteStmt(_)
                | Statement::MergeStmt(_),
            ) => self.scopes.close(),
            Message::CommonTableExpr(query) => self.scopes.bind(&query.ctename),
            Message::LockingClause(_) => self.locking -= 1,
            _ => {}
        }
    }
}

impl Finder {
    fn statement(&mut self, statement: Statement<'_>) {
        match statement {
            Statement::SelectStmt(select) => {
                self.scopes.open();
                self.from(&select.from_clause);
            }
            Statement::InsertStmt(insert) => self.target(insert.relation.as_ref()),
            Statement::UpdateStmt(update) => {
                self.target(update.relation.as_ref());
                self.from(&update.from_clause);
            }
            Statement::DeleteStmt(delete) => {
                self.target(delete.relation.as_ref());
                self.from(&delete.using_clause);
            }
            Statement::MergeStmt(merge) => {
                self.target(merge.relation.as_ref());
                self.from(merge.source_relation.as_deref());
            }
            Statement::CopyStmt(copy) => {
                let place = if copy.is_from { Place::Worked } else { Place::CopiedOut };
                self.mark(copy.relation.as_ref(), place);
            }
            Statement::LockStmt(lock) => self.worked(&lock.relations),
            Statement::TruncateStmt(truncate) => self.worked(&truncate.relations),
            Statement::ClusterStmt(cluster) => self.mark(cluster.relation.as_ref(), Place::Worked),
            Statement::ReindexStmt(reindex) => self.mark(reindex.relation.as_ref(), Place::Worked),
            _ => {}
        }
    }

    fn target(&mut self, target: Option<&RangeVar>) {
        self.scopes.open();
        self.mark(target, Place::Target);
    }

    fn mark(&mut self, range: Option<&RangeVar>, place: Place) {
        if let Some(range) = range {
            self.places.insert(range.location, place);
        }
    }

    fn from<'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node>) {
        for node in nodes {
            self.mark(range(node), Place::From);
        }
    }

    fn worked<'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node>) {
        for node in nodes {
            self.mark(range(node), Place::Worked);
        }
    }

    fn relation(&mut self, range: &RangeVar) {
        if self.locking > 0 {
            return;
        }
        let place = self.places.get(&range.location).copied().unwrap_or(Place::Other);
        let bound = range.schemaname.is_empty() && self.scopes.binds(&range.relname);
        // What is changed or worked on is a relation, whatever the WITH clause binds.
        if bound && place == Place::From {
            return;
        }
        self.uses.push(Use {
            schema: (!range.schemaname.is_empty()).then(|| range.schemaname.clone()),
            name: range.relname.clone(),
            place,
            location: range.location,
        });
    }
}

fn range(node: &Node) -> Option<&RangeVar> {
    match &node.node {
        Some(NodeEnum::RangeVar(range)) => Some(range),
        _ => None,
    }
}
