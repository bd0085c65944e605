//! What waits until rows are in: indexes and foreign keys, taken away before and made again after.
//!
//! Invariant: what is taken away, or is still to be made of a new table, is written down in the transaction that takes or makes,
//! and is struck out in the one that makes it again; what cannot be made stays written down, and is told.

use std::collections::HashMap;

use pg_core::{Call, Connection, Error, TransactionOptions};
use pg_policy::Vetted;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    create::statements,
    foreign,
    prepared::{Migration, PreparedTable, TargetTable},
    run::Counted,
    text,
};
use crate::catalog::{self, IndexMarks, NameRow};

/// Rows that are told of those that a foreign key does not take.
const TOLD: usize = 5;

const WRITE_DOWN: &str =
    "INSERT INTO toolkit.migration_deferred (migration, number, table_name, object, definition)
    SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4 FROM toolkit.migration_deferred WHERE migration = $1";
const WRITTEN_DOWN: &str =
    "SELECT number, table_name, object, definition FROM toolkit.migration_deferred WHERE migration = $1
    ORDER BY (definition LIKE 'ALTER TABLE % ADD CONSTRAINT %' OR definition LIKE 'COMMENT ON CONSTRAINT %'), number";
const STRIKE_OUT: &str = "DELETE FROM toolkit.migration_deferred WHERE migration = $1 AND number = $2";

#[derive(Deserialize)]
struct Deferred {
    number: i32,
    table_name: String,
    object: String,
    definition: String,
}

/// What of a table waits.
struct Waiting {
    /// Statements that take it away, in order.
    taken: Vec<String>,
    /// What makes it again: a name and a statement.
    later: Vec<(String, String)>,
}

/// What of a table waits: what belongs to a partition because it belongs to the whole table goes and comes with that.
async fn waiting(call: &Call, target: &Connection, table: &TargetTable) -> Result<Waiting, Error> {
    let place = [json!(table.schema), json!(table.name)];
    let (mut marks, mut inherited) = (HashMap::new(), Vec::new());
    if table.exists {
        let known: Vec<IndexMarks> = catalog::INDEX_MARKS.rows(call, target, &place).await?;
        marks = known.into_iter().map(|marks| (marks.name.clone(), marks)).collect();
        let keys: Vec<NameRow> = catalog::INHERITED_KEYS.rows(call, target, &place).await?;
        inherited = keys.into_iter().map(|key| key.name).collect();
    }
    let is_part = |name: &String| marks.get(name).is_some_and(|marks| marks.is_part);
    let indexes = || table.indexes.iter().filter(|(name, _)| !is_part(name));
    let keys = || table.foreign_keys.iter().filter(|key| !inherited.contains(&key.name));
    let mut later = Vec::new();
    for (name, definition) in indexes() {
        // The server tells the index of a table with partitions without those of the partitions.
        let whole = definition.replacen(" ON ONLY ", " ON ", 1);
        later.push((name.clone(), whole));
        let marks = marks.get(name).map(|marks| marks.statements.as_slice()).unwrap_or_default();
        later.extend(marks.iter().map(|statement| (name.clone(), statement.clone())));
    }
    for key in keys() {
        let (on, name) = (table.qualified(), text::name(&key.name));
        later.push((key.name.clone(), format!("ALTER TABLE {on} ADD CONSTRAINT {name} {}", key.definition)));
        if let Some(comment) = &key.comment {
            let comment = text::literal(comment);
            later.push((key.name.clone(), format!("COMMENT ON CONSTRAINT {name} ON {on} IS {comment}")));
        }
    }
    // A foreign key first: it may rest on an index of this table.
    let dropped = keys()
        .map(|key| format!("ALTER TABLE {} DROP CONSTRAINT {}", table.qualified(), text::name(&key.name)));
    let gone = indexes().map(|(name, _)| format!("DROP INDEX {}", text::qualified(&table.schema, name)));
    Ok(Waiting { taken: dropped.chain(gone).collect(), later })
}

/// Makes tables that are not there, and takes away, where the plan says so, what can wait; each table in one transaction.
///
/// # Errors
/// What running the statements gives; [`Error::Refused`], also for a statement that is run only afterwards.
pub(crate) async fn before(call: &Call, migration: &Migration) -> Result<(), Error> {
    let target = &migration.target;
    for table in &migration.tables {
        if table.target.exists && !migration.plan.defer {
            continue;
        }
        let Waiting { taken, later } = waiting(call, target, &table.target).await?;
        let steps = if table.target.exists { taken } else { statements(table) };
        if steps.is_empty() {
            continue;
        }
        let mut vetted: Vec<Vetted> = Vec::new();
        for step in &steps {
            vetted.push(target.vet(call, step).await?);
        }
        // What could not be made again is not taken away.
        for (_, definition) in &later {
            target.vet(call, definition).await?;
        }
        let write_down = target.vet(call, WRITE_DOWN).await?;
        let transaction = target.begin(call, TransactionOptions::default()).await?;
        for (object, definition) in later {
            let (name, of) = (&migration.plan.name, &table.spec.target);
            transaction.execute(&write_down, &[name, of, &object, &definition]).await?;
        }
        for step in &vetted {
            transaction.execute(step, &[]).await?;
        }
        transaction.commit().await?;
    }
    Ok(())
}

