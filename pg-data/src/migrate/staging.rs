//! Stages made of a prepared table: its look-ups composed and judged.

use std::{
    collections::HashMap,
    sync::{Mutex, atomic::AtomicU64},
};

use pg_core::{Call, Error};
use serde_json::json;

use super::{
    column::{ColumnWork, Found},
    plan::Lookup,
    prepared::{Migration, PreparedTable},
    shape,
    stage::{NewKeys, TableStage},
    state::Statements,
    text,
};

/// What a stage is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Rows are written.
    Write,
    /// Rows are written, and will be again: one whose value must be unique, while another row still has it, may wait among the
    /// rejects.
    Sweep {
        /// Whether the rows that are written together are taken in the opposite order.
        backwards: bool,
    },
    /// Rows that were rejected are written.
    Again,
    /// Rows are compared with those that were written.
    Compare,
    /// A few rows are shown; nothing is kept in the target yet.
    Show,
}

impl Purpose {
    fn writes(self) -> bool {
        matches!(self, Self::Write | Self::Sweep { .. } | Self::Again)
    }
}

/// The stage of a table.
///
/// # Errors
/// A look-up in a table that is not there; [`Error::Refused`].
pub(crate) async fn stage(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    pass: i32,
    purpose: Purpose,
) -> Result<TableStage, Error> {
    let target = &migration.target;
    let statements = match purpose {
        Purpose::Show => None,
        Purpose::Write | Purpose::Sweep { .. } | Purpose::Again | Purpose::Compare => {
            Some(Statements::vetted(call, target, purpose.writes()).await?)
        }
    };
    let mut columns = Vec::new();
    for column in &table.columns {
        let rule = &column.rule;
        let found = match (&rule.lookup, &rule.key_of, &statements) {
            (Some(lookup), _, _) => Some(looked_up(call, migration, column.name.as_str(), lookup).await?),
            (None, Some(of), Some(statements)) => Some(Found {
                statement: statements.find_keys.clone(),
                before: vec![json!(migration.plan.name), json!(of)],
                numbers_only: false,
                missing: rule.missing,
                place: format!("what was migrated into {of}"),
                is_own: *of == table.spec.target && purpose.writes(),
                known: Mutex::default(),
            }),
            _ => None,
        };
        columns.push(ColumnWork {
            name: column.name.clone(),
            data_type: column.data_type.clone(),
            filled_from: rule.from.clone().unwrap_or_else(|| column.name.clone()),
            cleaners: column.cleaners.clone(),
            values: rule.values.clone().into_iter().collect::<HashMap<_, _>>(),
            default: rule.default.clone(),
            invalid: rule.invalid,
            exact: column.exact.clone(),
            found: found.map(|found| Found { missing: rule.missing, ..found }),
        });
    }
    let new_keys = match &table.spec.new_key {
        Some(name) => Some(NewKeys { make: makes_keys(call, migration, table, name, purpose).await? }),
        None => None,
    };
    Ok(TableStage {
        migration: migration.plan.name.clone(),
        pass,
        table: table.spec.target.clone(),
        columns,
        new_keys,
        on_reject: migration.plan.on_reject,
        max_rejects: migration.plan.max_rejects,
        key: table.key.clone(),
        checks: table.target.checks.clone(),
        waits_for_own: purpose.writes() && table.points_at_itself(),
        is_again: pass > 1 || purpose == Purpose::Again,
        may_wait: matches!(purpose, Purpose::Sweep { .. }),
        backwards: purpose == Purpose::Sweep { backwards: true },
        statements,
        rejected: AtomicU64::new(0),
    })
}

/// The statement that makes keys.
async fn makes_keys(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    name: &str,
    purpose: Purpose,
) -> Result<Option<pg_policy::Vetted>, Error> {
    if !purpose.writes() {
        return Ok(None);
    }
    let text = if table.target.data_type(name) == Some("uuid") {
        "SELECT pg_catalog.gen_random_uuid()::text AS new FROM pg_catalog.generate_series(1, $1::int)"
            .to_owned()
    } else {
        let sequence = format!(
            "pg_catalog.pg_get_serial_sequence({}, {})",
            text::literal(&table.target.qualified()),
            text::literal(name)
        );
        format!(
            "SELECT pg_catalog.nextval({sequence}::regclass)::text AS new FROM pg_catalog.generate_series(1, $1::int)"
        )
    };
    migration.target.vet(call, &text).await.map(Some)
}

async fn looked_up(
    call: &Call,
    migration: &Migration,
    column: &str,
    lookup: &Lookup,
) -> Result<Found, Error> {
    let target = &migration.target;
    let table = shape::table(call, target, &lookup.table).await?;
    let data_type = |name: &str| {
        table
            .columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| column.data_type.clone())
            .ok_or_else(|| {
                Error::argument(format!("column {column}: lookup: {} has no column {name}", lookup.table))
            })
    };
    let (matched, _) = (data_type(&lookup.matched)?, data_type(&lookup.take)?);
    let numbers_only = matches!(matched.as_str(), "smallint" | "integer" | "bigint");
    let name = text::name(&lookup.matched);
    // By the column's own type, so that its index serves; joined, since a list behind `= ANY` may be searched row by row.
    let (wanted, column) = match matched.as_str() {
        "smallint" | "integer" | "bigint" => ("bigint[]", format!("t.{name}")),
        "text" | "character varying" => ("text[]", format!("t.{name}")),
        _ => ("text[]", format!("t.{name}::text")),
    };
    let statement = format!(
        "SELECT t.{name}::text AS legacy, t.{}::text AS new FROM pg_catalog.unnest($1::text[]::{wanted}) AS u (wanted) \
         JOIN {} AS t ON {column} = u.wanted",
        text::name(&lookup.take),
        text::qualified(&table.schema, &table.table_name)
    );
    Ok(Found {
        statement: target.vet(call, &statement).await?,
        before: Vec::new(),
        numbers_only,
        missing: super::plan::Missing::Reject,
        place: format!("{}.{}", lookup.table, lookup.matched),
        is_own: false,
        known: Mutex::default(),
    })
}
