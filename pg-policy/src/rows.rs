//! Many rows for one `INSERT … VALUES`: its text with an array for each parameter, and the `COPY` that fills the same columns.
//!
//! Separate from [`compose`](crate::compose) because what goes in is taken apart here instead of being wrapped. Invariants:
//! the text with arrays is only a text, judged like a caller's before it can run; the `COPY` names exactly the relation and
//! the columns of an `INSERT` that was judged, and is parsed again to prove it.

use std::fmt::{self, Write as _};

use pg_query::NodeEnum;
use pg_query::protobuf::{InsertStmt, Node, OverridingKind, SelectStmt, Token, a_const};

use crate::parse;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::tree::{Message, Visitor, Walk};

/// A name as it stands in SQL text: quoted, whatever it holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identifier(String);

impl Identifier {
    /// The exact name, as in the catalog.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for character in self.0.chars() {
            if character == '"' {
                f.write_char('"')?;
            }
            f.write_char(character)?;
        }
        f.write_char('"')
    }
}

/// A type by its exact name in the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// The schema that it is in.
    pub schema: String,
    /// Its own name.
    pub name: String,
}

/// How the rows of a `COPY` are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyFormat {
    /// Lines of tab-separated text with backslash escapes.
    Text,
    /// PostgreSQL's binary form.
    Binary,
}

/// The text of an `INSERT` of one row that takes arrays instead: one element of each parameter for a row, in order. `None`
/// where that would not do the same to each row: values that are more than parameters and constants, queries inside,
/// parameters outside of the row.
pub(crate) fn with_arrays(text: &str, types: &[TypeName]) -> Option<String> {
    let found = parse::compare(vec![text.to_owned()], |statements| {
        let node = statements.first().and_then(|statement| parse::node(statement));
        Ok(node.and_then(plain_row))
    });
    let first = found.ok().flatten()?;
    let tokens = parse::tokens(text)?;
    let mut depth = 0_usize;
    let mut values = None;
    for (index, token) in tokens.iter().enumerate().take_while(|(_, token)| token.start < first) {
        match token.kind {
            Token::Ascii40 => depth += 1,
            Token::Ascii41 => depth = depth.checked_sub(1)?,
            // A table may have this name as well: the keyword is the last one before the row.
            Token::Values if depth == 0 => values = Some(index),
            _ => {}
        }
    }
    let values = values?;
    let front = text.get(..tokens.get(values)?.start)?;
    let mut row = tokens.get(values + 1..)?.iter();
    let open = row.next().filter(|token| token.kind == Token::Ascii40)?;
    let mut items = String::new();
    let mut copied = open.end;
    let mut depth = 1_usize;
    let end = loop {
        let token = row.next()?;
        match token.kind {
            Token::Ascii40 => depth += 1,
            Token::Ascii41 => depth -= 1,
            Token::Param => {
                items.push_str(text.get(copied..token.start)?);
                let number: usize = text.get(token.start + 1..token.end)?.parse().ok()?;
                types.get(number.checked_sub(1)?)?;
                write!(items, "row_.p{number}").ok()?;
                copied = token.end;
            }
            _ => {}
        }
        if depth == 0 {
            items.push_str(text.get(copied..token.start)?);
            break token.end;
        }
    };
    let back = text.get(end..)?;
    let mut arrays = String::new();
    let mut names = String::new();
    for (index, ty) in types.iter().enumerate() {
        let (comma, number) = (if index == 0 { "" } else { ", " }, index + 1);
        let (schema, name) = (Identifier::new(&ty.schema), Identifier::new(&ty.name));
        write!(arrays, "{comma}pg_catalog.unnest(${number}::{schema}.{name}[])").ok()?;
        write!(names, "{comma}p{number}").ok()?;
    }
    let composed = format!("{front}SELECT {items}\nFROM ROWS FROM ({arrays}) AS row_({names}){back}");
    still_the_same(text, &composed).then_some(composed)
}

