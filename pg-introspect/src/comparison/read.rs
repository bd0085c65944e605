//! Reading the model of a schema from a database.
//!
//! Separate because the model also comes from files. Invariant: all of it is read from one snapshot, with names that do not depend
//! on who asks.

use std::collections::HashMap;

use pg_core::{Call, Connection, Error};
use serde_json::Value;

use super::{Attribute, Key, Object, Schema, object::key};
use crate::catalog::{self, ComparedObject, DependencyEdge, Snapshot};

/// Everything that a database holds.
pub(crate) async fn read(call: &Call, connection: &Connection) -> Result<Schema, Error> {
    let version = connection.server_version_number(call).await?;
    let mut snapshot = Snapshot::of(call, connection).await?;
    let mut asked = Vec::new();
    for query in [
        &catalog::COMPARE_OTHERS,
        &catalog::COMPARE_TYPES,
        &catalog::COMPARE_RELATIONS,
        &catalog::COMPARE_COLUMNS,
        &catalog::COMPARE_MEMBERS,
    ] {
        asked.push(snapshot.ask(query, Vec::new())?);
    }
    let edges = snapshot.ask(&catalog::COMPARE_EDGES, Vec::new())?;
    let answers = snapshot.take_with_schemas_named(call, connection).await?;
    let mut rows = Vec::new();
    for one in &asked {
        rows.extend(answers.rows(one)?);
    }
    Ok(joined(version, rows, answers.rows(&edges)?))
}

fn joined(version: u32, rows: Vec<ComparedObject>, edges: Vec<DependencyEdge>) -> Schema {
    let mut schema = Schema { version, ..Schema::default() };
    let mut keys: HashMap<(String, i64, i32), Key> = HashMap::new();
    for row in rows {
        let place = (row.class.clone(), row.oid, row.sub);
        let object = object(row);
        keys.insert(place, object.key());
        schema.objects.insert(object.key(), object);
    }
    let find = |class: &str, oid: i64, sub: i32| {
        keys.get(&(class.to_owned(), oid, sub)).or_else(|| keys.get(&(class.to_owned(), oid, 0)))
    };
    for edge in edges {
        let (Some(from), Some(on)) =
            (find(&edge.class, edge.oid, edge.sub), find(&edge.on_class, edge.on_oid, edge.on_sub))
        else {
            continue;
        };
        // That a column owns a sequence is an attribute: the column's default needs the sequence, not the other way round.
        if from != on
            && !(from.starts_with("sequence ") && on.starts_with("column "))
            && let Some(object) = schema.objects.get_mut(from)
        {
            object.depends_on.insert(on.clone());
        }
    }
    // A sequence that a column owns has the owner of its table.
    for object in schema.objects.values_mut().filter(|object| object.is("sequence") && object.has("owned_by"))
    {
        object.attributes.remove("owner");
    }
    let schemas: HashMap<String, Key> = schema
        .objects
        .values()
        .filter(|object| object.is("schema"))
        .filter_map(|object| Some((object.schema.clone()?, object.key())))
        .collect();
    let parents: Vec<(Key, Key)> = schema
        .objects
        .values()
        .flat_map(|object| {
            let of_schema = object.schema.as_ref().and_then(|name| schemas.get(name)).cloned();
            let needed = [object.parent_in(&schema), of_schema, extension_schema(object)];
            needed.into_iter().flatten().map(|needed| (object.key(), needed)).collect::<Vec<_>>()
        })
        .collect();
    for (from, on) in parents {
        if let Some(object) = schema.objects.get_mut(&from)
            && from != on
        {
            object.depends_on.insert(on);
        }
    }
    schema
}

fn extension_schema(object: &Object) -> Option<Key> {
    object.get("in_schema").filter(|_| object.is("extension")).map(|schema| key("schema", &schema))
}

fn object(row: ComparedObject) -> Object {
    let attributes = row
        .attributes
        .into_iter()
        .filter_map(|(name, value)| {
            let value = match value {
                Value::String(text) => Attribute::text(&text),
                Value::Array(items) => Attribute::List(
                    items.iter().map(|item| item.as_str().unwrap_or_default().to_owned()).collect(),
                ),
                _ => return None,
            };
            Some((name, value))
        })
        .collect();
    Object {
        kind: row.kind,
        name: row.name,
        bare: row.bare,
        schema: row.schema,
        parent: row.parent,
        place: row.place,
        attributes,
        depends_on: std::collections::BTreeSet::new(),
    }
}
