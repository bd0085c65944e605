//! What each statement is and which access it needs: one arm for each statement of PostgreSQL.
//!
//! Separate because it is the table that people read first when they ask what a level allows.
//! Invariant: the match has no `_` arm; a statement of a newer parser does not compile until it is judged.

use pg_query::protobuf::{
    DefElem, IntoClause, ObjectType, OnCommitAction, RangeVar, ReindexObjectType, TransactionStmt,
    TransactionStmtKind, VariableSetKind, VariableSetStmt,
};
use pg_query::{Node, NodeEnum};

use super::{Need, Permit, alter_table, defined, reasons};
use crate::access::Access;
use crate::kind::{Object, StatementKind as Kind};
use crate::tree::Statement;

/// A statement by itself, without what is inside it.
#[derive(Clone, Copy)]
pub(super) struct Described {
    pub(super) kind: Kind,
    pub(super) need: Need,
    /// Whether it answers with rows, as far as the grammar tells.
    pub(super) rows: bool,
    /// Whether PostgreSQL refuses to run it inside a transaction block.
    pub(super) outside: bool,
}

impl Described {
    fn new(kind: Kind, need: Need) -> Described {
        Described { kind, need, rows: false, outside: false }
    }

    fn rows(mut self, rows: bool) -> Described {
        self.rows = rows;
        self
    }

    fn outside(mut self, outside: bool) -> Described {
        self.outside = outside;
        self
    }
}

fn access(kind: Kind, access: Access) -> Described {
    Described::new(kind, Need::Access(access))
}

fn never(kind: Kind, reason: super::Reason) -> Described {
    Described::new(kind, Need::Never(reason))
}

fn create(object: Object) -> Described {
    access(Kind::Create(object), object.access())
}

fn alter(object: Object) -> Described {
    access(Kind::Alter(object), object.access())
}

fn drop(object: Object) -> Described {
    access(Kind::Drop(object), object.access())
}