/// Where the first parameter of the row stands, if the statement is an INSERT of one row of parameters and constants and
/// nothing else of it has parameters or queries.
fn plain_row(node: &NodeEnum) -> Option<usize> {
    let NodeEnum::InsertStmt(insert) = node else { return None };
    if insert.with_clause.is_some() || insert.returning_clause.is_some() {
        return None;
    }
    let mut outside = Outside::default();
    insert.cols.walk(&mut outside);
    insert.on_conflict_clause.walk(&mut outside);
    if outside.found {
        return None;
    }
    let items = only_row(insert)?;
    let mut first: Option<i32> = None;
    for item in items {
        match plain(item)? {
            Plain::Parameter { location, .. } => {
                first = Some(first.map_or(location, |first| first.min(location)));
            }
            Plain::Constant => {}
        }
    }
    usize::try_from(first?).ok()
}

/// The values of an INSERT that has exactly one row of them.
fn only_row(insert: &InsertStmt) -> Option<&[Node]> {
    let Some(NodeEnum::SelectStmt(select)) = insert.select_stmt.as_ref()?.node.as_ref() else { return None };
    let bare = select.sort_clause.is_empty()
        && select.limit_count.is_none()
        && select.limit_offset.is_none()
        && select.locking_clause.is_empty()
        && select.with_clause.is_none();
    let [only] = select.values_lists.as_slice() else { return None };
    let Some(NodeEnum::List(list)) = &only.node else { return None };
    bare.then_some(list.items.as_slice())
}

/// A value that means the same in VALUES and in SELECT.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Parameter { number: i32, location: i32, bare: bool },
    Constant,
}

fn plain(item: &Node) -> Option<Plain> {
    match item.node.as_ref()? {
        NodeEnum::ParamRef(parameter) => {
            Some(Plain::Parameter { number: parameter.number, location: parameter.location, bare: true })
        }
        NodeEnum::AConst(_) => Some(Plain::Constant),
        NodeEnum::TypeCast(cast) => match cast.arg.as_ref()?.node.as_ref()? {
            NodeEnum::ParamRef(parameter) => {
                Some(Plain::Parameter { number: parameter.number, location: parameter.location, bare: false })
            }
            // The cast of a text constant is its type's input; that of a number may be a function of a user's.
            NodeEnum::AConst(constant) => {
                matches!(constant.val, Some(a_const::Val::Sval(_))).then_some(Plain::Constant)
            }
            _ => None,
        },
        _ => None,
    }
}

/// Finds what would read other rows, or the row's own parameters, from outside of the row.
#[derive(Default)]
struct Outside {
    found: bool,
}

impl Visitor for Outside {
    fn enter(&mut self, message: Message<'_>) {
        self.found |= matches!(message, Message::ParamRef(_) | Message::SubLink(_) | Message::Statement(_));
    }

    fn leave(&mut self, _: Message<'_>) {}
}

/// Whether the composed text is an INSERT into the same columns of the same relation, with a value of the same kind for each.
fn still_the_same(text: &str, composed: &str) -> bool {
    let judged = parse::compare(vec![text.to_owned(), composed.to_owned()], |statements| {
        let mut inserts = statements.iter().filter_map(|statement| match parse::node(statement) {
            Some(NodeEnum::InsertStmt(insert)) => Some(insert.as_ref()),
            _ => None,
        });
        let (Some(old), Some(new)) = (inserts.next(), inserts.next()) else { return Ok(false) };
        Ok(same_insert(old, new).unwrap_or(false))
    });
    judged.unwrap_or(false)
}

fn same_insert(old: &InsertStmt, new: &InsertStmt) -> Option<bool> {
    let Some(NodeEnum::SelectStmt(select)) = new.select_stmt.as_ref()?.node.as_ref() else { return None };
    let select: &SelectStmt = select;
    let old_items = only_row(old)?;
    if old_items.len() != select.target_list.len() || select.from_clause.len() != 1 {
        return None;
    }
    for (old_item, target) in old_items.iter().zip(&select.target_list) {
        let Some(NodeEnum::ResTarget(target)) = &target.node else { return None };
        let value = target.val.as_ref()?;
        let same = match plain(old_item)? {
            Plain::Constant => plain(value) == Some(Plain::Constant),
            Plain::Parameter { number, bare, .. } => {
                let column = match value.node.as_ref()? {
                    NodeEnum::TypeCast(cast) if !bare => cast.arg.as_ref()?.node.as_ref()?,
                    other if bare => other,
                    _ => return None,
                };
                names_of(column)? == ["row_".to_owned(), format!("p{number}")]
            }
        };
        if !same {
            return None;
        }
    }
    let same_target =
        old.relation == new.relation && old.cols == new.cols && old.r#override == new.r#override;
    let same_conflict = old.on_conflict_clause.is_some() == new.on_conflict_clause.is_some();
    Some(same_target && same_conflict && new.with_clause.is_none() && new.returning_clause.is_none())
}

fn names_of(column: &NodeEnum) -> Option<Vec<String>> {
    let NodeEnum::ColumnRef(column) = column else { return None };
    column
        .fields
        .iter()
        .map(|field| match &field.node {
            Some(NodeEnum::String(name)) => Some(name.sval.clone()),
            _ => None,
        })
        .collect()
}

/// The relation and the columns that an INSERT of one row of parameters, `$1` to the last in order, fills.
#[derive(Clone, PartialEq, Eq)]
struct Filled {
    schema: String,
    relation: String,
    columns: Vec<String>,
}

impl Filled {
    fn by_insert(node: &NodeEnum) -> Option<Self> {
        let NodeEnum::InsertStmt(insert) = node else { return None };
        let bare = insert.with_clause.is_none()
            && insert.returning_clause.is_none()
            && insert.on_conflict_clause.is_none()
            // COPY overrides the system's values, and has no form that overrides the user's.
            && insert.r#override != OverridingKind::OverridingUserValue as i32;
        let relation = insert.relation.as_ref()?;
        let in_order = only_row(insert)?.iter().zip(1..).all(|(item, expected)| {
            matches!(plain(item), Some(Plain::Parameter { number, bare: true, .. }) if number == expected)
        });
        let columns: Option<Vec<String>> = insert.cols.iter().map(column_name).collect();
        let columns = columns.filter(|columns| !columns.is_empty())?;
        (bare && in_order && relation.catalogname.is_empty() && columns.len() == only_row(insert)?.len())
            .then_some(Self {
                schema: relation.schemaname.clone(),
                relation: relation.relname.clone(),
                columns,
            })
    }

