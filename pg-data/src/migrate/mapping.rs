//! One column's place in a mapping: whether it is there on both sides, and whether the values of the one fit into the other.
//!
//! Pure, and apart from `prepared`, which asks the servers.

use pg_introspect::catalog::Column;

use super::{
    clean::{Cleaner, Produces},
    exact::Exact,
    fault::stands_in,
    plan::{ColumnRule, Invalid, Plan, Table},
    prepared::{PreparedColumn, TargetTable},
    types::misfit,
};

/// What is wrong with a column's place in the mapping.
pub(super) fn misplaced(
    plan: &Plan,
    column: &PreparedColumn,
    given: &[(String, Option<String>)],
    into: &TargetTable,
) -> Option<String> {
    let Some(known) = into.columns.iter().find(|known| known.name == column.name) else {
        let names = into.columns.iter().map(|column| column.name.as_str());
        return Some(unknown("the target has no such column", &column.name, names));
    };
    if known.generated.is_some() {
        return Some("the target computes it; leave it out".to_owned());
    }
    if let Some(from) = &column.rule.from
        && !given.iter().any(|(name, _)| name == from)
    {
        return Some(unknown("the source has no column", from, given.iter().map(|(name, _)| name.as_str())));
    }
    let parses = column.cleaners.contains(&Cleaner::Parse);
    if column.rule.invalid == Invalid::Null && parses && !column.cleaners.iter().any(Cleaner::refuses) {
        return Some(format!(
            "invalid = \"null\" means nothing to \"parse\": only the target can tell whether it reads a value; clean it with \
             \"number\" or \"date\", or say target_sql = \"CASE WHEN $1 ~ '…' THEN $1::{} END\" with a pattern of the values that it \
             reads (from version 16 on, pg_input_is_valid($1, '{0}'))",
            known.data_type
        ));
    }
    let of = column.rule.key_of.as_deref()?;
    match plan.tables.iter().find(|table| table.target == of) {
        None => Some(unknown(
            "key_of names no table of the plan:",
            of,
            plan.tables.iter().map(|t| t.target.as_str()),
        )),
        Some(table) if table.new_key.is_none() => Some(format!(
            "key_of = \"{of}\": that table keeps its keys (it has no `new_key`); take the key as it is, or say `lookup`"
        )),
        Some(_) => None,
    }
}

/// That a name is not known, with the nearest one.
pub(super) fn unknown<'a>(what: &str, name: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match pg_core::closest(name, names.iter().copied(), 1).first() {
        Some(near) => format!("{what} {name}; did you mean {near}?"),
        None => format!("{what} {name}; there are {}", names.join(", ")),
    }
}

/// Why a column's values cannot be written, by their types.
pub(super) fn unfit(column: &PreparedColumn, given: &str, wanted: &Column) -> Option<String> {
    let rule = &column.rule;
    // What stands in for the value comes from the target itself, or is read by it.
    if rule.target_sql.is_some() || rule.lookup.is_some() || rule.key_of.is_some() || !rule.values.is_empty()
    {
        return None;
    }
    let produced = produced(column);
    let wanted = type_of(wanted);
    // White space taken off a text leaves it a text.
    let produced =
        produced.or_else(|| (!column.cleaners.is_empty() && given == "text").then_some(Produces::Text));
    misfit(given, produced, wanted)
}

/// What a column's type cannot keep of its values; what an expression of the target makes of them is the plan's own wish.
pub(super) fn exact(column: &PreparedColumn, given: &str, wanted: &Column) -> Option<Exact> {
    let rule = &column.rule;
    if rule.target_sql.is_some() || rule.key_of.is_some() {
        return None;
    }
    let reworded = !rule.values.is_empty() || rule.lookup.is_some();
    let produced = if reworded { Some(Produces::Anything) } else { produced(column) };
    Exact::of(given, produced, type_of(wanted))
}

fn produced(column: &PreparedColumn) -> Option<Produces> {
    column.cleaners.iter().rev().find_map(Cleaner::produces)
}

/// A column's type; of a domain, the one that it rests on.
pub(super) fn type_of(column: &Column) -> &str {
    column.base_type.as_deref().unwrap_or(&column.data_type)
}

/// What fills a column, in words.
pub(super) fn origin(rule: &ColumnRule) -> &str {
    rule.from.as_deref().or(rule.sql.as_deref()).unwrap_or_default()
}

/// The source's columns that fill nothing: neither a column, nor an expression, nor a key.
pub(super) fn unused<'a>(
    spec: &Table,
    given: &'a [(String, Option<String>)],
    columns: &[PreparedColumn],
    key: &[String],
    into: &TargetTable,
) -> Vec<&'a str> {
    let rules = || columns.iter().map(|column| &column.rule);
    let is_used = |name: &String| {
        rules().any(|rule| rule.from.as_ref() == Some(name))
            || rules().filter_map(|rule| rule.sql.as_deref()).any(|sql| stands_in(name, sql))
            || (spec.new_key.is_some() && key.contains(name))
            || into.columns.iter().any(|column| column.name == *name && column.generated.is_some())
    };
    given.iter().map(|(name, _)| name).filter(|name| !is_used(name)).map(String::as_str).collect()
}
