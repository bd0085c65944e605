//! Which names are those of WITH queries at a point of the walk.
//!
//! Separate because shadowing has its own rules. Invariant: a name counts as a WITH query only where the
//! server resolves it so: never with a schema, never as the target of a change, in its own query only
//! when the clause is recursive. In doubt the name is a relation's.

use std::collections::HashMap;

use pg_query::NodeEnum;
use pg_query::protobuf::WithClause;

/// The WITH clauses around the current point, innermost last.
#[derive(Default)]
pub(crate) struct Scopes {
    statements: Vec<Vec<String>>,
    /// How often each name is bound, over all of them.
    bound: HashMap<String, usize>,
}

impl Scopes {
    /// Enters a statement that may have a WITH clause.
    pub(crate) fn open(&mut self) {
        self.statements.push(Vec::new());
    }

    /// Leaves it.
    pub(crate) fn close(&mut self) {
        for name in self.statements.pop().unwrap_or_default() {
            if let Some(count) = self.bound.get_mut(&name) {
                *count -= 1;
            }
        }
    }

    /// Binds the names of a recursive clause, whose queries see each other.
    pub(crate) fn bind_clause(&mut self, clause: &WithClause) {
        if clause.recursive {
            for query in &clause.ctes {
                if let Some(NodeEnum::CommonTableExpr(query)) = &query.node {
                    self.bind(&query.ctename);
                }
            }
        }
    }

    /// Binds a name for what follows its query.
    pub(crate) fn bind(&mut self, name: &str) {
        if let Some(innermost) = self.statements.last_mut() {
            innermost.push(name.to_owned());
            *self.bound.entry(name.to_owned()).or_default() += 1;
        }
    }

    /// Whether a name without schema is bound here.
    pub(crate) fn binds(&self, name: &str) -> bool {
        self.bound.get(name).is_some_and(|count| *count > 0)
    }
}
