//! What the catalog says of the relations that a policy's masks concern, kept for a while; the key of the process.
//!
//! Separate from the facts by name, because it is loaded as a whole. Invariant: what is old counts as not known.

use std::{
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

use pg_policy::{ColumnFacts, DependentFacts, MaskFacts, MaskKey, Policy, RelationFacts};
use serde::Deserialize;
use serde_json::Value;

use crate::{Call, Connection, Error, catalog};

/// How long the catalog is believed.
const BELIEVED: Duration = Duration::from_secs(30);

/// The key of hashes where none is configured: the tokens of two processes differ then.
static KEY_OF_PROCESS: LazyLock<Option<MaskKey>> = LazyLock::new(|| {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    MaskKey::new(&bytes).ok()
});

/// The key of hashes where none is configured.
pub(crate) fn key_of_process() -> Option<MaskKey> {
    KEY_OF_PROCESS.clone()
}

/// A row of `masks.sql`.
#[derive(Debug, Deserialize)]
struct RelationRow {
    schema: String,
    name: String,
    visible: bool,
    relative_schemas: Vec<String>,
    relative_names: Vec<String>,
    columns: Vec<String>,
    type_schemas: Vec<String>,
    type_names: Vec<String>,
    readable: Vec<bool>,
}

/// A row of `mask_dependents.sql`.
#[derive(Debug, Deserialize)]
struct DependentRow {
    schema: String,
    name: String,
    visible: bool,
    definition: Option<String>,
    columns: Vec<String>,
    type_schemas: Vec<String>,
    type_names: Vec<String>,
    readable: Vec<bool>,
}

/// The last that was heard.
#[derive(Debug, Default)]
pub(crate) struct KnownMasks(Mutex<Option<(Instant, Arc<MaskFacts>)>>);

impl KnownMasks {
    /// What is known, if it is known recently.
    pub(crate) fn get(&self) -> Option<Arc<MaskFacts>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(learnt, _)| learnt.elapsed() <= BELIEVED).map(|(_, facts)| Arc::clone(facts))
    }

    /// Forgets it, as after a change of the schema.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn learn(&self, facts: MaskFacts) {
        let known = Some((Instant::now(), Arc::new(facts)));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

/// Asks the catalog.
pub(crate) async fn load(
    connection: &Connection,
    call: &Call,
    policy: &Policy,
    known: &KnownMasks,
) -> Result<(), Error> {
    let (schemas, names): (Vec<Value>, Vec<Value>) = policy
        .masks()
        .iter()
        .map(|mask| (Value::from(mask.schema.as_str()), Value::from(mask.relation.as_str())))
        .unzip();
    let rows: Vec<RelationRow> =
        connection.fetch(call, catalog::MASKS.vetted()?, &[schemas.into(), names.into()]).await?;
    let relations: Vec<RelationFacts> = rows.into_iter().map(relation).collect();
    let (schemas, names): (Vec<Value>, Vec<Value>) = relations
        .iter()
        .map(|relation| (Value::from(relation.schema.as_str()), Value::from(relation.name.as_str())))
        .unzip();
    let rows: Vec<DependentRow> =
        connection.fetch(call, catalog::MASK_DEPENDENTS.vetted()?, &[schemas.into(), names.into()]).await?;
    let dependents = rows.into_iter().map(dependent).collect();
    known.learn(MaskFacts { relations, dependents });
    Ok(())
}

fn relation(row: RelationRow) -> RelationFacts {
    let columns = columns(row.columns, row.type_schemas, row.type_names, row.readable);
    RelationFacts {
        schema: row.schema,
        name: row.name,
        visible: row.visible,
        relatives: row.relative_schemas.into_iter().zip(row.relative_names).collect(),
        columns,
    }
}

fn dependent(row: DependentRow) -> DependentFacts {
    DependentFacts {
        schema: row.schema,
        name: row.name,
        visible: row.visible,
        definition: row.definition,
        columns: columns(row.columns, row.type_schemas, row.type_names, row.readable),
    }
}

fn columns(
    names: Vec<String>,
    type_schemas: Vec<String>,
    type_names: Vec<String>,
    readable: Vec<bool>,
) -> Vec<ColumnFacts> {
    let types = type_schemas.into_iter().zip(type_names).zip(readable);
    let column =
        |(name, ((type_schema, type_name), readable))| ColumnFacts { name, type_schema, type_name, readable };
    names.into_iter().zip(types).map(column).collect()
}
