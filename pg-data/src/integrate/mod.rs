//! Integration: rows of several sources become rows of one table, each thing once.
//!
//! Separate from migrations, which move rows one by one: here all rows are looked at before one is written, since any may be the same
//! thing as another. Invariant: what is matched and what survives is decided by pure code, on rows that are all there; it is written in
//! one transaction, with which row went where.

mod alike;
mod plan;
mod result;
mod sources;
mod state;
mod survive;
mod write;

pub(crate) use plan::Plan;
pub(crate) use result::{Matched, Thing};
pub use sources::UnusableRow;
pub(crate) use sources::{Ready, Rows};
pub(crate) use write::Written;

use pg_core::{Call, Connection, Error};
use pg_introspect::catalog::Column;

use crate::migrate::{prepared::TargetTable, shape};

/// An integration that can begin.
#[derive(Debug)]
pub(crate) struct Integration {
    pub plan: Plan,
    pub target: Connection,
    pub columns: Vec<String>,
    pub table: TargetTable,
    pub ready: Vec<Ready>,
}

/// Holds a plan against all databases.
///
/// # Errors
/// What is wrong with it; what asking gives.
pub(crate) async fn prepare(call: &Call, plan: Plan) -> Result<Integration, Error> {
    let target = call.service().connection(plan.target.as_deref())?;
    let columns = plan.columns();
    let exists = shape::exists(call, &target, &plan.table).await?;
    let known = if exists || !plan.create_target {
        let shape = shape::table(call, &target, &plan.table).await?;
        let table = TargetTable::of(&shape);
        fits(&plan, &columns, &table)?;
        Some(table)
    } else {
        None
    };
    let wanted: Vec<Option<String>> = columns
        .iter()
        .map(|name| known.as_ref().and_then(|table| table.data_type(name)).map(str::to_owned))
        .collect();
    let mut ready = Vec::new();
    for source in &plan.sources {
        ready.push(sources::ready(call, source, &columns, &wanted).await?);
    }
    let table = known.unwrap_or_else(|| planned(&plan, &columns, &ready));
    Ok(Integration { plan, target, columns, table, ready })
}

impl Integration {
    /// The rows of all sources, and what they are.
    ///
    /// # Errors
    /// What reading gives.
    pub(crate) async fn matched(&self, call: &Call) -> Result<(Rows, Matched), Error> {
        let links = state::links(call, &self.target, &self.plan.name).await?;
        let rows = sources::read(call, &self.plan, &self.ready, self.columns.len()).await?;
        let (plan, columns) = (self.plan.clone(), self.columns.clone());
        // Hundreds of thousands of rows are compared: other calls go on meanwhile.
        let work = tokio::task::spawn_blocking(move || {
            let matched = result::matched(&plan, &columns, &rows.rows, &links);
            (rows, matched)
        });
        tokio::select! {
            done = work => done.map_err(|_| Error::Driver { problem: "matching stopped unexpectedly".to_owned() }),
            () = call.cancellation().cancelled() => Err(Error::Cancelled),
        }
    }

    /// What stands for the writing when it is confirmed.
    ///
    /// # Errors
    /// An argument error for a key that cannot have values of its own.
    pub(crate) fn statements(&self) -> Result<Vec<String>, Error> {
        if !self.table.exists {
            return Ok(vec![write::create(&self.plan, &self.table)]);
        }
        let insert = format!(
            "INSERT INTO {} ({}) SELECT {} WHERE false",
            self.table.qualified(),
            crate::migrate::text::names(self.columns.iter().map(String::as_str)),
            self.columns.iter().map(|_| "NULL").collect::<Vec<_>>().join(", ")
        );
        let [_, delete, _, _] = write::statements(&self.plan, &self.columns, &self.table)?;
        let deletes = self.plan.superseded == plan::Superseded::Delete;
        Ok([insert].into_iter().chain(deletes.then_some(delete)).collect())
    }

    /// Writes the result.
    ///
    /// # Errors
    /// What the server says, and then nothing of the result was written.
    pub(crate) async fn write(&self, call: &Call, run: &str, matched: Matched) -> Result<Written, Error> {
        state::make(call, &self.target).await?;
        if !self.table.exists {
            let create = write::create(&self.plan, &self.table);
            self.target.execute(call, &self.target.vet(call, &create).await?, &[]).await?;
        }
        let statements = write::statements(&self.plan, &self.columns, &self.table)?;
        write::write(call, &self.target, &self.plan, run, &statements, matched).await
    }
}

/// Whether the table has what the plan fills.
fn fits(plan: &Plan, columns: &[String], table: &TargetTable) -> Result<(), Error> {
    let names = || table.columns.iter().map(|column| column.name.as_str());
    let mut problems = Vec::new();
    for name in columns.iter().chain([&plan.key]) {
        match table.columns.iter().find(|column| column.name == *name) {
            None => problems.push(match pg_core::closest(name, names(), 1).first() {
                Some(near) => format!("it has no column {name}; did you mean {near}?"),
                None => format!("it has no column {name}"),
            }),
            Some(column) if column.generated.is_some() => {
                problems.push(format!("column {name} is computed by the server; leave it out"));
            }
            Some(_) => {}
        }
    }
    for column in &table.columns {
        let filled = columns.contains(&column.name) || column.name == plan.key;
        let filled_otherwise =
            column.default_value.is_some() || column.identity.is_some() || column.generated.is_some();
        if !filled && !column.is_nullable && !filled_otherwise {
            problems.push(format!(
                "column {} needs a value (NOT NULL, no default), and nothing fills it",
                column.name
            ));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::argument(format!("table {}: {}", table.qualified(), problems.join("; "))))
}

/// The table as it would be made: each column of the type that all sources give it, else text.
fn planned(plan: &Plan, columns: &[String], ready: &[Ready]) -> TargetTable {
    let (schema, name) = plan.table.split_once('.').unwrap_or(("public", &plan.table));
    let types = columns.iter().enumerate().map(|(place, name)| {
        let mut given = ready.iter().flat_map(|source| &source.types).filter(|(at, _)| *at == place);
        let first = given.next().map_or("text", |(_, data_type)| data_type.as_str());
        let data_type = if given.all(|(_, other)| other == first) { first } else { "text" };
        Column { name: name.clone(), data_type: data_type.to_owned(), is_nullable: true, ..Column::default() }
    });
    TargetTable {
        schema: schema.trim_matches('"').to_owned(),
        name: name.trim_matches('"').to_owned(),
        exists: false,
        columns: types.collect(),
        primary_key: vec![plan.key.clone()],
        checks: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
    }
}
