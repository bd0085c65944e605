//! Tables that a migration makes in the target, after those of the source, and what waits until their rows are in.
//!
//! Invariant: a table, and the list of what is still to be made of it, come in one transaction; what is taken away is written down
//! in the transaction that takes it.

use pg_core::{Call, Connection, Error, TransactionOptions};
use pg_introspect::{GetTableSchemaOutput, catalog::Column};
use pg_policy::Vetted;
use serde::Deserialize;
use serde_json::json;

use super::{
    plan::{ColumnRule, Table},
    prepared::{Migration, PreparedTable, TargetTable, checks},
    text,
};

/// The table that is to be made: the columns that the plan fills, with the source's types, or all of the source's table.
///
/// # Errors
/// A name that is no table's; what asking gives.
pub(crate) async fn planned(
    call: &Call,
    source: &Connection,
    spec: &Table,
    from: Option<&GetTableSchemaOutput>,
) -> Result<TargetTable, Error> {
    let mut parts = spec.target.split('.').map(|part| part.trim_matches('"').to_owned());
    let (schema, name) = match (parts.next(), parts.next(), parts.next()) {
        (Some(name), None, None) => ("public".to_owned(), name),
        (Some(schema), Some(name), None) => (schema, name),
        _ => return Err(Error::argument(format!("`{}` is no name of a table", spec.target))),
    };
    let mut columns: Vec<Column> = Vec::new();
    match from {
        Some(from) if spec.columns.is_empty() => columns.clone_from(&from.columns),
        _ => {
            for (name, column) in &spec.columns {
                columns.push(planned_column(call, source, spec, from, name, &column.0).await?);
            }
            if columns.is_empty() {
                let query = spec.query.as_deref().unwrap_or_default();
                for told in pg_core::query_columns(call, source, query).await? {
                    columns.push(plain(&told.name, &told.data_type, true));
                }
            }
        }
    }
    // Keys of its own come from a sequence.
    if let Some(new_key) = &spec.new_key {
        columns.retain(|column| column.name != *new_key);
        let mut column = plain(new_key, "bigint", false);
        column.identity = Some("by default".to_owned());
        columns.insert(0, column);
    }
    let whole = from.filter(|_| spec.columns.is_empty() && spec.new_key.is_none());
    let key =
        whole.map(|from| from.primary_keys.clone()).or_else(|| spec.new_key.clone().map(|key| vec![key]));
    let primary_key = key.unwrap_or_else(|| {
        let old = if spec.key.is_empty() {
            from.map(|from| from.primary_keys.clone())
        } else {
            Some(spec.key.clone())
        };
        let filled = old.unwrap_or_default().into_iter().map(|name| {
            let by = spec.columns.iter().find(|(_, column)| column.0.from.as_ref() == Some(&name));
            by.map(|(name, _)| name.clone())
        });
        filled.collect::<Option<Vec<String>>>().unwrap_or_default()
    });
    let same = whole.filter(|from| from.schema == schema && from.table_name == name);
    Ok(TargetTable {
        schema,
        name,
        exists: false,
        columns,
        primary_key,
        checks: whole.map(checks).unwrap_or_default(),
        foreign_keys: same.map(|from| from.foreign_keys.clone()).unwrap_or_default(),
        indexes: same
            .map(|from| {
                let made = from.indexes.iter().filter(|index| index.constraint.is_none() && index.is_valid);
                made.map(|index| (index.name.clone(), index.definition.clone())).collect()
            })
            .unwrap_or_default(),
    })
}

async fn planned_column(
    call: &Call,
    source: &Connection,
    spec: &Table,
    from: Option<&GetTableSchemaOutput>,
    name: &str,
    rule: &ColumnRule,
) -> Result<Column, Error> {
    let known = rule
        .from
        .as_ref()
        .zip(from)
        .and_then(|(name, from)| from.columns.iter().find(|column| column.name == *name));
    if rule.key_of.is_some() {
        return Ok(plain(name, "bigint", known.is_none_or(|column| column.is_nullable)));
    }
    let cleaned = rule.clean.0.iter().any(|word| word.starts_with("date"));
    match known {
        Some(_) if cleaned => Ok(plain(name, "date", true)),
        Some(column) => {
            let mayhap_null = column.is_nullable || !rule.clean.0.is_empty();
            Ok(plain(name, &column.data_type, mayhap_null))
        }
        None => {
            let value = match (&rule.from, &rule.sql) {
                (Some(from), _) => text::name(from),
                (None, sql) => format!("(\n{}\n)", sql.as_deref().unwrap_or("NULL")),
            };
            let origin = match (from, &spec.query) {
                (Some(from), _) => text::qualified(&from.schema, &from.table_name),
                (None, query) => format!("(\n{}\n) AS source_rows", query.as_deref().unwrap_or_default()),
            };
            let told =
                pg_core::query_columns(call, source, &format!("SELECT {value} AS value FROM {origin}"))
                    .await?;
            let data_type = told.first().map_or("text", |column| column.data_type.as_str());
            Ok(plain(name, data_type, true))
        }
    }
}

fn plain(name: &str, data_type: &str, is_nullable: bool) -> Column {
    Column {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        is_nullable,
        default_value: None,
        ordinal_position: 0,
        comment: None,
        identity: None,
        generated: None,
        generation_expression: None,
        collation: None,
        storage: None,
        compression: None,
        statistics_target: None,
        base_type: None,
        enum_values: None,
        statistics: None,
    }
}

