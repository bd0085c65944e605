//! The locks that a statement will take on relations, and what it does while it holds them; read off its tree.
//!
//! Separate because it judges nothing: it warns. Sources: "Explicit Locking" and the reference page of each statement in
//! PostgreSQL's documentation, and `AlterTableGetLockLevel` in its source for the modes of ALTER TABLE.
//! Invariant: where it is not certain it names the stronger lock and the heavier work.

mod alter_table;

use std::fmt;

use pg_query::NodeEnum;
use pg_query::protobuf::{Constraint, IndexStmt, Node, ObjectType, RangeVar, VacuumStmt};

use self::alter_table::of_alter_table;
use crate::names::RelationName;
use crate::parse;
use crate::refusal::Refusal;

/// A mode of lock on a relation, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockMode {
    /// SELECT.
    AccessShare,
    /// SELECT FOR UPDATE and its like.
    RowShare,
    /// INSERT, UPDATE, DELETE, MERGE.
    RowExclusive,
    /// VACUUM, ANALYZE, CREATE INDEX CONCURRENTLY.
    ShareUpdateExclusive,
    /// CREATE INDEX.
    Share,
    /// CREATE TRIGGER, foreign keys.
    ShareRowExclusive,
    /// REFRESH MATERIALIZED VIEW CONCURRENTLY.
    Exclusive,
    /// Most of ALTER TABLE, DROP, TRUNCATE: nobody else can even read.
    AccessExclusive,
}

impl LockMode {
    /// All modes, the weakest first.
    pub const ALL: [LockMode; 8] = [
        Self::AccessShare,
        Self::RowShare,
        Self::RowExclusive,
        Self::ShareUpdateExclusive,
        Self::Share,
        Self::ShareRowExclusive,
        Self::Exclusive,
        Self::AccessExclusive,
    ];

    /// The name that `pg_locks` shows.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessShare => "AccessShareLock",
            Self::RowShare => "RowShareLock",
            Self::RowExclusive => "RowExclusiveLock",
            Self::ShareUpdateExclusive => "ShareUpdateExclusiveLock",
            Self::Share => "ShareLock",
            Self::ShareRowExclusive => "ShareRowExclusiveLock",
            Self::Exclusive => "ExclusiveLock",
            Self::AccessExclusive => "AccessExclusiveLock",
        }
    }

    /// Whether two sessions cannot hold the two modes on one relation. Source: the table "Conflicting Lock Modes".
    pub fn conflicts_with(self, other: LockMode) -> bool {
        let (weak, strong) = if self <= other { (self, other) } else { (other, self) };
        match strong {
            Self::AccessExclusive => true,
            Self::Exclusive => weak >= Self::RowShare,
            Self::ShareRowExclusive => weak >= Self::RowExclusive,
            Self::Share => weak >= Self::RowExclusive && weak != Self::Share,
            Self::ShareUpdateExclusive => weak >= Self::ShareUpdateExclusive,
            Self::AccessShare | Self::RowShare | Self::RowExclusive => false,
        }
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a statement does with a relation while it holds the lock, the lightest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockedWork {
    /// It changes the catalog only: done at once.
    Catalog,
    /// It works on rows, as long as that takes.
    Rows,
    /// It reads the whole relation.
    Scan,
    /// It builds an index of the whole relation.
    Build,
    /// It writes the whole relation anew, and its indexes.
    Rewrite,
}

/// A lock that a statement will take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockNeed {
    /// On which relation.
    pub relation: RelationName,
    /// In which mode.
    pub mode: LockMode,
    /// For what part of the statement.
    pub action: &'static str,
    /// What it does meanwhile.
    pub work: LockedWork,
    /// A way that locks less or shorter, where there is one.
    pub gentler: Option<&'static str>,
}

/// The locks that the text, which must be one statement, will take. Statements that lock no relation by name have none.
///
/// # Errors
///
/// Refuses what is not one statement of the grammar.
pub fn lock_needs(text: &str) -> Result<Vec<LockNeed>, Refusal> {
    parse::compare(vec![text.to_owned()], |statements| {
        let node = statements.first().and_then(|statement| parse::node(statement));
        Ok(node.map(of_statement).unwrap_or_default())
    })
}

