//! Tables that a migration makes in the target, after those of the source.
//!
//! Invariant: what of the source's table is not made is said before a row moves.

use pg_core::{Call, Connection, Error};
use pg_introspect::{GetTableSchemaOutput, catalog::Column};
use serde_json::json;

use super::{
    foreign,
    plan::{ColumnRule, Table},
    prepared::{PreparedTable, TargetTable, checks},
    shape, text,
};
use crate::catalog::{self, NameRow};

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
    // An index has a name of its own, which may be taken where its table gets another one.
    let same = whole.filter(|from| from.schema == schema && from.table_name == name);
    Ok(TargetTable {
        schema,
        name,
        exists: false,
        columns,
        primary_key,
        checks: whole.map(checks).unwrap_or_default(),
        foreign_keys: whole.map(|from| from.foreign_keys.clone()).unwrap_or_default(),
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
        for key in from.constraints.iter().filter(|key| key.kind != "primary key") {
            lines.push(format!("CONSTRAINT {} {}", text::name(&key.name), key.definition));
        }
    }
    vec![
        format!("CREATE SCHEMA IF NOT EXISTS {}", text::name(&target.schema)),
        format!("CREATE TABLE {} ({})", target.qualified(), lines.join(", ")),
    ]
}

/// What the target lacks for a table that is to be made: its types.
///
/// # Errors
/// What asking gives.
pub(crate) async fn lacking(
    call: &Call,
    target: &Connection,
    table: &TargetTable,
) -> Result<Vec<String>, Error> {
    let types: Vec<&str> = table.columns.iter().map(|column| column.data_type.as_str()).collect();
    let missing: Vec<NameRow> = catalog::MISSING_TYPES.rows(call, target, &[json!(types)]).await?;
    let told = |NameRow { name }: NameRow| {
        let column = table.columns.iter().find(|column| column.data_type == name);
        let plain = name.trim_end_matches("[]");
        let values = column.and_then(|column| column.enum_values.as_ref());
        let based = column.and_then(|column| column.base_type.as_ref());
        let how = match (values, based) {
            (Some(values), _) => {
                let values: Vec<String> = values.iter().map(|value| text::literal(value)).collect();
                format!(": CREATE TYPE {plain} AS ENUM ({})", values.join(", "))
            }
            (None, Some(base)) => {
                format!(": CREATE DOMAIN {plain} AS {base}, with the checks of the source's")
            }
            (None, None) => String::new(),
        };
        let name = column.map_or("", |column| column.name.as_str());
        format!(
            "column {name}: the target has no type {plain}; make it there first{how}, or cast the column in `sql`"
        )
    };
    Ok(missing.into_iter().map(told).collect())
}

/// Settles which foreign keys of tables that are to be made can be made, and says what of the source's tables is not.
///
/// # Errors
/// What asking gives.
pub(crate) async fn settle(
    call: &Call,
    target: &Connection,
    tables: &mut [PreparedTable],
    notes: &mut Vec<String>,
) -> Result<(), Error> {
    let moved: Vec<Moved> = tables.iter().filter_map(Moved::of).collect();
    for table in tables.iter_mut().filter(|table| !table.target.exists) {
        let Some(from) = &table.source else { continue };
        let is_same = from.schema == table.target.schema && from.table_name == table.target.name;
        let mut left: Vec<String> = Vec::new();
        let mut kept = Vec::new();
        for mut key in std::mem::take(&mut table.target.foreign_keys) {
            let (schema, name) = (key.referenced_schema.clone(), key.referenced_table.clone());
            let (schema, name) = (schema.unwrap_or_default(), name.unwrap_or_default());
            let brought = moved.iter().find(|moved| moved.from == (schema.clone(), name.clone()));
            match brought {
                Some(Moved { to, is_whole: true, .. }) => {
                    let qualified = text::qualified(&to.0, &to.1);
                    if let Some(definition) = foreign::pointing_at(&key.definition, &qualified) {
                        key.definition = definition;
                        key.referenced_schema = Some(to.0.clone());
                        key.referenced_table = Some(to.1.clone());
                        kept.push(key);
                        continue;
                    }
                }
                // A table of another place does not point back to the old one.
                None if is_same && shape::exists(call, target, &text::qualified(&schema, &name)).await? => {
                    kept.push(key);
                    continue;
                }
                Some(_) | None => {}
            }
            left.push(format!("foreign key {} to {schema}.{name}", key.name));
        }
        table.target.foreign_keys = kept;
        let is_whole = table.spec.columns.is_empty() && table.spec.new_key.is_none();
        let plain = from.indexes.iter().filter(|index| index.constraint.is_none() && index.is_valid);
        if table.target.indexes.is_empty() {
            left.extend(plain.map(|index| format!("index {}", index.name)));
        }
        if !is_whole {
            left.extend(from.foreign_keys.iter().map(|key| format!("foreign key {}", key.name)));
        }
        if !table.spec.columns.is_empty() {
            left.extend(from.checks.iter().map(|check| format!("check {}", check.name)));
            let keys = from.constraints.iter().filter(|key| key.kind != "primary key");
            left.extend(keys.map(|key| format!("{} {}", key.kind, key.name)));
        }
        if !left.is_empty() {
            notes.push(format!(
                "{}: it is made without what the source's table has besides: {}; make by hand what is wanted of it",
                table.spec.target,
                left.join(", ")
            ));
        }
        if from.partitions.is_some() {
            notes.push(format!(
                "{}: the source's table has partitions; it is made as one table",
                table.spec.target
            ));
        }
    }
    Ok(())
}

/// Where a table of the source goes.
struct Moved {
    from: (String, String),
    to: (String, String),
    /// Whether it has the source's columns.
    is_whole: bool,
}

impl Moved {
    fn of(table: &PreparedTable) -> Option<Self> {
        let from = table.source.as_ref()?;
        Some(Self {
            from: (from.schema.clone(), from.table_name.clone()),
            to: (table.target.schema.clone(), table.target.name.clone()),
            is_whole: table.spec.columns.is_empty() && table.spec.new_key.is_none(),
        })
    }
}