    fn by_copy(node: &NodeEnum) -> Option<Self> {
        let NodeEnum::CopyStmt(copy) = node else { return None };
        let bare = copy.is_from
            && !copy.is_program
            && copy.filename.is_empty()
            && copy.query.is_none()
            && copy.where_clause.is_none();
        let relation = copy.relation.as_ref()?;
        let columns: Option<Vec<String>> = copy
            .attlist
            .iter()
            .map(|column| match &column.node {
                Some(NodeEnum::String(name)) => Some(name.sval.clone()),
                _ => None,
            })
            .collect();
        bare.then_some(Self {
            schema: relation.schemaname.clone(),
            relation: relation.relname.clone(),
            columns: columns?,
        })
    }
}

fn column_name(node: &Node) -> Option<String> {
    match &node.node {
        Some(NodeEnum::ResTarget(target)) if target.indirection.is_empty() => Some(target.name.clone()),
        _ => None,
    }
}

/// The `COPY … FROM STDIN` that fills what an INSERT of one row of parameters fills.
pub(crate) fn copy_in(text: &str, format: CopyFormat) -> Result<String, Refusal> {
    let filled = parse::compare(vec![text.to_owned()], |statements| {
        Ok(statements.first().and_then(|statement| parse::node(statement)).and_then(Filled::by_insert))
    })?
    .ok_or_else(unlike)?;
    let mut composed = String::from("COPY ");
    if !filled.schema.is_empty() {
        // Writing to a String does not fail.
        let _ = write!(composed, "{}.", Identifier::new(&filled.schema));
    }
    let _ = write!(composed, "{} (", Identifier::new(&filled.relation));
    for (index, column) in filled.columns.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let _ = write!(composed, "{comma}{}", Identifier::new(column));
    }
    composed.push_str(match format {
        CopyFormat::Text => ") FROM STDIN (FORMAT text)",
        CopyFormat::Binary => ") FROM STDIN (FORMAT binary)",
    });
    let copied = parse::compare(vec![composed.clone()], |statements| {
        Ok(statements.first().and_then(|statement| parse::node(statement)).and_then(Filled::by_copy))
    })?;
    if copied == Some(filled) { Ok(composed) } else { Err(unlike()) }
}

fn unlike() -> Refusal {
    Refusal::new(
        Rule::Compose,
        "COPY in place of this statement",
        "only an INSERT of one row of parameters into named columns can be a COPY",
        "use INSERT with batch_execute",
    )
}
