//! The visitor that reads needs off a tree: statements, WITH queries, relations, row locks.
//!
//! Expressions are in [`expressions`](super::expressions). Invariant: it refuses nothing because of a
//! policy and overlooks nothing: what it cannot read becomes a demand that no policy meets.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use pg_query::protobuf::{
    CmdType, DefElem, ExplainStmt, LockClauseStrength, LockingClause, ObjectType, RangeVar, RawStmt,
    ReturningClause, SelectStmt, VariableSetStmt,
};

use pg_query::{Node, NodeEnum};

use super::describe::{self, Described, describe};
use super::{
    Columns, Demand, Need, Needs, Purpose, RelationUse, SettingScope, alter_table, changed, configured,
    defined, names, reasons, scope::Scopes, shown,
};
use crate::access::Access;
use crate::change_facts::RowChanges;
use crate::kind::StatementKind;
use crate::names::RelationName;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::tree::{Message, Positions, Statement, Visitor, Walk, first_word};

/// Walks one statement and says what it needs.
pub(super) fn collect(raw: &RawStmt, text: &str) -> Result<Needs, Refusal> {
    let node = raw.stmt.as_ref().and_then(|node| node.node.as_ref());
    let Some((node, root)) = node.and_then(|node| Some((node, Statement::of(node)?))) else {
        return Err(Refusal::new(
            Rule::Unknown,
            "the statement",
            "the parser knows it and this policy does not",
            "write the statement in another way",
        ));
    };
    let Described { kind, rows, outside, .. } = describe(root);
    let positions = Positions::of(text);
    let mut collector = Collector {
        start: positions.character(i32::try_from(first_word(text)).unwrap_or(-1)),
        positions,
        needs: Needs {
            kind,
            inner_kinds: Vec::new(),
            demands: Vec::new(),
            functions: Vec::new(),
            operators: Vec::new(),
            relations: Vec::new(),
            selects_from: None,
            types: Vec::new(),
            casts: 0,
            columns: Columns::default(),
            outputs: Vec::new(),
            shown: HashSet::new(),
            settings: Vec::new(),
            unbounded: Vec::new(),
            schemas: Vec::new(),
            drops_columns: false,
            highest_parameter: 0,
            returns_rows: rows,
            outside_transaction: outside,
            depth: 0,
        },
        scopes: Scopes::default(),
        targets: HashSet::new(),
        defined: HashSet::new(),
        changed: HashMap::new(),
        with_queries: Vec::new(),
        depth: 0,
        planning: 0,
        locking: 0,
    };
    let outputs = shown::outputs(node).into_iter();
    let outputs = outputs.map(|list| list.into_iter().map(|at| collector.position(at?)).collect());
    collector.needs.outputs = outputs.collect();
    let shown = shown::only(node);
    collector.needs.shown = shown.into_iter().filter_map(|at| collector.position(at)).collect();
    node.walk(&mut collector);
    Ok(collector.needs)
}

pub(super) struct Collector<'t> {
    positions: Positions<'t>,
    /// The position of the statement's first word.
    start: Option<usize>,
    pub(super) needs: Needs,
    scopes: Scopes,
    /// Byte offsets of the targets of changes, which no WITH query shadows.
    targets: HashSet<i32>,
    /// Byte offsets of the relations whose definition or storage DDL works on.
    defined: HashSet<i32>,
    /// By the byte offset of its name, how the rows of a relation change that is no target.
    changed: HashMap<i32, RowChanges>,
    /// Positions of the WITH queries around the current point.
    with_queries: Vec<Option<usize>>,
    depth: usize,
    /// Above zero inside an `EXPLAIN` that plans and does not run.
    planning: usize,
    /// Above zero where relation names are aliases, in `FOR UPDATE OF`.
    locking: usize,
}