/// Says what the statement is and what it needs.
pub(super) fn describe(statement: Statement<'_>) -> Described {
    use Access::{Admin, Read, Schema, Write};
    use Statement as S;
    match statement {
        // Queries.
        S::SelectStmt(s) => match &s.into_clause {
            Some(into) => create_as(Object::TableAs, Some(into)),
            None if !s.values_lists.is_empty() => access(Kind::Values, Read).rows(true),
            None => access(Kind::Select, Read).rows(true),
        },
        S::VariableShowStmt(_) => access(Kind::Show, Read).rows(true),
        S::ExplainStmt(_) => access(Kind::Explain, Read).rows(true),

        // Rows.
        S::InsertStmt(s) => access(Kind::Insert, Write).rows(s.returning_clause.is_some()),
        S::UpdateStmt(s) => access(Kind::Update, Write).rows(s.returning_clause.is_some()),
        S::DeleteStmt(s) => access(Kind::Delete, Write).rows(s.returning_clause.is_some()),
        S::MergeStmt(s) => access(Kind::Merge, Write).rows(s.returning_clause.is_some()),
        S::CallStmt(_) => access(Kind::Call, Write).rows(true),
        S::NotifyStmt(_) => access(Kind::Notify, Write),
        S::LockStmt(_) => access(Kind::Lock, Write),
        S::ConstraintsSetStmt(_) => access(Kind::SetConstraints, Write),
        S::CopyStmt(s) => Described::new(
            Kind::Copy,
            match (s.is_program, s.filename.is_empty()) {
                (true, _) => Need::Permit(Permit::ServerPrograms),
                (false, false) => Need::Permit(Permit::ServerFiles),
                (false, true) => Need::Never(reasons::COPY),
            },
        ),

        // Tables and what belongs to them. TRUNCATE is here and not with the rows: it takes the lock of
        // DDL, fires no row triggers, and no WHERE clause can narrow it.
        S::TruncateStmt(_) => access(Kind::Truncate, Schema),
        S::CreateStmt(s) => create_relation(
            Object::Table,
            s.relation.as_ref(),
            s.oncommit == OnCommitAction::OncommitDrop as i32,
        ),
        S::CreateTableAsStmt(s) => {
            let object = match ObjectType::try_from(s.objtype) {
                Ok(ObjectType::ObjectMatview) => Object::MaterializedView,
                _ => Object::TableAs,
            };
            create_as(object, s.into.as_deref())
        }
        S::ViewStmt(s) => create_relation(Object::View, s.view.as_ref(), false),
        S::CreateSeqStmt(s) => create_relation(Object::Sequence, s.sequence.as_ref(), false),
        S::IndexStmt(s) => create(Object::Index).outside(s.concurrent),
        S::CreateStatsStmt(_) => create(Object::Statistics),
        // The owner is another role, and may be the schema's name.
        S::CreateSchemaStmt(s) if s.authrole.is_some() => access(Kind::Create(Object::Schema), Admin),
        S::CreateSchemaStmt(_) => create(Object::Schema),
        S::CompositeTypeStmt(_) | S::CreateEnumStmt(_) | S::CreateRangeStmt(_) => create(Object::Type),
        S::CreateDomainStmt(_) => create(Object::Domain),
        S::AlterTableStmt(s) => {
            let alters = alter_table::judge(s);
            let kind = Kind::Alter(Object::of(s.objtype));
            access(kind, alters.access.max(Object::of(s.objtype).access())).outside(alters.outside)
        }
        S::AlterSeqStmt(_) => alter(Object::Sequence),
        S::AlterStatsStmt(_) => alter(Object::Statistics),
        S::AlterDomainStmt(_) => alter(Object::Domain),
        S::AlterEnumStmt(_) => alter(Object::Type),
        S::RenameStmt(s) => {
            let named = Object::of(s.rename_type);
            let column_of = Object::of(s.relation_type);
            let is_part = matches!(
                ObjectType::try_from(s.rename_type),
                Ok(ObjectType::ObjectColumn | ObjectType::ObjectAttribute | ObjectType::ObjectTabconstraint)
            );
            alter(if is_part && column_of != Object::Other { column_of } else { named })
        }
        S::AlterObjectSchemaStmt(s) => alter(Object::of(s.object_type)),
        S::DropStmt(s) => drop(Object::of(s.remove_type)).outside(s.concurrent),
        S::CommentStmt(s) => access(Kind::Comment, comment(Object::of(s.objtype))),
        S::RefreshMatViewStmt(_) => access(Kind::Refresh, Schema),
        // The system catalogs are among all tables.
        S::VacuumStmt(s) if s.rels.is_empty() && defined::rewrites(s) => {
            access(Kind::Vacuum, Admin).outside(true)
        }
        S::VacuumStmt(s) if s.is_vacuumcmd => access(Kind::Vacuum, Schema).outside(true),
        S::VacuumStmt(_) => access(Kind::Analyze, Schema),
        S::ClusterStmt(s) => access(Kind::Cluster, Schema).outside(s.relation.is_none()),
        S::ReindexStmt(s) => {
            let many = !matches!(
                ReindexObjectType::try_from(s.kind),
                Ok(ReindexObjectType::ReindexObjectIndex | ReindexObjectType::ReindexObjectTable)
            );
            let of_system = ReindexObjectType::try_from(s.kind) == Ok(ReindexObjectType::ReindexObjectSystem);
            let needed = if of_system { Admin } else { Schema };
            access(Kind::Reindex, needed).outside(many || has_option(&s.params, "concurrently"))
        }

        // Code, privileges, other hosts, and what everybody shares.
        S::DoStmt(_) => access(Kind::Do, Admin),
        S::CreateFunctionStmt(s) => create(if s.is_procedure { Object::Procedure } else { Object::Function }),
        S::AlterFunctionStmt(s) => alter(Object::of(s.objtype)),
        S::CreateTrigStmt(_) => create(Object::Trigger),
        S::CreateEventTrigStmt(_) => create(Object::EventTrigger),
        S::AlterEventTrigStmt(_) => alter(Object::EventTrigger),
        S::RuleStmt(_) => create(Object::Rule),
        S::CreatePolicyStmt(_) => create(Object::Policy),
        S::AlterPolicyStmt(_) => alter(Object::Policy),
        S::CreatePLangStmt(_) => create(Object::Language),
        S::CreateExtensionStmt(_) => create(Object::Extension),
        S::AlterExtensionStmt(_) | S::AlterExtensionContentsStmt(_) => alter(Object::Extension),
        S::CreateAmStmt(_) => create(Object::AccessMethod),
        S::CreateCastStmt(_) => create(Object::Cast),
        S::CreateConversionStmt(_) => create(Object::Conversion),
        S::CreateTransformStmt(_) => create(Object::Transform),
        S::CreateOpClassStmt(_) => create(Object::OperatorClass),
        S::CreateOpFamilyStmt(_) => create(Object::OperatorFamily),
        S::AlterOpFamilyStmt(_) => alter(Object::OperatorFamily),
        S::AlterOperatorStmt(_) => alter(Object::Operator),
        // A base type and its options are C functions.
        S::DefineStmt(s) => access(Kind::Create(Object::of(s.kind)), Admin),
        S::AlterTypeStmt(_) => access(Kind::Alter(Object::Type), Admin),
        S::AlterCollationStmt(_) => alter(Object::Collation),
        S::AlterTsDictionaryStmt(_) => alter(Object::TextSearchDictionary),
        S::AlterTsConfigurationStmt(_) => alter(Object::TextSearchConfiguration),
        S::AlterObjectDependsStmt(s) => access(Kind::Alter(Object::of(s.object_type)), Admin),
        S::AlterOwnerStmt(s) => access(Kind::Alter(Object::of(s.object_type)), Admin),
        S::GrantStmt(s) => access(if s.is_grant { Kind::Grant } else { Kind::Revoke }, Admin),
        S::GrantRoleStmt(s) => access(if s.is_grant { Kind::Grant } else { Kind::Revoke }, Admin),
        S::AlterDefaultPrivilegesStmt(_) => alter(Object::DefaultPrivileges),
        S::CreateRoleStmt(_) => create(Object::Role),
        S::AlterRoleStmt(_) | S::AlterRoleSetStmt(_) => alter(Object::Role),
        S::DropRoleStmt(_) => drop(Object::Role),
        S::DropOwnedStmt(_) => drop(Object::Owned),
        S::ReassignOwnedStmt(_) => access(Kind::ReassignOwned, Admin),
        S::SecLabelStmt(_) => access(Kind::SecurityLabel, Admin),
        S::CreatedbStmt(_) => create(Object::Database).outside(true),
        S::AlterDatabaseStmt(s) => alter(Object::Database).outside(has_option(&s.options, "tablespace")),
        S::AlterDatabaseRefreshCollStmt(_) | S::AlterDatabaseSetStmt(_) => alter(Object::Database),
        S::DropdbStmt(_) => drop(Object::Database).outside(true),
        S::CreateTableSpaceStmt(_) => create(Object::Tablespace).outside(true),
        S::AlterTableSpaceOptionsStmt(_) => alter(Object::Tablespace),
        S::AlterTableMoveAllStmt(s) => access(Kind::Alter(Object::of(s.objtype)), Admin),
        S::DropTableSpaceStmt(_) => drop(Object::Tablespace).outside(true),
        S::AlterSystemStmt(_) => alter(Object::System).outside(true),
        S::CheckPointStmt(_) => access(Kind::Checkpoint, Admin),
        S::CreateFdwStmt(_) => create(Object::ForeignDataWrapper),
        S::AlterFdwStmt(_) => alter(Object::ForeignDataWrapper),
        S::CreateForeignServerStmt(_) => create(Object::Server),
        S::AlterForeignServerStmt(_) => alter(Object::Server),
        S::CreateForeignTableStmt(_) => create(Object::ForeignTable),
        S::ImportForeignSchemaStmt(_) => access(Kind::ImportForeignSchema, Admin),
        S::CreateUserMappingStmt(_) => create(Object::UserMapping),
        S::AlterUserMappingStmt(_) => alter(Object::UserMapping),
        S::DropUserMappingStmt(_) => drop(Object::UserMapping),
        S::CreatePublicationStmt(_) => create(Object::Publication),
        S::AlterPublicationStmt(_) => alter(Object::Publication),
        S::CreateSubscriptionStmt(_) => create(Object::Subscription).outside(true),
        S::AlterSubscriptionStmt(_) => alter(Object::Subscription).outside(true),
        S::DropSubscriptionStmt(_) => drop(Object::Subscription).outside(true),

        // Transactions and sessions: no level allows them, because sessions are pooled.
        S::TransactionStmt(s) => never(transaction(s), reasons::TRANSACTION),
        S::VariableSetStmt(s) if s.name.starts_with("TRANSACTION") || s.name == "SESSION CHARACTERISTICS" => {
            never(Kind::Set, reasons::TRANSACTION)
        }
        S::VariableSetStmt(s) if s.is_local && s.name != "TRANSACTION" => {
            Described::new(set_or_reset(s), Need::Setting)
        }
        S::VariableSetStmt(s) => never(set_or_reset(s), reasons::SETTING),
        S::DiscardStmt(_) => never(Kind::Discard, reasons::SETTING),
        S::PrepareStmt(_) => never(Kind::Prepare, reasons::PREPARED),
        S::ExecuteStmt(_) => never(Kind::Execute, reasons::PREPARED),
        S::DeallocateStmt(_) => never(Kind::Deallocate, reasons::PREPARED),
        S::DeclareCursorStmt(_) => never(Kind::Declare, reasons::CURSOR),
        S::FetchStmt(_) => never(Kind::Fetch, reasons::CURSOR),
        S::ClosePortalStmt(_) => never(Kind::Close, reasons::CURSOR),
        S::ListenStmt(_) => never(Kind::Listen, reasons::LISTENING),
        S::UnlistenStmt(_) => never(Kind::Unlisten, reasons::LISTENING),
        S::LoadStmt(_) => never(Kind::Load, reasons::LIBRARY),

        // Bodies of functions.
        S::ReturnStmt(_) | S::PlAssignStmt(_) => never(Kind::FunctionBody, reasons::FUNCTION_BODY),
    }
}

