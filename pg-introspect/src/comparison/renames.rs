//! Tables and columns that may have been renamed rather than dropped and made anew.
//!
//! Separate because it guesses. Invariant: a guess is told and never acted upon.

use serde::Serialize;

use super::{Object, Paired, Schema};

/// How alike two tables must be, of 1.
const ALIKE: f64 = 0.6;

/// A guess that something was renamed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SuggestedRename {
    /// `table` or `column`.
    pub kind: String,
    /// Its name in the other.
    pub from: String,
    /// Its name in the base.
    pub to: String,
    /// How alike they are, from 0 to 1.
    pub likeness: f64,
    /// The statement that renames it: run it first where the guess is right, and compare again.
    pub sql: String,
}

/// The guesses.
pub(crate) fn suggested(paired: &Paired) -> Vec<SuggestedRename> {
    let Paired { current, desired, .. } = paired;
    let only = |one: &Schema, other: &Schema, kind: &str| -> Vec<Object> {
        let lonely = one.objects.iter().filter(|(key, object)| object.is(kind) && other.get(key).is_none());
        lonely.map(|(_, object)| object.clone()).collect()
    };
    let mut found = Vec::new();
    let mut taken: Vec<String> = Vec::new();
    for table in only(current, desired, "table") {
        let best = only(desired, current, "table")
            .into_iter()
            .filter(|other| other.schema == table.schema && !taken.contains(&other.name))
            .map(|other| (like_tables(current, &table, desired, &other), other))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((likeness, other)) = best.filter(|(likeness, _)| *likeness >= ALIKE) {
            let sql = format!("ALTER TABLE {} RENAME TO {}", table.name, other.bare);
            taken.push(other.name.clone());
            found.push(SuggestedRename {
                kind: "table".to_owned(),
                from: table.name,
                to: other.name,
                likeness,
                sql,
            });
        }
    }
    let wanted = only(desired, current, "column");
    let mut taken: Vec<String> = Vec::new();
    for column in only(current, desired, "column") {
        let best = wanted
            .iter()
            .filter(|other| other.parent == column.parent && !taken.contains(&other.name))
            .map(|other| (like_columns(&column, other), other))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((likeness, other)) = best.filter(|(likeness, _)| *likeness >= ALIKE) {
            let table = column.parent.clone().unwrap_or_default();
            let sql = format!("ALTER TABLE {table} RENAME COLUMN {} TO {}", column.bare, other.bare);
            taken.push(other.name.clone());
            found.push(SuggestedRename {
                kind: "column".to_owned(),
                from: column.name,
                to: other.name.clone(),
                likeness,
                sql,
            });
        }
    }
    found
}

/// The share of columns that two tables have in common, by name and type.
fn like_tables(here: &Schema, one: &Object, there: &Schema, other: &Object) -> f64 {
    let described = |schema: &Schema, table: &Object| -> Vec<(String, Option<String>)> {
        schema
            .columns_of(&table.name)
            .iter()
            .map(|column| (column.bare.clone(), column.get("type")))
            .collect()
    };
    let (left, right) = (described(here, one), described(there, other));
    let both = left.iter().filter(|column| right.contains(column)).count();
    let all = left.len() + right.len() - both;
    if all == 0 { 0.0 } else { rounded(share(both, all)) }
}

/// Type, place and name together.
fn like_columns(one: &Object, other: &Object) -> f64 {
    if one.get("type") != other.get("type") || one.get("type").is_none() {
        return 0.0;
    }
    let place = f64::from(u8::from(one.place == other.place));
    let fixed = ["not_null", "default", "identity", "generated"];
    let same = fixed.iter().filter(|name| one.attributes.get(**name) == other.attributes.get(**name)).count();
    let letters = |text: &str| -> Vec<String> {
        let padded: Vec<char> = format!(" {text} ").chars().collect();
        padded.windows(2).map(|pair| pair.iter().collect()).collect()
    };
    let (left, right) = (letters(&one.bare), letters(&other.bare));
    let both = left.iter().filter(|pair| right.contains(pair)).count();
    let name = share(2 * both, left.len() + right.len());
    rounded(0.4 + 0.2 * place + 0.1 * share(same, fixed.len()) + 0.3 * name)
}

#[expect(clippy::cast_precision_loss, reason = "counts of columns and letters")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn rounded(likeness: f64) -> f64 {
    (likeness * 100.0).round() / 100.0
}
