//! Statements around statements: `EXPLAIN` in front, text columns around.
//!
//! Separate because this is the one place where text is put together. Invariant: what is composed is
//! parsed, and the statement inside must be, node by node, the one that went in; nothing of the caller's
//! text can reach out of its place.

use std::fmt::Write as _;

use pg_query::NodeEnum;
use pg_query::protobuf::{RawStmt, SelectStmt};

use crate::parse;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::tree::{Message, Statement, Visitor, Walk};

/// The format of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExplainFormat {
    /// Text for people.
    #[default]
    Text,
    /// JSON, one row with one value.
    Json,
}

/// The options of `EXPLAIN`; all off by default, and what is off is not written, so that the server's
/// own defaults hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExplainOptions {
    /// The format of the plan.
    pub format: ExplainFormat,
    /// Runs the statement.
    pub analyze: bool,
    /// Shows the use of buffers.
    pub buffers: bool,
    /// Shows output columns, schemas and more.
    pub verbose: bool,
    /// Shows settings that differ from their defaults and bear on the plan (server version 12).
    pub settings: bool,
    /// Shows the writing of the write-ahead log; needs `analyze` (server version 13).
    pub wal: bool,
    /// Plans a statement with parameters without their values (server version 16); not with `analyze`.
    pub generic_plan: bool,
    /// Shows the planner's use of memory (server version 17).
    pub memory: bool,
}

/// How one column of an answer is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutputColumn {
    /// Turn it to text in the server.
    pub as_text: bool,
}

/// What stands in front of a statement that is explained.
fn explain_front(options: &ExplainOptions) -> String {
    let format = match options.format {
        ExplainFormat::Text => "FORMAT TEXT",
        ExplainFormat::Json => "FORMAT JSON",
    };
    let switches = [
        (options.analyze, ", ANALYZE"),
        (options.buffers, ", BUFFERS"),
        (options.verbose, ", VERBOSE"),
        (options.settings, ", SETTINGS"),
        (options.wal, ", WAL"),
        (options.generic_plan, ", GENERIC_PLAN"),
        (options.memory, ", MEMORY"),
    ];
    let mut front = format!("EXPLAIN ({format}");
    front.extend(switches.iter().filter(|(on, _)| *on).map(|(_, words)| *words));
    front.push_str(")\n");
    front
}

/// The text with `EXPLAIN` in front.
pub(crate) fn explain(text: &str, options: &ExplainOptions) -> Result<String, Refusal> {
    let front = explain_front(options);
    let inner = statement_text(text)?;
    check(&front, &inner, "", |composed| match composed {
        NodeEnum::ExplainStmt(explain) => explain.query.as_ref()?.node.as_ref(),
        _ => None,
    })
    .map_err(|refusal| match refusal.rule() {
        // The grammar says what can be explained.
        Rule::Syntax => Refusal::new(
            Rule::Compose,
            "EXPLAIN of this statement",
            "PostgreSQL explains SELECT, VALUES, INSERT, UPDATE, DELETE, MERGE and CREATE TABLE AS only",
            "ask for the plan of such a statement",
        ),
        _ => refusal,
    })
}

/// The name under which a statement is prepared to be planned without values.
const PREPARED: &str = "pg_toolkit_plan";

/// The texts that plan an explained statement without values: prepare it, explain its execution, forget it. `types` are those
/// of the first parameters, of `count`.
pub(crate) fn generic_plan(
    explained: &str,
    options: &ExplainOptions,
    types: &[String],
    count: usize,
) -> Result<[String; 3], Refusal> {
    let front = explain_front(options);
    let inner = explained.strip_prefix(&front).ok_or_else(unlike)?;
    let types = if types.is_empty() { String::new() } else { format!(" ({})", types.join(", ")) };
    let prepare = check(&format!("PREPARE {PREPARED}{types} AS\n"), inner, "", |composed| match composed {
        NodeEnum::PrepareStmt(prepare) => prepare.query.as_ref()?.node.as_ref(),
        _ => None,
    })?;
    let values = if count == 0 { String::new() } else { format!("({})", vec!["NULL"; count].join(", ")) };
    Ok([prepare, format!("{front}EXECUTE {PREPARED}{values}"), format!("DEALLOCATE {PREPARED}")])
}

