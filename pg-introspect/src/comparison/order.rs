//! An order in which objects can be made: each after all that it needs.
//!
//! Separate because making and taking away both follow it, one backwards. Invariant: every object comes once, and objects that need
//! each other in a circle come in the order of their kinds.

use std::collections::{BTreeMap, BTreeSet};

use super::{Key, Object, Schema, object::key};

/// Which parts of a table come and go with it, in its own statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum With {
    /// A new table is made with its columns.
    Columns,
    /// A table that goes takes all its parts along; but foreign keys go before.
    AllParts,
}

/// The objects of a schema, each after those that it needs; the tables that are named need what their parts need.
pub(crate) fn order(schema: &Schema, tables: &BTreeSet<Key>, with: With) -> Vec<Key> {
    let mut needs: BTreeMap<&Key, BTreeSet<Key>> = BTreeMap::new();
    for (key, object) in &schema.objects {
        let mut all = object.depends_on.clone();
        if object.is("index") {
            all.extend(indexes_above(object, schema));
        }
        if tables.contains(key) {
            let parts = schema.parts_of(&object.name).filter(|part| match with {
                With::Columns => part.is("column"),
                With::AllParts => part.get("form").as_deref() != Some("foreign key"),
            });
            for part in parts {
                let of_table = |needed: &&Key| {
                    *needed != key
                        && schema.get(needed).and_then(|needed| needed.parent.as_ref()) != Some(&object.name)
                };
                all.extend(part.depends_on.iter().filter(of_table).cloned());
            }
        }
        needs.insert(key, all);
    }
    let mut keys: Vec<&Key> = schema.objects.keys().collect();
    keys.sort_by_key(|key| (schema.get(key).map(rank), schema.get(key).map(|object| object.place), *key));
    let mut ordered = Vec::with_capacity(keys.len());
    let mut seen: BTreeSet<&Key> = BTreeSet::new();
    for key in keys {
        visit(key, schema, &needs, &mut seen, &mut ordered);
    }
    ordered
}

/// The indexes of the tables that an index's table is a partition of: one that is made after an index of its partition takes that
/// for its own part, where both are alike.
fn indexes_above(index: &Object, schema: &Schema) -> Vec<Key> {
    let mut found = Vec::new();
    let mut above = index.parent_in(schema);
    let mut seen = BTreeSet::new();
    while let Some(parent) = above.as_ref().and_then(|key| schema.get(key)?.get("partition_of")) {
        let table = key("table", &parent);
        found.extend(schema.parts_of(&parent).filter(|part| part.is("index")).map(Object::key));
        if !seen.insert(table.clone()) {
            break;
        }
        above = Some(table);
    }
    found
}

/// Walks to what is needed first, without recursion: chains of views can be long.
fn visit<'a>(
    start: &'a Key,
    schema: &'a Schema,
    needs: &BTreeMap<&'a Key, BTreeSet<Key>>,
    seen: &mut BTreeSet<&'a Key>,
    ordered: &mut Vec<Key>,
) {
    let mut path: Vec<(&'a Key, bool)> = vec![(start, false)];
    while let Some((key, done)) = path.pop() {
        if done {
            ordered.push(key.clone());
            continue;
        }
        if !seen.insert(key) {
            continue;
        }
        path.push((key, true));
        let mut wanted: Vec<&'a Key> = needs
            .get(key)
            .into_iter()
            .flatten()
            .filter_map(|needed| schema.objects.get_key_value(needed).map(|(key, _)| key))
            .filter(|needed| !seen.contains(needed))
            .collect();
        wanted.sort_by_key(|needed| std::cmp::Reverse(schema.get(needed).map(rank)));
        path.extend(wanted.into_iter().map(|needed| (needed, false)));
    }
}

/// The place of a kind where nothing else decides.
fn rank(object: &Object) -> u8 {
    match object.kind.as_str() {
        "schema" => 0,
        "extension" => 1,
        "foreign data wrapper" => 2,
        "server" => 3,
        "collation" => 4,
        "enum" | "composite" => 5,
        "domain" | "range" => 6,
        "domain constraint" => 7,
        "text search dictionary" => 8,
        "text search configuration" => 9,
        "sequence" => 10,
        "table" if !object.has("partition_of") => 11,
        "table" => 12,
        "column" => 13,
        "constraint" => match object.get("form").as_deref() {
            Some("primary key" | "unique") => 14,
            Some("foreign key") => 17,
            _ => 15,
        },
        "index" => 16,
        "view" => 18,
        "materialized view" => 19,
        "function" | "procedure" => 20,
        "aggregate" => 21,
        "operator" => 22,
        "cast" => 23,
        "trigger" | "rule" => 24,
        "policy" => 25,
        "statistics" => 26,
        "publication" => 27,
        "default privileges" => 28,
        _ => 29,
    }
}
