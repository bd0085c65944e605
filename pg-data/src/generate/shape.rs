//! What the tables are made of that rows are made for, as the catalog says it.
//!
//! Separate from how values are made. Invariant: nothing here was guessed.

use std::collections::BTreeMap;

use pg_core::{Call, Connection, Error};
use serde::Deserialize;
use serde_json::json;

use super::check::{self, Limits};
use crate::catalog::{FILL_COLUMNS, FILL_RULES, FILL_TABLE};

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    pub schema: String,
    pub name: String,
    pub columns: Vec<Column>,
    /// Sets of columns, by place, that are unique together; the primary key first.
    pub uniques: Vec<Vec<usize>>,
    /// How many of `uniques` are the primary key: 1, or 0 where there is none.
    pub has_key: bool,
    pub foreign: Vec<Foreign>,
    /// Rules that could not be read.
    pub unread: Vec<String>,
    /// The CHECKs that the server judges before rows are written: name and condition.
    pub checks: Vec<(String, String)>,
    /// The columns of exclusion constraints.
    pub excluded: Vec<Vec<usize>>,
    /// By which columns it is partitioned, and the bounds of its partitions.
    pub partitions: Vec<(Vec<usize>, String)>,
}

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    pub told: ColumnRow,
    pub limits: Limits,
}

/// A foreign key.
#[derive(Debug)]
pub(crate) struct Foreign {
    pub name: String,
    /// The places of its columns.
    pub columns: Vec<usize>,
    pub parent: (String, String),
    pub parent_columns: Vec<String>,
    pub deferrable: bool,
}

/// A row of `fill_columns.sql`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ColumnRow {
    pub name: String,
    pub not_null: bool,
    pub data_type: String,
    pub base: String,
    /// The type below its domains, as SQL writes it.
    pub base_type: String,
    pub typmod: i32,
    pub identity: String,
    pub generated: bool,
    pub default_value: Option<String>,
    pub comment: Option<String>,
    pub labels: Option<Vec<String>>,
    pub domain_checks: Option<Vec<String>>,
}

/// A row of `fill_rules.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct RuleRow {
    name: String,
    kind: String,
    columns: Option<Vec<Option<String>>>,
    definition: Option<String>,
    deferrable: bool,
    parent_schema: Option<String>,
    parent: Option<String>,
    parent_columns: Option<Vec<String>>,
}

/// A row of `fill_table.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct TableRow {
    schema: String,
    name: String,
    kind: String,
}

impl Column {
    /// The most characters of a text, or the digits before and behind the point of a number.
    pub(crate) fn length(&self) -> Option<usize> {
        let is_text = matches!(self.told.base.as_str(), "varchar" | "bpchar");
        usize::try_from(self.told.typmod.checked_sub(4)?).ok().filter(|_| is_text && self.told.typmod > 4)
    }

    /// Precision and scale of a numeric.
    pub(crate) fn precision(&self) -> Option<(u32, u32)> {
        let typmod = u32::try_from(self.told.typmod.checked_sub(4)?).ok()?;
        (self.told.base == "numeric").then_some((typmod >> 16, typmod & 0x7ff))
    }

    /// Whether a sequence gives its values.
    pub(crate) fn counts(&self) -> bool {
        !self.told.identity.is_empty()
            || self.told.default_value.as_deref().is_some_and(|text| text.starts_with("nextval("))
    }
}

/// Reads a table.
///
/// # Errors
/// An argument error where there is none of that name, or it cannot be filled; what asking the catalog gives.
pub(crate) async fn read(call: &Call, connection: &Connection, name: &str) -> Result<Table, Error> {
    let asked = [json!(name)];
    let found: Vec<TableRow> = FILL_TABLE.rows(call, connection, &asked).await?;
    let Some(table) = found.into_iter().next() else {
        return Err(Error::argument(format!(
            "there is no table {name}; name it as SQL does, with its schema where needed"
        )));
    };
    if !matches!(table.kind.as_str(), "r" | "p") {
        return Err(Error::argument(format!("{name} is not a table, so no rows can be made for it")));
    }
    let columns: Vec<ColumnRow> = FILL_COLUMNS.rows(call, connection, &asked).await?;
    let rules: Vec<RuleRow> = FILL_RULES.rows(call, connection, &asked).await?;
    let mut read = Table {
        schema: table.schema,
        name: table.name,
        columns: columns.into_iter().map(|told| Column { told, limits: Limits::default() }).collect(),
        uniques: Vec::new(),
        has_key: false,
        foreign: Vec::new(),
        unread: Vec::new(),
        checks: Vec::new(),
        excluded: Vec::new(),
        partitions: Vec::new(),
    };
    let mut limits: BTreeMap<String, Limits> = BTreeMap::new();
    for column in &read.columns {
        for text in column.told.domain_checks.iter().flatten() {
            let is_whole = check::read(text, Some(&column.told.name), &mut limits);
            if !is_whole {
                read.unread.push(format!("{text} of the domain of {}", column.told.name));
            }
            if !is_whole || text.contains('~') {
                let condition = check::with_column(text, &crate::migrate::text::name(&column.told.name));
                read.checks.push((
                    format!("the domain {} of {}", column.told.data_type, column.told.name),
                    condition,
                ));
            }
        }
    }
    let mut rules = rules;
    rules.sort_by_key(|rule| (rule.kind != "p", rule.name.clone()));
    for rule in rules {
        read.take(rule, &mut limits);
    }
    for column in &mut read.columns {
        column.limits = limits.remove(&column.told.name).unwrap_or_default();
    }
    Ok(read)
}

impl Table {
    /// The place of a column.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.told.name == name)
    }

    /// Its name as messages say it.
    pub(crate) fn told(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    fn take(&mut self, rule: RuleRow, limits: &mut BTreeMap<String, Limits>) {
        let names = rule.columns.unwrap_or_default();
        let places: Vec<usize> = names.iter().flatten().filter_map(|name| self.place(name)).collect();
        let definition = rule.definition.unwrap_or_default();
        match rule.kind.as_str() {
            "p" => {
                self.has_key = true;
                self.uniques.push(places);
            }
            "u" if !places.is_empty() => self.uniques.push(places),
            // An index over expressions: whatever they make of it, a value that is the only one stays so, mostly.
            "u" => {
                let named = |column: &Column| definition.contains(&column.told.name);
                let places = self.columns.iter().enumerate().filter(|(_, column)| named(column));
                self.uniques.extend(places.map(|(at, _)| vec![at]));
                self.unread.push(definition);
            }
            "x" => self.excluded.push(places),
            "c" => {
                let is_whole = check::read(&definition, None, limits);
                // What patterns fit is made from them, and shown to the server, whose patterns they are.
                if !is_whole || definition.contains('~') {
                    self.checks.push((rule.name.clone(), check::condition(&definition).to_owned()));
                }
                if !is_whole {
                    self.unread.push(format!("{} {definition}", rule.name));
                }
            }
            "f" => {
                if let (Some(schema), Some(table)) = (rule.parent_schema, rule.parent) {
                    self.foreign.push(Foreign {
                        name: rule.name,
                        columns: places,
                        parent: (schema, table),
                        parent_columns: rule.parent_columns.unwrap_or_default(),
                        deferrable: rule.deferrable,
                    });
                }
            }
            "partition" => self.partitions.push((places, definition)),
            _ => {}
        }
    }
}