/// The statements that make a table, without what can wait.
pub(crate) fn statements(table: &PreparedTable) -> Vec<String> {
    let target = &table.target;
    let from_whole = table.source.as_ref().filter(|_| table.spec.columns.is_empty());
    let mut lines: Vec<String> = target
        .columns
        .iter()
        .map(|column| {
            let mut line = format!("{} {}", text::name(&column.name), column.data_type);
            let counts = column.default_value.as_deref().is_some_and(|value| value.contains("nextval("));
            if column.generated.is_some() {
                let expression = column.generation_expression.as_deref().unwrap_or("NULL");
                line.push_str(&format!(" GENERATED ALWAYS AS ({expression}) STORED"));
            } else if column.identity.is_some() || counts {
                line.push_str(" GENERATED BY DEFAULT AS IDENTITY");
            } else if let Some(value) = &column.default_value {
                line.push_str(&format!(" DEFAULT {value}"));
            }
            if !column.is_nullable {
                line.push_str(" NOT NULL");
            }
            line
        })
        .collect();
    if !target.primary_key.is_empty() {
        lines.push(format!("PRIMARY KEY ({})", text::names(target.primary_key.iter().map(String::as_str))));
    }
    if let Some(from) = from_whole {
        for check in &from.checks {
            lines.push(format!("CONSTRAINT {} {}", text::name(&check.name), check.definition));
        }
        for key in from.constraints.iter().filter(|key| key.kind == "unique") {
            lines.push(format!("CONSTRAINT {} {}", text::name(&key.name), key.definition));
        }
    }
    vec![
        format!("CREATE SCHEMA IF NOT EXISTS {}", text::name(&target.schema)),
        format!("CREATE TABLE {} ({})", target.qualified(), lines.join(", ")),
    ]
}

/// What is made of a table once its rows are in: name and statement.
fn later(target: &TargetTable) -> Vec<(String, String)> {
    let indexes = target.indexes.iter().cloned();
    let keys = target.foreign_keys.iter().map(|key| {
        let name = text::name(&key.name);
        (
            key.name.clone(),
            format!("ALTER TABLE {} ADD CONSTRAINT {name} {}", target.qualified(), key.definition),
        )
    });
    indexes.chain(keys).collect()
}

/// What is taken away of a table that is there.
fn taken(target: &TargetTable) -> Vec<String> {
    let indexes = target
        .indexes
        .iter()
        .map(|(name, _)| format!("DROP INDEX {}", text::qualified(&target.schema, name)));
    let keys = target
        .foreign_keys
        .iter()
        .map(|key| format!("ALTER TABLE {} DROP CONSTRAINT {}", target.qualified(), text::name(&key.name)));
    // A foreign key first: it may rest on an index of this table.
    keys.chain(indexes).collect()
}

const WRITE_DOWN: &str =
    "INSERT INTO toolkit.migration_deferred (migration, number, table_name, object, definition)
    SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4 FROM toolkit.migration_deferred WHERE migration = $1";
const WRITTEN_DOWN: &str = "SELECT number, definition FROM toolkit.migration_deferred WHERE migration = $1
    ORDER BY (definition LIKE 'ALTER TABLE%'), number";
const STRIKE_OUT: &str = "DELETE FROM toolkit.migration_deferred WHERE migration = $1 AND number = $2";

#[derive(Deserialize)]
struct Deferred {
    number: i32,
    definition: String,
}

/// Makes tables that are not there, and takes away, where the plan says so, what can wait; each table in one transaction.
///
/// # Errors
/// What running the statements gives.
pub(crate) async fn before(call: &Call, migration: &Migration) -> Result<(), Error> {
    let target = &migration.target;
    for table in &migration.tables {
        let mut steps = if table.target.exists { Vec::new() } else { statements(table) };
        if table.target.exists && migration.plan.defer {
            steps.extend(taken(&table.target));
        }
        if steps.is_empty() {
            continue;
        }
        let mut vetted: Vec<Vetted> = Vec::new();
        for step in &steps {
            vetted.push(target.vet(call, step).await?);
        }
        let write_down = target.vet(call, WRITE_DOWN).await?;
        let transaction = target.begin(call, TransactionOptions::default()).await?;
        for (object, definition) in later(&table.target) {
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

/// Makes what waited: indexes first, then foreign keys. Gives how many there were.
///
/// # Errors
/// What running the statements gives: rows that a foreign key does not take stay, and the key is still to be made.
pub(crate) async fn after(call: &Call, migration: &Migration) -> Result<usize, Error> {
    let target = &migration.target;
    let name = &migration.plan.name;
    let written_down = target.vet(call, WRITTEN_DOWN).await?;
    let waiting: Vec<Deferred> = target.fetch(call, &written_down, &[json!(name)]).await?;
    let made = waiting.len();
    if made == 0 {
        return Ok(0);
    }
    let strike_out = target.vet(call, STRIKE_OUT).await?;
    for Deferred { number, definition } in waiting {
        let vetted = target.vet(call, &definition).await?;
        let transaction = target.begin(call, TransactionOptions::default()).await?;
        transaction.execute(&vetted, &[]).await?;
        transaction.execute(&strike_out, &[name, &number]).await?;
        transaction.commit().await?;
    }
    Ok(made)
}
