//! What a policy's lists say of relations, without a database.
//!
//! Separate because lists alone do not tell which columns a relation has. Invariant: columns that no list names are not granted,
//! and the text says what is missing.

use std::collections::{BTreeMap, BTreeSet};

use pg_policy::{ColumnName, MaskMethod};

use super::super::subject::Subject;
use super::checked;
use super::narrowing::{Anywhere, Narrowed, Narrowing, Reach};
use crate::Error;

/// What the lists say of the columns of one relation.
#[derive(Default)]
struct Listed<'a> {
    allowed: Vec<&'a str>,
    denied: Vec<&'a str>,
    /// Masked so that the role needs no value.
    unseen: Vec<&'a str>,
}

/// What the lists of a policy narrow.
pub(super) fn narrowing(subject: &Subject, schemas: &[String]) -> Result<Narrowing, Error> {
    let rules = &subject.options.rules;
    let mut narrowing = Narrowing::default();
    for table in rules.allowed_tables.iter().flatten() {
        let (schema, name) = apart(table);
        narrowing.added.push((schema.map(str::to_owned), name.to_owned()));
    }
    // What a schema that is not given holds was not given.
    let given: BTreeSet<&str> = schemas.iter().map(String::as_str).collect();
    let added: BTreeSet<(Option<&str>, &str)> =
        rules.allowed_tables.iter().flatten().map(|table| apart(table)).collect();
    let mut anywhere = BTreeSet::new();
    for table in &rules.denied_tables {
        match apart(table) {
            (Some(schema), name) => narrowing.narrowed.push(nothing(schema, name, "denied by the policy")?),
            (None, name) => drop(anywhere.insert(checked(name.to_owned(), "table")?)),
        }
    }
    let mut unknown = false;
    for ((schema, name), listed) in columns(subject) {
        let Some(schema) = schema else {
            anywhere.insert(checked(name.to_owned(), "table")?);
            unknown = true;
            continue;
        };
        if !given.contains(schema) && !added.contains(&(Some(schema), name)) && !added.contains(&(None, name))
        {
            continue;
        }
        narrowing.narrowed.push(match listed.reach() {
            reach @ Reach::Columns { .. } => Narrowed {
                schema: checked(schema.to_owned(), "schema")?,
                name: checked(name.to_owned(), "table")?,
                reach,
                why: "the columns that the policy allows".to_owned(),
            },
            Reach::Nothing => {
                unknown = true;
                nothing(
                    schema,
                    name,
                    "the policy leaves some columns, and only the catalog knows which: run with --live",
                )?
            }
        });
    }
    if !anywhere.is_empty() {
        let of_tables = added.iter().filter_map(|(schema, _)| *schema);
        let schemas: BTreeSet<&str> = given.iter().copied().chain(of_tables).chain(["public"]).collect();
        let schemas = schemas.into_iter().map(str::to_owned).collect();
        narrowing.anywhere = Some(Anywhere { names: anywhere.into_iter().collect(), schemas });
    }
    if unknown {
        narrowing.remarks.push(
            "Columns are listed of tables whose other columns are not known offline: those tables are not granted at all. \
             pg-cli policy grants --connection NAME --live grants the columns."
                .to_owned(),
        );
    }
    if !narrowing.narrowed.is_empty() || narrowing.anywhere.is_some() {
        narrowing.remarks.push(
            "NOT TAKEN BACK, since it is not known offline: views over these relations, their parents and their partitions. \
             --live knows them."
                .to_owned(),
        );
        narrowing.remarks.push(
            "Default privileges know no names: when a table of the policy's lists is made later, run this again.".to_owned(),
        );
    }
    if let Some(remark) = masked_by_value(subject) {
        narrowing.remarks.push(remark);
    }
    Ok(narrowing)
}

/// That some masks are made of values, so that the role reads them.
pub(super) fn masked_by_value(subject: &Subject) -> Option<String> {
    let by_value = subject.options.masked_columns.iter().filter(|mask| !unseen(&mask.method));
    let by_value = by_value.filter(|mask| mask.method != MaskMethod::Plain);
    let columns: Vec<String> =
        by_value.map(|mask| format!("{}.{}.{}", mask.schema, mask.relation, mask.column)).collect();
    (!columns.is_empty()).then(|| {
        format!(
            "Masks by `hash` and `partial` are made of the value, in the server: the role reads {}, and only the policy masks it.",
            columns.join(", ")
        )
    })
}

/// Whether a mask stands for the value without looking at it.
pub(super) fn unseen(method: &MaskMethod) -> bool {
    matches!(method, MaskMethod::Null | MaskMethod::Constant(_))
}

impl Listed<'_> {
    fn reach(&self) -> Reach {
        if self.allowed.is_empty() {
            return Reach::Nothing;
        }
        let written: BTreeSet<&str> =
            self.allowed.iter().filter(|column| !self.denied.contains(column)).copied().collect();
        let read = written.iter().filter(|column| !self.unseen.contains(column));
        Reach::Columns {
            read: read.map(|column| (*column).to_owned()).collect(),
            written: written.iter().map(|column| (*column).to_owned()).collect(),
        }
    }
}

/// The relations of which columns are listed.
fn columns(subject: &Subject) -> BTreeMap<(Option<&str>, &str), Listed<'_>> {
    fn of(column: &ColumnName) -> (Option<&str>, &str) {
        (column.schema.as_deref(), &column.relation)
    }
    let rules = &subject.options.rules;
    let mut relations: BTreeMap<_, Listed<'_>> = BTreeMap::new();
    for column in &rules.allowed_columns {
        relations.entry(of(column)).or_default().allowed.push(&column.column);
    }
    for column in &rules.denied_columns {
        relations.entry(of(column)).or_default().denied.push(&column.column);
    }
    for mask in subject.options.masked_columns.iter().filter(|mask| unseen(&mask.method)) {
        relations.entry((Some(&mask.schema), &mask.relation)).or_default().unseen.push(&mask.column);
    }
    // A column of a table in any schema is one of that table in each.
    let anywhere: Vec<(&str, Vec<&str>)> = relations
        .iter()
        .filter(|((schema, _), _)| schema.is_none())
        .map(|((_, name), listed)| (*name, listed.denied.clone()))
        .collect();
    for ((_, name), listed) in relations.iter_mut().filter(|((schema, _), _)| schema.is_some()) {
        let denied = anywhere.iter().filter(|(other, _)| other == name).flat_map(|(_, denied)| denied);
        listed.denied.extend(denied);
    }
    relations
}

fn nothing(schema: &str, name: &str, why: &str) -> Result<Narrowed, Error> {
    Ok(Narrowed {
        schema: checked(schema.to_owned(), "schema")?,
        name: checked(name.to_owned(), "table")?,
        reach: Reach::Nothing,
        why: why.to_owned(),
    })
}

/// A listed name's schema and name.
pub(super) fn apart(listed: &str) -> (Option<&str>, &str) {
    match listed.split_once('.') {
        Some((schema, name)) => (Some(schema), name),
        None => (None, listed),
    }
}