fn of_statement(node: &NodeEnum) -> Vec<LockNeed> {
    match node {
        NodeEnum::AlterTableStmt(alter) => of_alter_table(alter),
        NodeEnum::IndexStmt(index) => of_index(index),
        NodeEnum::DropStmt(drop) => {
            let (mode, gentler) = match (drop.concurrent, ObjectType::try_from(drop.remove_type)) {
                (true, _) => (LockMode::ShareUpdateExclusive, None),
                (false, Ok(ObjectType::ObjectIndex)) => {
                    (LockMode::AccessExclusive, Some("DROP INDEX CONCURRENTLY, outside of a transaction"))
                }
                (false, _) => (LockMode::AccessExclusive, None),
            };
            let relations = matches!(
                ObjectType::try_from(drop.remove_type),
                Ok(ObjectType::ObjectTable
                    | ObjectType::ObjectIndex
                    | ObjectType::ObjectView
                    | ObjectType::ObjectMatview
                    | ObjectType::ObjectForeignTable
                    | ObjectType::ObjectSequence)
            );
            let named = drop.objects.iter().filter(|_| relations).filter_map(dotted);
            named.map(|relation| need(relation, mode, "DROP", LockedWork::Catalog, gentler)).collect()
        }
        NodeEnum::TruncateStmt(truncate) => truncate
            .relations
            .iter()
            .filter_map(range)
            .map(|relation| {
                need(
                    relation,
                    LockMode::AccessExclusive,
                    "TRUNCATE",
                    LockedWork::Catalog,
                    Some("DELETE in batches, where readers must go on meanwhile"),
                )
            })
            .collect(),
        NodeEnum::VacuumStmt(vacuum) => of_vacuum(vacuum),
        NodeEnum::ClusterStmt(cluster) => one(
            cluster.relation.as_ref(),
            LockMode::AccessExclusive,
            "CLUSTER",
            LockedWork::Rewrite,
            Some("the extension pg_repack rewrites under a short lock"),
        ),
        NodeEnum::ReindexStmt(reindex) => {
            let (mode, gentler) = if has_option(&reindex.params, "concurrently") {
                (LockMode::ShareUpdateExclusive, None)
            } else {
                (LockMode::AccessExclusive, Some("REINDEX … CONCURRENTLY, outside of a transaction"))
            };
            one(reindex.relation.as_ref(), mode, "REINDEX", LockedWork::Build, gentler)
        }
        NodeEnum::RefreshMatViewStmt(refresh) => {
            let (mode, gentler) = if refresh.concurrent {
                (LockMode::Exclusive, None)
            } else {
                (
                    LockMode::AccessExclusive,
                    Some("REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on the view"),
                )
            };
            one(refresh.relation.as_ref(), mode, "REFRESH MATERIALIZED VIEW", LockedWork::Rewrite, gentler)
        }
        NodeEnum::RenameStmt(rename) => one(
            rename.relation.as_ref(),
            LockMode::AccessExclusive,
            "RENAME",
            LockedWork::Catalog,
            Some("a view or a second column under the new name, until all callers use it"),
        ),
        NodeEnum::AlterObjectSchemaStmt(alter) => {
            one(alter.relation.as_ref(), LockMode::AccessExclusive, "SET SCHEMA", LockedWork::Catalog, None)
        }
        NodeEnum::CreateTrigStmt(trigger) => one(
            trigger.relation.as_ref(),
            LockMode::ShareRowExclusive,
            "CREATE TRIGGER",
            LockedWork::Catalog,
            None,
        ),
        NodeEnum::RuleStmt(rule) => {
            one(rule.relation.as_ref(), LockMode::AccessExclusive, "CREATE RULE", LockedWork::Catalog, None)
        }
        NodeEnum::CreatePolicyStmt(policy) => {
            one(policy.table.as_ref(), LockMode::AccessExclusive, "CREATE POLICY", LockedWork::Catalog, None)
        }
        NodeEnum::CreateStmt(create) => {
            let mut needs: Vec<LockNeed> = create
                .table_elts
                .iter()
                .flat_map(|element| match &element.node {
                    Some(NodeEnum::Constraint(constraint)) => referenced(constraint),
                    Some(NodeEnum::ColumnDef(column)) => {
                        column.constraints.iter().filter_map(constraint_of).flat_map(referenced).collect()
                    }
                    _ => Vec::new(),
                })
                .collect();
            if create.partbound.is_some() {
                needs.extend(create.inh_relations.iter().filter_map(range).map(|parent| {
                    need(
                        parent,
                        LockMode::AccessExclusive,
                        "CREATE TABLE PARTITION OF",
                        LockedWork::Catalog,
                        Some("CREATE TABLE … (LIKE parent), then ALTER TABLE parent ATTACH PARTITION"),
                    )
                }));
            }
            needs
        }
        NodeEnum::LockStmt(lock) => {
            // The parser counts modes from 1.
            let place = usize::try_from(lock.mode).unwrap_or(8).saturating_sub(1);
            let mode = LockMode::ALL.get(place).copied().unwrap_or(LockMode::AccessExclusive);
            let named = lock.relations.iter().filter_map(range);
            named.map(|relation| need(relation, mode, "LOCK", LockedWork::Rows, None)).collect()
        }
        NodeEnum::InsertStmt(s) => {
            one(s.relation.as_ref(), LockMode::RowExclusive, "INSERT", LockedWork::Rows, None)
        }
        NodeEnum::UpdateStmt(s) => {
            one(s.relation.as_ref(), LockMode::RowExclusive, "UPDATE", LockedWork::Rows, None)
        }
        NodeEnum::DeleteStmt(s) => {
            one(s.relation.as_ref(), LockMode::RowExclusive, "DELETE", LockedWork::Rows, None)
        }
        NodeEnum::MergeStmt(s) => {
            one(s.relation.as_ref(), LockMode::RowExclusive, "MERGE", LockedWork::Rows, None)
        }
        _ => Vec::new(),
    }
}

