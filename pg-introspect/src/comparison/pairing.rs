//! What is done before two schemas are compared: what the caller wants ignored is made equal, and members of a table that differ in
//! nothing but a name are told apart from members that differ.
//!
//! Separate because it changes the models, and everything after it only reads them. Invariant: names that the server made up do not
//! make a difference; names that a person gave do.

use std::collections::BTreeSet;

use super::{Attribute, Key, Object, Schema, object::key};

/// Two schemas, ready to be compared.
#[derive(Debug)]
pub(crate) struct Paired {
    /// The one to change.
    pub(crate) current: Schema,
    /// As it should be.
    pub(crate) desired: Schema,
    /// Members to rename: the key after renaming, and the statement.
    pub(crate) renamed: Vec<Renamed>,
    /// What the caller should know.
    pub(crate) notes: Vec<String>,
}

/// A constraint or index that has another name and is otherwise the same.
#[derive(Debug)]
pub(crate) struct Renamed {
    pub(crate) kind: String,
    pub(crate) from: String,
    pub(crate) key: Key,
    pub(crate) statement: String,
}

/// Makes two schemas ready; attributes named in `ignored` are taken from `current` where both have the object.
pub(crate) fn pair(mut current: Schema, mut desired: Schema, ignored: &BTreeSet<String>) -> Paired {
    for (key, object) in &mut desired.objects {
        for attribute in ignored {
            object.attributes.remove(attribute);
            if let Some(value) = current.get(key).and_then(|here| here.attributes.get(attribute)) {
                object.attributes.insert(attribute.clone(), value.clone());
            }
        }
    }
    if ignored.contains("grants") {
        let kept = current.objects.iter().filter(|(_, object)| object.is("default privileges"));
        let kept: Vec<(Key, Object)> = kept.map(|(key, object)| (key.clone(), object.clone())).collect();
        desired.objects.retain(|_, object| !object.is("default privileges"));
        desired.objects.extend(kept);
    }
    let mut renamed = Vec::new();
    let mut same_but_named = 0_usize;
    for (from, to) in alike(&current, &desired) {
        let (Some(here), Some(there)) = (current.get(&from).cloned(), desired.get(&to).cloned()) else {
            continue;
        };
        if made_up(&here) && made_up(&there) {
            same_but_named += 1;
            rename(&mut desired, &to, &here);
            continue;
        }
        let statement = if here.is("index") {
            format!("ALTER INDEX {} RENAME TO {}", here.name, there.bare)
        } else {
            let parent = here.parent.as_deref().unwrap_or_default();
            format!("ALTER TABLE {parent} RENAME CONSTRAINT {} TO {}", here.bare, there.bare)
        };
        rename(&mut current, &from, &there);
        renamed.push(Renamed { kind: here.kind, from: here.name, key: to, statement });
    }
    for schema in [&mut current, &mut desired] {
        for object in schema.objects.values_mut() {
            object.attributes.remove("shape");
        }
    }
    let only_inherited = |object: &Object| object.has("inherited") && object.attributes.len() == 1;
    let alone = |one: &Schema, other: &Schema| -> Vec<Key> {
        let here =
            one.objects.iter().filter(|(key, object)| only_inherited(object) && other.get(key).is_none());
        here.map(|(key, _)| key.clone()).collect()
    };
    let (here, there) = (alone(&current, &desired), alone(&desired, &current));
    current.objects.retain(|key, _| !here.contains(key));
    desired.objects.retain(|key, _| !there.contains(key));
    let mut notes = Vec::new();
    if same_but_named > 0 {
        notes.push(format!(
            "{same_but_named} constraints or indexes differ only in a name that the server made up; they count as equal"
        ));
    }
    Paired { current, desired, renamed, notes }
}

/// Constraints and indexes that are in one schema each, belong to the same table and are otherwise the same.
fn alike(current: &Schema, desired: &Schema) -> Vec<(Key, Key)> {
    let mut pairs: Vec<(Key, Key)> = Vec::new();
    let lonely = |one: &'_ Schema, other: &'_ Schema| -> Vec<Key> {
        let members = one.objects.iter().filter(|(key, object)| {
            matches!(object.kind.as_str(), "constraint" | "index") && other.get(key).is_none()
        });
        members.map(|(key, _)| key.clone()).collect()
    };
    let mut there = lonely(desired, current);
    for from in lonely(current, desired) {
        let Some(here) = current.get(&from) else { continue };
        let found = there.iter().position(|to| {
            desired.get(to).is_some_and(|other| {
                other.kind == here.kind && other.parent == here.parent && shape(other) == shape(here)
            })
        });
        if let Some(place) = found {
            pairs.push((from, there.remove(place)));
        }
    }
    pairs
}

fn shape(object: &Object) -> Option<&Attribute> {
    object.attributes.get(if object.is("index") { "shape" } else { "definition" })
}

/// Whether a name looks like one that the server makes up: the table's, columns and what it is.
fn made_up(object: &Object) -> bool {
    let table = object.parent.as_deref().and_then(|parent| parent.rsplit('.').next()).unwrap_or_default();
    let name = object.bare.trim_matches('"').trim_end_matches(|digit: char| digit.is_ascii_digit());
    let ends = ["_pkey", "_key", "_fkey", "_check", "_excl", "_idx"].iter().any(|end| name.ends_with(end));
    // A long name is cut to its first letters.
    let table: String = table.trim_matches('"').chars().take(25).collect();
    ends && name.starts_with(&table)
}

/// Gives an object of `schema` the name that `like` has, wherever it is named.
fn rename(schema: &mut Schema, from: &str, like: &Object) {
    let Some(mut object) = schema.objects.remove(from) else { return };
    let to = key(&object.kind, &like.name);
    object.name.clone_from(&like.name);
    let before = std::mem::replace(&mut object.bare, like.bare.clone());
    if object.is("index") {
        if let Some(definition) = like.attributes.get("definition") {
            object.attributes.insert("definition".to_owned(), definition.clone());
        }
        let table = object.parent.as_ref().map(|parent| key("table", parent));
        let identity = Attribute::Text(format!("USING INDEX {before}"));
        if let Some(table) = table.and_then(|table| schema.objects.get_mut(&table))
            && table.attributes.get("replica_identity") == Some(&identity)
        {
            let now = Attribute::Text(format!("USING INDEX {}", like.bare));
            table.attributes.insert("replica_identity".to_owned(), now);
        }
    }
    schema.objects.insert(to.clone(), object);
    for other in schema.objects.values_mut() {
        if other.depends_on.remove(from) {
            other.depends_on.insert(to.clone());
        }
    }
}