/// The text inside a query that turns columns to text.
pub(crate) fn text_columns(text: &str, columns: &[OutputColumn]) -> Result<String, Refusal> {
    let inner = statement_text(text)?;
    let shape = parse::compare(vec![inner.clone()], |statements| {
        let node = statements.first().and_then(|statement| parse::node(statement));
        Ok(node.map_or(Shape::Other, Shape::of))
    })?;
    let mut outputs = String::new();
    let mut names = String::new();
    for (index, column) in columns.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let number = index + 1;
        let cast = if column.as_text { "::pg_catalog.text" } else { "" };
        // Writing to a String does not fail.
        let _ = write!(names, "{comma}c{number}");
        let _ = if column.as_text {
            write!(outputs, "{comma}c{number}{cast} AS c{number}")
        } else {
            write!(outputs, "{comma}c{number}")
        };
    }
    match shape {
        Shape::Query => {
            check(&format!("SELECT {outputs} FROM (\n"), &inner, &format!("\n) AS t({names})"), |composed| {
                let NodeEnum::SelectStmt(select) = composed else { return None };
                let [only] = select.from_clause.as_slice() else { return None };
                let Some(NodeEnum::RangeSubselect(sub)) = &only.node else { return None };
                bare(select).then_some(sub.subquery.as_ref()?.node.as_ref()?)
            })
        }
        Shape::Change => check(
            &format!("WITH t({names}) AS (\n"),
            &inner,
            &format!("\n) SELECT {outputs} FROM t"),
            |composed| {
                let NodeEnum::SelectStmt(select) = composed else { return None };
                let [only] = select.with_clause.as_ref()?.ctes.as_slice() else { return None };
                let Some(NodeEnum::CommonTableExpr(query)) = &only.node else { return None };
                bare(select).then_some(query.ctequery.as_ref()?.node.as_ref()?)
            },
        ),
        Shape::Other => Err(Refusal::new(
            Rule::Compose,
            "turning columns to text",
            "the statement answers with no rows, or has a data-modifying WITH clause, which works at the top only",
            "cast the columns to text in the statement itself, as in col::text",
        )),
    }
}

/// How a statement can be wrapped.
enum Shape {
    Query,
    Change,
    Other,
}

impl Shape {
    fn of(node: &NodeEnum) -> Shape {
        let mut changes = ChangesInside::default();
        node.walk(&mut changes);
        match node {
            NodeEnum::SelectStmt(select) if select.into_clause.is_none() && changes.count == 0 => {
                Shape::Query
            }
            NodeEnum::InsertStmt(s) if s.returning_clause.is_some() && changes.count == 1 => Shape::Change,
            NodeEnum::UpdateStmt(s) if s.returning_clause.is_some() && changes.count == 1 => Shape::Change,
            NodeEnum::DeleteStmt(s) if s.returning_clause.is_some() && changes.count == 1 => Shape::Change,
            NodeEnum::MergeStmt(s) if s.returning_clause.is_some() && changes.count == 1 => Shape::Change,
            _ => Shape::Other,
        }
    }
}

/// Counts the statements that change rows.
#[derive(Default)]
struct ChangesInside {
    count: usize,
}

impl Visitor for ChangesInside {
    fn enter(&mut self, message: Message<'_>) {
        if let Message::Statement(
            Statement::InsertStmt(_)
            | Statement::UpdateStmt(_)
            | Statement::DeleteStmt(_)
            | Statement::MergeStmt(_),
        ) = message
        {
            self.count += 1;
        }
    }

    fn leave(&mut self, _: Message<'_>) {}
}

/// The statement without a semicolon behind it and what follows that.
fn statement_text(text: &str) -> Result<String, Refusal> {
    let (start, length) = parse::compare(vec![text.to_owned()], |statements| {
        Ok(statements.first().map_or((0, 0), |statement| (statement.stmt_location, statement.stmt_len)))
    })?;
    let start = usize::try_from(start).unwrap_or(0);
    let length = usize::try_from(length).unwrap_or(0);
    let rest = text.get(start..).unwrap_or(text);
    // Length zero means: to the end.
    let statement = if length == 0 { rest } else { rest.get(..length).unwrap_or(rest) };
    Ok(statement.to_owned())
}

/// Puts the parts together and checks that `inside` of the whole is the statement by itself.
fn check<F>(front: &str, inner: &str, back: &str, inside: F) -> Result<String, Refusal>
where
    F: FnOnce(&NodeEnum) -> Option<&NodeEnum> + Send + 'static,
{
    let composed = format!("{front}{inner}{back}");
    // As many spaces as there is text in front: then equal trees have equal positions too.
    let alone = format!("{}{inner}", " ".repeat(front.len()));
    let texts = vec![composed.clone(), alone];
    parse::compare(texts, move |statements| {
        let [composed, alone]: [&RawStmt; 2] = statements.try_into().map_err(|_| unlike())?;
        let found = parse::node(composed).and_then(inside).ok_or_else(unlike)?;
        if Some(found) == parse::node(alone) { Ok(()) } else { Err(unlike()) }
    })?;
    Ok(composed)
}

/// Whether a SELECT has nothing but outputs, one thing to select from, and perhaps WITH.
fn bare(select: &SelectStmt) -> bool {
    select.where_clause.is_none()
        && select.larg.is_none()
        && select.rarg.is_none()
        && select.into_clause.is_none()
        && select.locking_clause.is_empty()
        && select.group_clause.is_empty()
        && select.sort_clause.is_empty()
        && select.limit_count.is_none()
        && select.limit_offset.is_none()
}

fn unlike() -> Refusal {
    Refusal::new(
        Rule::Compose,
        "the composed statement",
        "wrapped, the statement no longer means the same",
        "write the statement in a simpler way",
    )
}