fn of_index(index: &IndexStmt) -> Vec<LockNeed> {
    let (mode, gentler) = if index.concurrent {
        (LockMode::ShareUpdateExclusive, None)
    } else {
        (
            LockMode::Share,
            Some("CREATE INDEX CONCURRENTLY, outside of a transaction; drop the invalid index if it fails"),
        )
    };
    one(index.relation.as_ref(), mode, "CREATE INDEX", LockedWork::Build, gentler)
}

fn of_vacuum(vacuum: &VacuumStmt) -> Vec<LockNeed> {
    let full = has_option(&vacuum.options, "full");
    let (mode, action, work, gentler) = match (vacuum.is_vacuumcmd, full) {
        (true, true) => (
            LockMode::AccessExclusive,
            "VACUUM FULL",
            LockedWork::Rewrite,
            Some(
                "a plain VACUUM, which lets space be used again; the extension pg_repack gives it back under a short lock",
            ),
        ),
        (true, false) => (LockMode::ShareUpdateExclusive, "VACUUM", LockedWork::Scan, None),
        (false, _) => (LockMode::ShareUpdateExclusive, "ANALYZE", LockedWork::Scan, None),
    };
    let named = vacuum.rels.iter().filter_map(|node| match &node.node {
        Some(NodeEnum::VacuumRelation(of)) => of.relation.as_ref().map(relation_name),
        _ => None,
    });
    named.map(|relation| need(relation, mode, action, work, gentler)).collect()
}

/// The lock on the table that a foreign key points at.
fn referenced(constraint: &Constraint) -> Vec<LockNeed> {
    one(constraint.pktable.as_ref(), LockMode::ShareRowExclusive, "REFERENCES", LockedWork::Catalog, None)
}

fn need(
    relation: RelationName,
    mode: LockMode,
    action: &'static str,
    work: LockedWork,
    gentler: Option<&'static str>,
) -> LockNeed {
    LockNeed { relation, mode, action, work, gentler }
}

fn one(
    range: Option<&RangeVar>,
    mode: LockMode,
    action: &'static str,
    work: LockedWork,
    gentler: Option<&'static str>,
) -> Vec<LockNeed> {
    range.map(|range| need(relation_name(range), mode, action, work, gentler)).into_iter().collect()
}

fn relation_name(range: &RangeVar) -> RelationName {
    RelationName {
        schema: (!range.schemaname.is_empty()).then(|| range.schemaname.clone()),
        name: range.relname.clone(),
    }
}

fn range(node: &Node) -> Option<RelationName> {
    match &node.node {
        Some(NodeEnum::RangeVar(range)) => Some(relation_name(range)),
        _ => None,
    }
}

/// A name that the grammar gives as a list of its parts.
fn dotted(node: &Node) -> Option<RelationName> {
    let Some(NodeEnum::List(list)) = &node.node else { return None };
    let mut parts: Vec<String> = list
        .items
        .iter()
        .filter_map(|item| match &item.node {
            Some(NodeEnum::String(word)) => Some(word.sval.clone()),
            _ => None,
        })
        .collect();
    let name = parts.pop()?;
    Some(RelationName { schema: parts.pop(), name })
}

fn constraint_of(node: &Node) -> Option<&Constraint> {
    match &node.node {
        Some(NodeEnum::Constraint(constraint)) => Some(constraint),
        _ => None,
    }
}

