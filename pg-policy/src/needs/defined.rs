//! Whose definition or storage a statement of DDL works on.
//!
//! Separate because each statement names it in a place of its own. Invariant: what a statement only reads, as the query of a new view
//! does, is not among them.

use pg_query::protobuf::{ObjectType, RangeVar, ReindexObjectType, VacuumStmt};
use pg_query::{Node, NodeEnum};

use super::{describe, names};
use crate::tree::Statement;

/// The relations that a statement makes, alters, renames, moves or rebuilds, where the tree names them as relations.
pub(super) fn relations(statement: Statement<'_>) -> Vec<&RangeVar> {
    use Statement as S;
    let one = match statement {
        S::VacuumStmt(vacuum) if rewrites(vacuum) => return vacuumed(vacuum),
        S::SelectStmt(s) => s.into_clause.as_ref().and_then(|into| into.rel.as_ref()),
        S::CreateStmt(s) => s.relation.as_ref(),
        S::CreateTableAsStmt(s) => s.into.as_ref().and_then(|into| into.rel.as_ref()),
        S::ViewStmt(s) => s.view.as_ref(),
        S::CreateSeqStmt(s) => s.sequence.as_ref(),
        S::AlterSeqStmt(s) => s.sequence.as_ref(),
        S::CompositeTypeStmt(s) => s.typevar.as_ref(),
        S::IndexStmt(s) => s.relation.as_ref(),
        S::AlterTableStmt(s) => s.relation.as_ref(),
        S::RenameStmt(s) => s.relation.as_ref(),
        S::AlterObjectSchemaStmt(s) => s.relation.as_ref(),
        S::ClusterStmt(s) => s.relation.as_ref(),
        S::ReindexStmt(s) => s.relation.as_ref(),
        _ => None,
    };
    one.into_iter().collect()
}

/// The schemas that a statement names, as such or in the name of something that is no relation.
pub(super) fn schemas(statement: Statement<'_>) -> Vec<String> {
    use Statement as S;
    let of = |name: &[Node]| names::qualified(name).and_then(|(schema, _)| schema).into_iter().collect();
    match statement {
        S::CreateSchemaStmt(s) => vec![s.schemaname.clone()],
        S::AlterObjectSchemaStmt(s) => {
            let named = s.object.as_deref().into_iter().filter_map(|object| typed(s.object_type, object));
            named.chain([s.newschema.clone()]).collect()
        }
        S::RenameStmt(s) if s.rename_type == ObjectType::ObjectSchema as i32 => {
            vec![s.subname.clone(), s.newname.clone()]
        }
        S::RenameStmt(s) => {
            s.object.as_deref().and_then(|object| typed(s.rename_type, object)).into_iter().collect()
        }
        S::ReindexStmt(s) if s.kind == ReindexObjectType::ReindexObjectSchema as i32 => vec![s.name.clone()],
        S::CreateEnumStmt(s) => of(&s.type_name),
        S::CreateRangeStmt(s) => of(&s.type_name),
        S::CreateDomainStmt(s) => of(&s.domainname),
        S::CreateStatsStmt(s) => of(&s.defnames),
        S::AlterEnumStmt(s) => of(&s.type_name),
        S::AlterDomainStmt(s) => of(&s.type_name),
        S::AlterStatsStmt(s) => of(&s.defnames),
        S::DropStmt(s) => s.objects.iter().filter_map(|object| typed(s.remove_type, object)).collect(),
        S::CommentStmt(s) => {
            s.object.as_deref().and_then(|object| typed(s.objtype, object)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The schema of a type, a domain or statistics, or the schema itself, that DDL names.
fn typed(kind: i32, object: &Node) -> Option<String> {
    let words = match (ObjectType::try_from(kind).ok()?, object.node.as_ref()?) {
        (ObjectType::ObjectSchema, NodeEnum::String(name)) => return Some(name.sval.clone()),
        (ObjectType::ObjectType | ObjectType::ObjectDomain, NodeEnum::TypeName(name)) => &name.names,
        (
            ObjectType::ObjectType
            | ObjectType::ObjectDomain
            | ObjectType::ObjectAttribute
            | ObjectType::ObjectDomconstraint
            | ObjectType::ObjectStatisticExt,
            NodeEnum::List(list),
        ) => &list.items,
        _ => return None,
    };
    names::qualified(words)?.0
}

/// Whether a VACUUM writes tables anew, behind a lock that nobody passes.
pub(super) fn rewrites(vacuum: &VacuumStmt) -> bool {
    vacuum.is_vacuumcmd && describe::has_option(&vacuum.options, "full")
}

/// The relations that a VACUUM names.
fn vacuumed(vacuum: &VacuumStmt) -> Vec<&RangeVar> {
    let named = vacuum.rels.iter().filter_map(|node| match &node.node {
        Some(NodeEnum::VacuumRelation(named)) => named.relation.as_ref(),
        _ => None,
    });
    named.collect()
}