impl Visitor for Collector<'_> {
    fn enter(&mut self, message: Message<'_>) {
        self.depth += 1;
        self.needs.depth = self.needs.depth.max(self.depth);
        match message {
            Message::Statement(statement) => self.statement(statement),
            Message::WithClause(clause) => self.scopes.bind_clause(clause),
            Message::CommonTableExpr(query) => self.with_queries.push(self.position(query.location)),
            Message::LockingClause(clause) => {
                self.row_lock(clause);
                self.locking += 1;
            }
            Message::RangeVar(range) => self.relation(range),
            Message::Planned(part) => self.demand(Need::Never(reasons::PLANNED), part.to_owned()),
            other => self.expression(other),
        }
    }

    fn leave(&mut self, message: Message<'_>) {
        self.depth -= 1;
        self.stars(message);
        match message {
            Message::Statement(
                Statement::SelectStmt(_)
                | Statement::InsertStmt(_)
                | Statement::UpdateStmt(_)
                | Statement::DeleteStmt(_)
                | Statement::MergeStmt(_),
            ) => self.scopes.close(),
            Message::Statement(Statement::ExplainStmt(explain)) if !runs(explain) => self.planning -= 1,
            Message::CommonTableExpr(query) => {
                self.with_queries.pop();
                self.scopes.bind(&query.ctename);
            }
            Message::LockingClause(_) => self.locking -= 1,
            Message::JoinExpr(join) => self.join(join),
            _ => {}
        }
    }
}

