//! In what two schemas differ.
//!
//! Invariant: what is part of a table that only one side has is told by the table.

use serde::Serialize;

use super::{Attribute, Object, Paired, Schema};

/// How an object differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only the other has it: the script takes it away.
    Extra,
    /// Both have it, and it is not the same.
    Different,
    /// Only the base has it: the script makes it.
    Missing,
    /// The same constraint or index under another name.
    Renamed,
}

/// An object that differs.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// How it differs from the base.
    pub change: Change,
    /// What it is: `table`, `column`, `index` and so on.
    pub kind: String,
    /// Its name as SQL writes it.
    pub name: String,
    /// In what it differs, where both have it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<ChangedAttribute>,
    /// Whether ending the difference takes rows or values away, or can.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub loses_data: bool,
}

/// An attribute that differs.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangedAttribute {
    /// Which: `type`, `not_null`, `definition` and so on.
    pub attribute: String,
    /// In the base; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// In the other; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

/// A table whose columns stand in another order, which no statement can change.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moved {
    /// The table.
    pub table: String,
    /// The order in the base.
    pub base: Vec<String>,
    /// The order in the other.
    pub other: Vec<String>,
}

/// In what the schemas differ, what loses data first.
pub(crate) fn differences(paired: &Paired) -> Vec<Difference> {
    let Paired { current, desired, renamed, .. } = paired;
    let mut found = Vec::new();
    for (key, object) in &current.objects {
        match desired.get(key) {
            None if !told_by_parent(object, current, desired) => found.push(Difference {
                change: Change::Extra,
                kind: object.kind.clone(),
                name: object.name.clone(),
                attributes: Vec::new(),
                loses_data: holds_data(object),
            }),
            Some(wanted) => {
                let attributes = changed(object, wanted);
                if !attributes.is_empty() {
                    found.push(Difference {
                        change: Change::Different,
                        kind: object.kind.clone(),
                        name: object.name.clone(),
                        loses_data: may_lose(object, &attributes),
                        attributes,
                    });
                }
            }
            None => {}
        }
    }
    for (key, object) in &desired.objects {
        if current.get(key).is_none() && !told_by_parent(object, desired, current) {
            found.push(Difference {
                change: Change::Missing,
                kind: object.kind.clone(),
                name: object.name.clone(),
                attributes: Vec::new(),
                loses_data: false,
            });
        }
    }
    for member in renamed {
        let name = desired.get(&member.key).map(|object| object.name.clone()).unwrap_or_default();
        found.push(Difference {
            change: Change::Renamed,
            kind: member.kind.clone(),
            name: name.clone(),
            attributes: vec![ChangedAttribute {
                attribute: "name".to_owned(),
                base: Some(name),
                other: Some(member.from.clone()),
            }],
            loses_data: false,
        });
    }
    found.sort_by(|a, b| {
        let rank = |difference: &Difference| (!difference.loses_data, difference.change);
        rank(a).cmp(&rank(b)).then_with(|| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)))
    });
    found
}

/// Whether an object's absence on the other side is told by that of what it is part of.
fn told_by_parent(object: &Object, here: &Schema, there: &Schema) -> bool {
    object.parent_in(here).is_some_and(|parent| there.get(&parent).is_none())
}

/// The attributes that differ.
pub(crate) fn changed(here: &Object, wanted: &Object) -> Vec<ChangedAttribute> {
    // A column that becomes inherited, or no longer is, changes with its table.
    if here.has("inherited") != wanted.has("inherited") {
        return Vec::new();
    }
    let names: std::collections::BTreeSet<&String> =
        here.attributes.keys().chain(wanted.attributes.keys()).collect();
    names
        .into_iter()
        .filter(|name| here.attributes.get(*name) != wanted.attributes.get(*name))
        .map(|name| ChangedAttribute {
            attribute: name.clone(),
            base: wanted.attributes.get(name).map(Attribute::words),
            other: here.attributes.get(name).map(Attribute::words),
        })
        .collect()
}

fn holds_data(object: &Object) -> bool {
    match object.kind.as_str() {
        "table" | "sequence" | "schema" | "extension" => true,
        "column" => !object.has("of_view") && !object.has("generated") && !object.has("inherited"),
        _ => false,
    }
}

fn may_lose(object: &Object, attributes: &[ChangedAttribute]) -> bool {
    let changes = |name: &str| attributes.iter().any(|changed| changed.attribute == name);
    match object.kind.as_str() {
        "table" => changes("form") || changes("partition_key") || changes("server"),
        "column" => changes("type"),
        "enum" => changes("labels") && !labels_only_grow(attributes),
        "domain" => changes("base"),
        "composite" => changes("fields"),
        _ => false,
    }
}

fn labels_only_grow(attributes: &[ChangedAttribute]) -> bool {
    let labels = attributes.iter().find(|changed| changed.attribute == "labels");
    labels.is_some_and(|changed| {
        let split = |text: &Option<String>| -> Vec<String> {
            text.as_deref().unwrap_or_default().split(", ").map(str::to_owned).collect()
        };
        is_subsequence(&split(&changed.other), &split(&changed.base))
    })
}

/// Whether `few` are among `many`, in the same order.
pub(crate) fn is_subsequence(few: &[String], many: &[String]) -> bool {
    let mut rest = many.iter();
    few.iter().all(|one| rest.any(|other| other == one))
}

/// The tables whose common columns stand in another order.
pub(crate) fn column_order(paired: &Paired) -> Vec<Moved> {
    let names = |schema: &Schema, table: &str| -> Vec<String> {
        schema.columns_of(table).iter().map(|column| column.bare.clone()).collect()
    };
    let tables = paired.desired.objects.values().filter(|object| object.is("table"));
    tables
        .filter(|table| paired.current.get(&table.key()).is_some() && !table.has("partition_of"))
        .filter_map(|table| {
            let (base, other) = (names(&paired.desired, &table.name), names(&paired.current, &table.name));
            let common: Vec<&String> = base.iter().filter(|name| other.contains(name)).collect();
            let there: Vec<&String> = other.iter().filter(|name| base.contains(name)).collect();
            (common != there).then(|| Moved { table: table.name.clone(), base, other })
        })
        .collect()
}