fn has_option(options: &[Node], name: &str) -> bool {
    options.iter().any(|node| match &node.node {
        Some(NodeEnum::DefElem(option)) => option.defname == name,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{LockMode, LockedWork, lock_needs};

    fn told(text: &str) -> Vec<(String, LockMode, LockedWork)> {
        let needs = lock_needs(text).unwrap();
        needs.into_iter().map(|need| (need.relation.to_string(), need.mode, need.work)).collect()
    }

    #[test]
    fn tells_rewrites_scans_and_builds_apart() {
        use LockMode as M;
        use LockedWork as W;
        for (text, mode, work) in [
            ("ALTER TABLE t ADD COLUMN a int", M::AccessExclusive, W::Catalog),
            ("ALTER TABLE t ADD COLUMN a int DEFAULT 7", M::AccessExclusive, W::Catalog),
            ("ALTER TABLE t ADD COLUMN a timestamptz DEFAULT now()", M::AccessExclusive, W::Catalog),
            ("ALTER TABLE t ADD COLUMN a uuid DEFAULT gen_random_uuid()", M::AccessExclusive, W::Rewrite),
            ("ALTER TABLE t ADD COLUMN a bigserial", M::AccessExclusive, W::Rewrite),
            ("ALTER TABLE t ALTER COLUMN a TYPE bigint", M::AccessExclusive, W::Rewrite),
            ("ALTER TABLE t ALTER a SET NOT NULL", M::AccessExclusive, W::Scan),
            ("ALTER TABLE t ADD CHECK (a > 0)", M::AccessExclusive, W::Scan),
            ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID", M::AccessExclusive, W::Catalog),
            ("ALTER TABLE t VALIDATE CONSTRAINT c", M::ShareUpdateExclusive, W::Scan),
            ("ALTER TABLE t ADD UNIQUE (a)", M::AccessExclusive, W::Build),
            ("ALTER TABLE t ADD UNIQUE USING INDEX i", M::AccessExclusive, W::Catalog),
            ("ALTER TABLE t SET (fillfactor = 70)", M::ShareUpdateExclusive, W::Catalog),
            ("ALTER TABLE t DISABLE TRIGGER g", M::ShareRowExclusive, W::Catalog),
            ("CREATE INDEX ON t (a)", M::Share, W::Build),
            ("CREATE INDEX CONCURRENTLY ON t (a)", M::ShareUpdateExclusive, W::Build),
            ("DROP TABLE t", M::AccessExclusive, W::Catalog),
            ("DROP INDEX CONCURRENTLY t", M::ShareUpdateExclusive, W::Catalog),
            ("TRUNCATE t", M::AccessExclusive, W::Catalog),
            ("VACUUM FULL t", M::AccessExclusive, W::Rewrite),
            ("VACUUM t", M::ShareUpdateExclusive, W::Scan),
            ("REINDEX TABLE CONCURRENTLY t", M::ShareUpdateExclusive, W::Build),
            ("LOCK t IN SHARE MODE", M::Share, W::Rows),
            ("UPDATE t SET a = 1", M::RowExclusive, W::Rows),
        ] {
            assert_eq!(told(text), [("t".to_owned(), mode, work)], "{text}");
        }
    }

    #[test]
    fn a_foreign_key_locks_both_tables() {
        let needs = told("ALTER TABLE a.child ADD FOREIGN KEY (p) REFERENCES b.parent");
        assert_eq!(
            needs,
            [
                ("a.child".to_owned(), LockMode::ShareRowExclusive, LockedWork::Scan),
                ("b.parent".to_owned(), LockMode::ShareRowExclusive, LockedWork::Catalog),
            ]
        );
    }

    #[test]
    fn conflicts_are_those_of_the_manual() {
        let count =
            |mode: LockMode| LockMode::ALL.iter().filter(|other| mode.conflicts_with(**other)).count();
        let counts: Vec<usize> = LockMode::ALL.into_iter().map(count).collect();
        assert_eq!(counts, [1, 2, 4, 5, 5, 6, 7, 8]);
        assert!(!LockMode::Share.conflicts_with(LockMode::Share));
        assert!(LockMode::ShareUpdateExclusive.conflicts_with(LockMode::ShareUpdateExclusive));
    }

    #[test]
    fn what_is_no_statement_is_refused_and_a_query_locks_nothing_that_matters() {
        assert!(lock_needs("ALTER TABLE").is_err());
        assert!(lock_needs("DROP TABLE a; DROP TABLE b").is_err());
        assert!(told("SELECT 1").is_empty());
    }
}