impl Collector<'_> {
    /// The character position of the parser's byte offset.
    pub(super) fn position(&self, offset: i32) -> Option<usize> {
        self.positions.character(offset)
    }

    /// Whether the walk is inside an `EXPLAIN` that plans and does not run.
    pub(super) fn is_planning(&self) -> bool {
        self.planning > 0
    }

    /// Whether a name of a FROM clause is that of a WITH query.
    pub(super) fn is_with_query(&self, range: &RangeVar) -> bool {
        range.schemaname.is_empty() && self.scopes.binds(&range.relname)
    }

    /// Notes bare stars once the WITH queries around them are known.
    fn stars(&mut self, message: Message<'_>) {
        let Message::Statement(statement) = message else { return };
        fn returned(clause: &Option<ReturningClause>) -> &[Node] {
            clause.as_ref().map_or(&[], |clause| &clause.exprs)
        }
        match statement {
            Statement::SelectStmt(s) => {
                self.star(&s.target_list, None, &s.from_clause);
                self.natural(&s.from_clause);
            }
            Statement::InsertStmt(s) => self.star(returned(&s.returning_clause), s.relation.as_ref(), &[]),
            Statement::UpdateStmt(s) => {
                self.star(returned(&s.returning_clause), s.relation.as_ref(), &s.from_clause);
                self.natural(&s.from_clause);
            }
            Statement::DeleteStmt(s) => {
                self.star(returned(&s.returning_clause), s.relation.as_ref(), &s.using_clause);
                self.natural(&s.using_clause);
            }
            Statement::MergeStmt(s) => {
                let source = s.source_relation.as_deref();
                self.star(returned(&s.returning_clause), s.relation.as_ref(), source);
                self.natural(source);
            }
            _ => {}
        }
    }

    /// Where the walk is, as well as it is known.
    fn here(&self) -> Option<usize> {
        self.with_queries.last().copied().unwrap_or(self.start)
    }

    pub(super) fn demand(&mut self, need: Need, met: impl Into<Cow<'static, str>>) {
        let position = self.here();
        self.needs.demands.push(Demand { need, met: met.into(), position });
    }

    fn statement(&mut self, statement: Statement<'_>) {
        let inner = self.depth > 1;
        self.defined.extend(defined::relations(statement).iter().map(|range| range.location));
        let position = self.here();
        let schemas = defined::schemas(statement).into_iter().filter(|schema| !schema.is_empty());
        self.needs.schemas.extend(schemas.map(|schema| (schema, position)));
        match statement {
            Statement::SelectStmt(select) => {
                self.scopes.open();
                self.select(select, inner);
                return;
            }
            Statement::InsertStmt(s) => {
                self.change(s.relation.as_ref(), changed::by_insert(s));
                self.writes(s.relation.as_ref(), &s.cols, s.select_stmt.is_some());
                if let Some(columns) = changed::on_conflict(s) {
                    self.writes(s.relation.as_ref(), columns, false);
                }
            }
            Statement::UpdateStmt(s) => {
                self.change(s.relation.as_ref(), RowChanges::UPDATE);
                self.writes(s.relation.as_ref(), &s.target_list, false);
                self.update_condition(s);
            }
            Statement::DeleteStmt(s) => {
                self.change(s.relation.as_ref(), RowChanges::DELETE);
                self.delete_condition(s);
            }
            Statement::MergeStmt(s) => {
                self.change(s.relation.as_ref(), changed::by_merge(s));
                for clause in &s.merge_when_clauses {
                    if let Some(NodeEnum::MergeWhenClause(clause)) = &clause.node {
                        let inserts = clause.command_type == CmdType::CmdInsert as i32;
                        self.writes(s.relation.as_ref(), &clause.target_list, inserts);
                    }
                }
                self.merge_conditions(s);
            }
            Statement::TruncateStmt(s) => self.changed.extend(changed::by_truncate(s)),
            Statement::CopyStmt(s) => self.changed.extend(changed::by_copy(s)),
            Statement::AlterTableStmt(s) => self.needs.drops_columns |= alter_table::drops_columns(s),
            Statement::AlterRoleSetStmt(s) => self.configures(s.setstmt.as_ref(), SettingScope::Stored),
            Statement::AlterDatabaseSetStmt(s) => self.configures(s.setstmt.as_ref(), SettingScope::Stored),
            Statement::AlterSystemStmt(s) => self.configures(s.setstmt.as_ref(), SettingScope::Server),
            Statement::VariableSetStmt(s) if !inner => self.configures(Some(s), SettingScope::Session),
            Statement::ExplainStmt(explain) => self.explain(explain),
            Statement::DropStmt(s) => self.objects(s.remove_type, &s.objects),
            Statement::CommentStmt(s) => self.objects(s.objtype, s.object.as_deref()),
            // Inside another statement these describe an object and do not run.
            Statement::VariableSetStmt(_) | Statement::ReturnStmt(_) if inner => return,
            _ => {}
        }
        let described = describe(statement);
        if inner {
            let position = self.here();
            self.needs.inner_kinds.push((described.kind, position));
        }
        self.run(described.kind, described.need);
    }

    /// A statement that runs needs what it needs; one that is only planned needs nothing of its own.
    fn run(&mut self, kind: StatementKind, need: Need) {
        let planned_only =
            self.planning > 0 && matches!(need, Need::Access(_)) && kind != StatementKind::Explain;
        if planned_only {
            return;
        }
        let met = match (self.with_queries.is_empty(), self.depth) {
            (false, _) => format!("{kind} in a WITH clause"),
            (true, 0 | 1) => kind.to_string(),
            (true, _) => format!("{kind} inside {}", self.needs.kind),
        };
        self.demand(need, met);
    }

    fn select(&mut self, select: &SelectStmt, inner: bool) {
        if !inner {
            self.needs.selects_from = changed::only_source(select);
        }
        if select.into_clause.is_some() {
            let Described { kind, need, .. } = describe(Statement::SelectStmt(select));
            if self.planning == 0 || need != Need::Access(Access::Schema) {
                self.demand(need, format!("SELECT INTO ({kind})"));
            }
        }
    }

    fn explain(&mut self, explain: &ExplainStmt) {
        if let Some(inner) =
            explain.query.as_ref().and_then(|query| query.node.as_ref()).and_then(Statement::of)
            && matches!(inner, Statement::SelectStmt(_))
        {
            // Other statements note their own kind when the walk comes to them.
            let position = self.here();
            self.needs.inner_kinds.push((describe(inner).kind, position));
        }
        if !runs(explain) {
            self.planning += 1;
        }
    }

    fn row_lock(&mut self, clause: &LockingClause) {
        if self.planning > 0 {
            return;
        }
        let words = match LockClauseStrength::try_from(clause.strength) {
            Ok(LockClauseStrength::LcsForkeyshare) => "FOR KEY SHARE",
            Ok(LockClauseStrength::LcsForshare) => "FOR SHARE",
            Ok(LockClauseStrength::LcsFornokeyupdate) => "FOR NO KEY UPDATE",
            _ => "FOR UPDATE",
        };
        self.demand(Need::Access(Access::Write), format!("the row lock {words}"));
    }

    /// The target of a change is a relation, whatever the WITH clause binds.
    fn change(&mut self, target: Option<&RangeVar>, changes: RowChanges) {
        self.scopes.open();
        if let Some(target) = target {
            self.targets.insert(target.location);
            self.note_relation(names::relation(target), changes, target.location);
            self.bind(target);
        }
    }

    /// The columns that a change writes; without a list an INSERT writes all.
    fn writes(&mut self, target: Option<&RangeVar>, columns: &[Node], inserts: bool) {
        let Some(target) = target else { return };
        let relation = names::relation(target);
        if columns.is_empty() && inserts {
            let position = self.position(target.location);
            self.needs.columns.written.push((relation, None, position));
            return;
        }
        for column in columns {
            if let Some(NodeEnum::ResTarget(column)) = &column.node {
                let position = self.position(column.location);
                self.needs.columns.written.push((relation.clone(), Some(column.name.clone()), position));
            }
        }
    }

    fn configures(&mut self, statement: Option<&VariableSetStmt>, scope: SettingScope) {
        if let Some(statement) = statement {
            let position = self.here();
            self.needs.settings.push((configured::set(statement, scope), position));
        }
    }

    fn relation(&mut self, range: &RangeVar) {
        if self.locking > 0 || self.targets.contains(&range.location) {
            return;
        }
        let name = names::relation(range);
        if name.schema.is_none() && self.scopes.binds(&name.name) {
            return;
        }
        let changes = self.changed.get(&range.location).copied().unwrap_or_default();
        self.note_relation(name, changes, range.location);
        self.bind(range);
    }

    fn note_relation(&mut self, name: RelationName, changes: RowChanges, offset: i32) {
        let position = self.position(offset);
        let planned = self.is_planning();
        let purpose = match changes.is_empty() {
            false => Purpose::Change,
            // What DDL names as a list of words has no place.
            true if offset < 0 || self.defined.contains(&offset) => Purpose::Define,
            true => Purpose::Use,
        };
        self.needs.relations.push(RelationUse { name, purpose, changes, planned, position });
    }

    /// Relations that DDL names as lists of words.
    fn objects<'n>(&mut self, kind: i32, nodes: impl IntoIterator<Item = &'n Node>) {
        let relations = [
            ObjectType::ObjectTable,
            ObjectType::ObjectView,
            ObjectType::ObjectMatview,
            ObjectType::ObjectIndex,
            ObjectType::ObjectSequence,
            ObjectType::ObjectForeignTable,
        ];
        let of_relation = relations.iter().any(|relation| *relation as i32 == kind);
        let of_column = kind == ObjectType::ObjectColumn as i32;
        for node in nodes {
            match &node.node {
                Some(NodeEnum::List(list)) if of_relation || of_column => {
                    let words = list.items.len() - usize::from(of_column && !list.items.is_empty());
                    if let Some((schema, name)) = list.items.get(..words).and_then(names::qualified) {
                        self.note_relation(RelationName { schema, name }, RowChanges::NONE, -1);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether an `EXPLAIN` runs its statement. Any `analyze` that is not plainly off counts as on.
fn runs(explain: &ExplainStmt) -> bool {
    explain.options.iter().any(|node| match describe::option(node) {
        Some(option) => option.defname == "analyze" && !is_off(option),
        None => true,
    })
}

fn is_off(option: &DefElem) -> bool {
    match option.arg.as_ref().and_then(|arg| arg.node.as_ref()) {
        Some(NodeEnum::String(word)) => {
            ["false", "off"].iter().any(|off| word.sval.eq_ignore_ascii_case(off))
        }
        Some(NodeEnum::Integer(number)) => number.ival == 0,
        Some(NodeEnum::Boolean(value)) => !value.boolval,
        _ => false,
    }
}