/// Makes what waited: indexes first, then foreign keys.
///
/// # Errors
/// What running the statements gives, once all the others are made: what could not be is still to be made, and the next run
/// tries again.
pub(crate) async fn after(call: &Call, migration: &Migration) -> Result<(), Error> {
    let target = &migration.target;
    let name = &migration.plan.name;
    let written_down = target.vet(call, WRITTEN_DOWN).await?;
    let waiting: Vec<Deferred> = target.fetch(call, &written_down, &[json!(name)]).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let strike_out = target.vet(call, STRIKE_OUT).await?;
    let mut failed: Option<(Error, String)> = None;
    let mut left: Vec<String> = Vec::new();
    for deferred in waiting {
        // What is said of an object goes with it.
        if left.contains(&deferred.object) {
            continue;
        }
        match make(call, target, &strike_out, name, &deferred).await {
            Ok(()) => {}
            Err(error) if error.kind() == pg_core::ErrorKind::Sql => {
                let why = explained(call, migration, &deferred, &error).await;
                left.push(deferred.object);
                failed.get_or_insert((error, why));
            }
            Err(error) => return Err(error),
        }
    }
    match failed {
        None => Ok(()),
        Some((error, why)) => Err(error.in_words(
            format!("all rows are in, and {} cannot be made again: {why}", left.join(", ")),
            "mend the rows in the target (or bring those that are pointed at) and run the migration again, which makes what is written \
             down in toolkit.migration_deferred",
        )),
    }
}

async fn make(
    call: &Call,
    target: &Connection,
    strike_out: &Vetted,
    name: &String,
    deferred: &Deferred,
) -> Result<(), Error> {
    let vetted = target.vet(call, &deferred.definition).await?;
    let transaction = target.begin(call, TransactionOptions::default()).await?;
    transaction.execute(&vetted, &[]).await?;
    transaction.execute(strike_out, &[name, &deferred.number]).await?;
    transaction.commit().await
}

/// Why something could not be made, with the rows that a foreign key does not take.
async fn explained(call: &Call, migration: &Migration, deferred: &Deferred, error: &Error) -> String {
    let report = error.report();
    let table = migration.tables.iter().find(|table| table.spec.target == deferred.table_name);
    let definition =
        deferred.definition.split_once(" FOREIGN KEY (").map(|(_, rest)| format!("FOREIGN KEY ({rest}"));
    let orphans = definition.as_deref().and_then(foreign::orphans);
    let Some((table, orphans)) = table.zip(orphans) else { return report.message };
    let from = format!("{} AS t WHERE {orphans}", table.target.qualified());
    let rows = match orphaned(call, &migration.target, table, &from).await {
        Ok((count, keys)) => {
            format!("{count} rows of {} point at none, the first: {keys}", deferred.table_name)
        }
        Err(_) => report.detail.unwrap_or_default(),
    };
    format!("{}; {rows}; they are found by SELECT * FROM {from}", report.message)
}

async fn orphaned(
    call: &Call,
    target: &Connection,
    table: &PreparedTable,
    from: &str,
) -> Result<(i64, String), Error> {
    let key = if table.target.primary_key.is_empty() { &table.conflict } else { &table.target.primary_key };
    let shown = match key.is_empty() {
        true => "t.*".to_owned(),
        false => key.iter().map(|name| format!("t.{}", text::name(name))).collect::<Vec<_>>().join(", "),
    };
    let counting = target.vet(call, &format!("SELECT pg_catalog.count(*) AS rows FROM {from}")).await?;
    let count =
        target.fetch::<Counted>(call, &counting, &[]).await?.first().map_or(0, |counted| counted.rows);
    let listing = target.vet(call, &format!("SELECT {shown} FROM {from} ORDER BY 1 LIMIT {TOLD}")).await?;
    let rows: Vec<Map<String, Value>> = target.fetch(call, &listing, &[]).await?;
    Ok((count, rows.into_iter().map(|row| Value::from(row).to_string()).collect::<Vec<_>>().join(" ")))
}

/// What is still to be made of a migration's tables, by name.
///
/// # Errors
/// What asking gives.
pub(crate) async fn left(call: &Call, target: &Connection, name: &str) -> Result<Vec<String>, Error> {
    let written_down = target.vet(call, WRITTEN_DOWN).await?;
    let waiting: Vec<Deferred> = target.fetch(call, &written_down, &[json!(name)]).await?;
    let mut names: Vec<String> = waiting
        .into_iter()
        .map(|deferred| format!("{} of {}", deferred.object, deferred.table_name))
        .collect();
    names.dedup();
    Ok(names)
}