/// What everybody shares is described by who governs it.
fn comment(on: Object) -> Access {
    match on {
        Object::Database | Object::Role | Object::Tablespace => Access::Admin,
        _ => Access::Schema,
    }
}

fn create_relation(object: Object, name: Option<&RangeVar>, dropped_on_commit: bool) -> Described {
    let temporary = name.is_some_and(|name| name.relpersistence == "t" || name.schemaname == "pg_temp");
    if temporary && !dropped_on_commit {
        never(Kind::Create(object), reasons::TEMPORARY)
    } else {
        create(object)
    }
}

fn create_as(object: Object, into: Option<&IntoClause>) -> Described {
    let dropped = into.is_some_and(|into| into.on_commit == OnCommitAction::OncommitDrop as i32);
    create_relation(object, into.and_then(|into| into.rel.as_ref()), dropped)
}

fn transaction(statement: &TransactionStmt) -> Kind {
    match TransactionStmtKind::try_from(statement.kind).unwrap_or(TransactionStmtKind::Undefined) {
        TransactionStmtKind::Undefined
        | TransactionStmtKind::TransStmtBegin
        | TransactionStmtKind::TransStmtStart => Kind::Begin,
        TransactionStmtKind::TransStmtCommit => Kind::Commit,
        TransactionStmtKind::TransStmtRollback | TransactionStmtKind::TransStmtRollbackTo => Kind::Rollback,
        TransactionStmtKind::TransStmtSavepoint => Kind::Savepoint,
        TransactionStmtKind::TransStmtRelease => Kind::Release,
        TransactionStmtKind::TransStmtPrepare => Kind::PrepareTransaction,
        TransactionStmtKind::TransStmtCommitPrepared => Kind::CommitPrepared,
        TransactionStmtKind::TransStmtRollbackPrepared => Kind::RollbackPrepared,
    }
}

fn set_or_reset(statement: &VariableSetStmt) -> Kind {
    match VariableSetKind::try_from(statement.kind) {
        Ok(VariableSetKind::VarReset | VariableSetKind::VarResetAll) => Kind::Reset,
        _ => Kind::Set,
    }
}

pub(super) fn has_option(options: &[Node], name: &str) -> bool {
    options.iter().filter_map(option).any(|option| option.defname == name)
}

/// The option in a node of an option list.
pub(super) fn option(node: &Node) -> Option<&DefElem> {
    match &node.node {
        Some(NodeEnum::DefElem(option)) => Some(option),
        _ => None,
    }
}
