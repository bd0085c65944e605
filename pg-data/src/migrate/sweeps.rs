//! Sweeps over the rows of a later pass: a value that must be unique may have gone from one row to another, and the row that
//! gave it up may be brought only after the one that took it.
//!
//! Invariant: a row that waits stands among the rejects from the moment it was left, so that none is forgotten when the pass is
//! stopped between two sweeps.

use pg_core::{Call, Error};
use serde_json::json;

use super::{
    prepared::{Migration, PreparedTable},
    run::Counted,
    stage::TAKEN,
    staging::Purpose,
};

/// The most sweeps: where rows hand a value on in the order of their keys, each sweep helps some of them only.
const MOST: u32 = 20;

/// How often the rows of a table are gone through.
pub(crate) struct Sweeps<'a> {
    call: &'a Call,
    migration: &'a Migration,
    table: &'a PreparedTable,
    pass: i32,
    begun: Option<Begun>,
}

/// The sweep that was told last.
#[derive(Clone, Copy)]
struct Begun {
    /// Counted from 1.
    number: u32,
    purpose: Purpose,
    /// Rows that waited when it began.
    waited: u64,
    /// Rows that waited after the first.
    first: u64,
}

impl<'a> Sweeps<'a> {
    /// Those of a pass.
    pub(crate) fn new(call: &'a Call, migration: &'a Migration, table: &'a PreparedTable, pass: i32) -> Self {
        Self { call, migration, table, pass, begun: None }
    }

    /// What the next sweep is for; none once no row waits, or none can be helped. The first pass has one: its rows stand
    /// together in one snapshot.
    ///
    /// # Errors
    /// What the target gives.
    pub(crate) async fn next(&mut self) -> Result<Option<Purpose>, Error> {
        let next = match self.begun {
            None => {
                let purpose =
                    if self.pass > 1 { Purpose::Sweep { backwards: false } } else { Purpose::Write };
                Some(Begun { number: 1, purpose, waited: u64::MAX, first: 0 })
            }
            Some(Begun { purpose: Purpose::Sweep { backwards }, number, waited, first }) => {
                let waiting = self.waiting().await?;
                let helped = waiting < waited && number < MOST;
                let purpose = if helped { Purpose::Sweep { backwards: !backwards } } else { Purpose::Write };
                let first = if number == 1 { waiting } else { first };
                (waiting > 0).then_some(Begun { number: number + 1, purpose, waited: waiting, first })
            }
            Some(_) => None,
        };
        if next.is_some() {
            self.begun = next;
        }
        Ok(next.map(|begun| begun.purpose))
    }

    /// Whether the sweep that was told last is the first.
    pub(crate) fn is_first(&self) -> bool {
        self.begun.is_none_or(|begun| begun.number == 1)
    }

    /// Rows that waited after the first sweep and do no longer.
    ///
    /// # Errors
    /// What the target gives.
    pub(crate) async fn helped(&self) -> Result<u64, Error> {
        match self.begun {
            Some(begun) if begun.number > 1 => Ok(begun.first.saturating_sub(self.waiting().await?)),
            _ => Ok(0),
        }
    }

    async fn waiting(&self) -> Result<u64, Error> {
        let target = &self.migration.target;
        let text = format!(
            "SELECT pg_catalog.count(*) AS rows FROM toolkit.migration_rejects \
             WHERE migration = $1 AND pass = $2 AND table_name = $3 AND sqlstate IN ('{}')",
            TAKEN.join("', '")
        );
        let parameters = [json!(self.migration.plan.name), json!(self.pass), json!(self.table.spec.target)];
        let rows: Vec<Counted> =
            target.fetch(self.call, &target.vet(self.call, &text).await?, &parameters).await?;
        Ok(rows.first().map_or(0, |row| row.rows.unsigned_abs()))
    }
}
