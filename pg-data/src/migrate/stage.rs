//! A table's rows on their way: cleaned, their keys mapped, what does not fit kept back with its reason.
//!
//! Separate from what composes and runs a migration. Invariants: a row goes to the target or, with its reason, to the rejects,
//! in the same transaction; where rows may not be rejected, the first that would be ends the migration, named by table, key,
//! column and value. Memory does not grow with the rows: what was looked up is kept up to a bound.

use std::{
    collections::{BTreeSet, HashMap},
    sync::atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use pg_core::{Batch, Error, RefusedRow, Stage, StageTarget, StagedRow, TextRow};
use pg_policy::Vetted;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    column::{Answer, ColumnWork, Found},
    fault::blamed,
    key::key_text,
    plan::{Missing, OnReject},
    state::{Statements, array},
};

/// SQLSTATEs of a row that has a value which another row has already.
pub(crate) const TAKEN: [&str; 2] = ["23505", "23P01"];

/// SQLSTATE of a row that points at one that is not there.
pub(crate) const NOT_THERE: &str = "23503";

/// Values that are kept of what was looked up, of each column.
const MOST_KNOWN: usize = 500_000;

/// Keys that the target makes.
#[derive(Debug)]
pub(crate) struct NewKeys {
    /// Gives as many as `$1` says; none where keys are only looked up.
    pub make: Option<Vetted>,
}

/// A table's rows on their way.
#[derive(Debug)]
pub(crate) struct TableStage {
    /// The migration.
    pub migration: String,
    /// The pass.
    pub pass: i32,
    /// The target's table, as the plan names it.
    pub table: String,
    /// What is done for each column, in the order of the query.
    pub columns: Vec<ColumnWork>,
    /// The keys that the target makes for the rows: they are the last value of each.
    pub new_keys: Option<NewKeys>,
    /// What becomes of rows that do not fit.
    pub on_reject: OnReject,
    /// Rejected rows that end it.
    pub max_rejects: Option<u64>,
    /// The source's columns that tell rows apart.
    pub key: Vec<String>,
    /// The CHECKs of the target's table: name and definition.
    pub checks: Vec<(String, String)>,
    /// Whether a row may wait among the rejects for a value that another row still has.
    pub may_wait: bool,
    /// Whether a row may wait there for another row of its own table, at which it points.
    pub waits_for_own: bool,
    /// Whether rows may be among the rejects, or have keys, from before.
    pub is_again: bool,
    /// Whether rows that are written together are taken in the opposite order.
    pub backwards: bool,
    /// What is run on the target; nothing where rows are only shown.
    pub statements: Option<Statements>,
    /// Rows that were rejected.
    pub rejected: AtomicU64,
}

/// A row that is kept back.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub key: String,
    pub column: Option<String>,
    pub value: Option<String>,
    pub reason: String,
    pub sqlstate: Option<String>,
    pub row: Option<String>,
    /// Whether it waits for another row, which may help it.
    pub waits: bool,
}

#[derive(Deserialize)]
struct Pair {
    legacy: Option<String>,
    new: Option<String>,
}

#[derive(Deserialize)]
struct New {
    new: String,
}

/// A row that is kept back, in words.
pub(crate) fn in_words(kept: &Kept) -> String {
    let column = kept.column.as_deref().map(|name| format!(", column {name}")).unwrap_or_default();
    let value = kept.value.as_deref().map(|value| format!(", value {value:?}")).unwrap_or_default();
    format!("key {}{column}{value}: {}", kept.key, kept.reason)
}

impl TableStage {
    /// A source's row as the target's, or why not.
    fn one(&self, row: TextRow) -> Result<StagedRow, Box<Kept>> {
        let given = if self.bears_refusals() { row.clone() } else { Vec::new() };
        let mut cells = row.into_iter();
        let mut values = Vec::with_capacity(self.columns.len() + 1);
        let mut fault = None;
        for work in &self.columns {
            let cell = cells.next().flatten();
            if fault.is_some() {
                continue;
            }
            match work.clean(cell) {
                Ok(value) => values.push(value),
                Err((value, reason)) => {
                    fault = Some((work.name.clone(), value.filter(|_| !work.anonymizes()), reason));
                }
            }
        }
        let key: Vec<Option<String>> = cells.collect();
        let Some((column, value, reason)) = fault else { return Ok(StagedRow { key, values, given }) };
        Err(Box::new(Kept {
            key: key_text(&key),
            column: Some(column),
            value,
            reason,
            sqlstate: None,
            row: Some(self.source_row(&given)),
            waits: false,
        }))
    }

    /// A source's row by the source's columns, an expression by the column that it fills; nothing of values that are replaced.
    fn source_row(&self, given: &[Option<String>]) -> String {
        let mut fields = Map::new();
        let (values, key) = given.split_at(self.columns.len().min(given.len()));
        let hidden =
            |name: &String| self.columns.iter().any(|work| work.filled_from == *name && work.anonymizes());
        let named =
            self.key.iter().zip(key).chain(self.columns.iter().map(|work| &work.filled_from).zip(values));
        for (name, value) in named {
            let value = value.as_deref().filter(|_| !hidden(name)).map_or(Value::Null, Value::from);
            fields.insert(name.clone(), value);
        }
        Value::from(fields).to_string()
    }

    /// Values by the target's columns.
    fn as_json(&self, values: &[Option<String>]) -> String {
        let fields: Map<String, Value> = self
            .columns
            .iter()
            .zip(values)
            .map(|(work, value)| (work.name.clone(), value.as_deref().map_or(Value::Null, Value::from)))
            .collect();
        Value::from(fields).to_string()
    }

    /// The error that a rejected row is where none may be.
    fn fatal(&self, kept: &Kept) -> Error {
        let column = kept.column.as_deref().map(|name| format!(", column {name}")).unwrap_or_default();
        let value = kept.value.as_deref().map(|value| format!(", value {value:?}")).unwrap_or_default();
        Error::argument(format!(
            "table {}, key {}{column}{value}: {}; mend the source, say what is to become of such values (`invalid`, `missing`, \
             `default`, another cleaner), or set on_reject = \"keep\"",
            self.table, kept.key, kept.reason
        ))
    }

    /// Looks up what is not known yet, for all rows of a batch at once.
    async fn look_up(
        &self,
        target: &mut StageTarget<'_>,
        found: &Found,
        at: usize,
        rows: &[StagedRow],
    ) -> Result<(), Error> {
        let wanted: Vec<String> = {
            let mut known = found.known();
            let mut wanted: BTreeSet<&str> = BTreeSet::new();
            for row in rows {
                if let Some(Some(value)) = row.values.get(at)
                    && !known.contains_key(value)
                    && (!found.numbers_only || value.parse::<i64>().is_ok())
                {
                    wanted.insert(value);
                }
            }
            if known.len() + wanted.len() > MOST_KNOWN {
                known.clear();
                wanted = rows.iter().filter_map(|row| row.values.get(at)?.as_deref()).collect();
                wanted.retain(|value| !found.numbers_only || value.parse::<i64>().is_ok());
            }
            wanted.into_iter().map(str::to_owned).collect()
        };
        if wanted.is_empty() {
            return Ok(());
        }
        let mut parameters = found.before.clone();
        parameters.push(array(wanted.iter().map(|value| Some(value.as_str()))));
        let pairs: Vec<Pair> = target.fetch(&found.statement, &parameters).await?;
        let mut known = found.known();
        for value in wanted {
            known.insert(value, Answer::None);
        }
        for Pair { legacy, new } in pairs {
            let Some(legacy) = legacy else { continue };
            let answer = known.entry(legacy).or_insert(Answer::None);
            *answer = match answer {
                Answer::None => Answer::One(new),
                Answer::One(before) if *before == new => continue,
                _ => Answer::Several,
            };
        }
        Ok(())
    }

    /// Puts what was found in place of what it was found by.
    fn put(&self, found: &Found, at: usize, batch: &mut Batch<Kept>) {
        let known = found.known();
        let mut rejected = Vec::new();
        batch.rows.retain_mut(|row| {
            let Some(Some(value)) = row.values.get(at) else { return true };
            let reason = match known.get(value) {
                Some(Answer::One(new)) => {
                    let new = new.clone();
                    if let Some(cell) = row.values.get_mut(at) {
                        *cell = new;
                    }
                    return true;
                }
                Some(Answer::Several) => format!("{} has several rows for it that differ", found.place),
                _ if found.missing == Missing::Null => {
                    if let Some(cell) = row.values.get_mut(at) {
                        *cell = None;
                    }
                    return true;
                }
                _ => format!("{} does not have it", found.place),
            };
            rejected.push(Kept {
                key: key_text(&row.key),
                column: self.columns.get(at).map(|work| work.name.clone()),
                value: Some(value.clone()),
                reason,
                sqlstate: None,
                row: Some(self.source_row(&row.given)),
                waits: found.is_own,
            });
            false
        });
        drop(known);
        batch.rejected.append(&mut rejected);
    }

    /// Gives each row its new key: the one that it has from before, or one that the target makes.
    async fn give_keys(
        &self,
        target: &mut StageTarget<'_>,
        new_keys: &NewKeys,
        rows: &mut [StagedRow],
    ) -> Result<(), Error> {
        let old: Vec<String> = rows.iter().map(|row| key_text(&row.key)).collect();
        let mut known: HashMap<String, String> = HashMap::new();
        // Rows of a first pass have none from before, unless they are looked at again.
        if let Some(statements) =
            self.statements.as_ref().filter(|_| self.is_again || new_keys.make.is_none())
        {
            let asked = array(old.iter().map(|key| Some(key.as_str())));
            let pairs: Vec<Pair> = target
                .fetch(&statements.find_keys, &[json!(self.migration), json!(self.table), asked])
                .await?;
            known = pairs.into_iter().filter_map(|pair| Some((pair.legacy?, pair.new?))).collect();
        }
        let lacking = old.iter().filter(|key| !known.contains_key(*key)).count();
        let mut made = Vec::new();
        if let Some(make) = new_keys.make.as_ref().filter(|_| lacking > 0 && target.takes_writes()) {
            made = target.fetch::<New>(make, &[json!(lacking)]).await?;
        }
        let mut made = made.into_iter();
        for (row, old) in rows.iter_mut().zip(&old) {
            let new = known.get(old).cloned().or_else(|| made.next().map(|row| row.new));
            row.values.push(new);
        }
        Ok(())
    }

    /// Everything that only the target knows.
    pub(crate) async fn complete(
        &self,
        target: &mut StageTarget<'_>,
        batch: &mut Batch<Kept>,
    ) -> Result<(), Error> {
        for (at, work) in self.columns.iter().enumerate() {
            if let Some(found) = &work.found {
                self.look_up(target, found, at, &batch.rows).await?;
                self.put(found, at, batch);
            }
        }
        if let Some(new_keys) = &self.new_keys {
            self.give_keys(target, new_keys, &mut batch.rows).await?;
        }
        Ok(())
    }

    /// The value that the target refuses, where it can be told.
    fn blamed(&self, error: &Error, row: &StagedRow) -> Option<(String, Option<String>)> {
        error.sql().and_then(|error| blamed(error, &self.columns, &row.values, &self.checks))
    }

    /// Counts rejected rows, and ends the migration where there may be none, or not so many.
    fn bear(&self, kept: &[Kept]) -> Result<(), Error> {
        let kept: Vec<&Kept> = kept.iter().filter(|kept| !kept.waits).collect();
        let Some(last) = kept.last() else { return Ok(()) };
        if self.on_reject == OnReject::Stop {
            return Err(self.fatal(kept.first().unwrap_or(last)));
        }
        let all = self.rejected.fetch_add(kept.len() as u64, Ordering::Relaxed) + kept.len() as u64;
        if self.max_rejects.is_some_and(|most| all > most) {
            return Err(Error::argument(format!(
                "more than {} rows were rejected, the last because: {}",
                self.max_rejects.unwrap_or_default(),
                self.fatal(last)
            )));
        }
        Ok(())
    }
}

#[async_trait]
impl Stage for TableStage {
    type Rejected = Kept;

    fn clean(&self, rows: Vec<TextRow>) -> Batch<Kept> {
        let mut batch = Batch { rows: Vec::with_capacity(rows.len()), rejected: Vec::new() };
        for row in rows {
            match self.one(row) {
                Ok(row) => batch.rows.push(row),
                Err(kept) => batch.rejected.push(*kept),
            }
        }
        if self.backwards {
            batch.rows.reverse();
        }
        batch
    }

    async fn resolve(&self, target: &mut StageTarget<'_>, batch: &mut Batch<Kept>) -> Result<(), Error> {
        self.complete(target, batch).await?;
        if self.on_reject == OnReject::Stop { self.bear(&batch.rejected) } else { Ok(()) }
    }

    async fn settle(
        &self,
        target: &mut StageTarget<'_>,
        batch: Batch<Kept>,
        refused: Vec<RefusedRow>,
    ) -> Result<(), Error> {
        let Batch { rows, mut rejected } = batch;
        let mut gone = vec![false; rows.len()];
        let mut waiting = Vec::new();
        for (index, error) in refused {
            let Some(row) = rows.get(index) else { continue };
            if let Some(gone) = gone.get_mut(index) {
                *gone = true;
            }
            let state = error.sqlstate().unwrap_or_default();
            let waits =
                (self.may_wait && TAKEN.contains(&state)) || (self.waits_for_own && state == NOT_THERE);
            if self.on_reject == OnReject::Stop && !waits {
                return Err(self.named(error, row));
            }
            let blamed = self.blamed(&error, row);
            let (column, value) = blamed.map_or((None, None), |(column, value)| (Some(column), value));
            let kept = Kept {
                key: key_text(&row.key),
                column,
                value,
                reason: error.to_string(),
                sqlstate: error.sqlstate().map(str::to_owned),
                row: Some(self.source_row(&row.given)),
                waits,
            };
            if waits { waiting.push(kept) } else { rejected.push(kept) }
        }
        self.bear(&rejected)?;
        rejected.append(&mut waiting);
        let Some(statements) = &self.statements else { return Ok(()) };
        let written = || rows.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(row, _)| row);
        if self.is_again
            && let Some(forget) = &statements.forget_rejects
        {
            let keys: Vec<String> = written()
                .map(|row| key_text(&row.key))
                .chain(rejected.iter().map(|kept| kept.key.clone()))
                .collect();
            let keys = array(keys.iter().map(|key| Some(key.as_str())));
            target.execute(forget, &[json!(self.migration), json!(self.table), keys]).await?;
        }
        if let (Some(_), Some(add)) = (&self.new_keys, &statements.add_keys) {
            let old: Vec<String> = written().map(|row| key_text(&row.key)).collect();
            let new = array(written().map(|row| row.values.last().and_then(Option::as_deref)));
            let old = array(old.iter().map(|key| Some(key.as_str())));
            target.execute(add, &[json!(self.migration), json!(self.table), old, new]).await?;
        }
        if let (false, Some(add)) = (rejected.is_empty(), &statements.add_rejects) {
            let field = |field: fn(&Kept) -> Option<&str>| array(rejected.iter().map(field));
            let parameters = [
                json!(self.migration),
                json!(self.pass),
                json!(self.table),
                field(|kept| Some(&kept.key)),
                field(|kept| kept.column.as_deref()),
                field(|kept| kept.value.as_deref()),
                field(|kept| Some(&kept.reason)),
                field(|kept| kept.sqlstate.as_deref()),
                field(|kept| kept.row.as_deref()),
            ];
            target.execute(add, &parameters).await?;
        }
        Ok(())
    }

    fn bears_refusals(&self) -> bool {
        self.on_reject == OnReject::Keep || self.may_wait || self.waits_for_own
    }

    fn named(&self, error: Error, row: &StagedRow) -> Error {
        // What the server says names neither the source's key nor, of a COPY, the values of the row.
        let values = self.as_json(&row.values);
        let shown: String = values.chars().take(400).collect();
        let more = if shown.len() < values.len() { " …" } else { "" };
        let place = match self.blamed(&error, row) {
            Some((column, Some(value))) => format!(", column {column}, value {value:?}"),
            Some((column, None)) => format!(", column {column}"),
            None => String::new(),
        };
        let message = format!(
            "the target refuses a row of table {}, key {}{place}: {}; the row is {shown}{more}",
            self.table,
            key_text(&row.key),
            error.report().message
        );
        error.in_words(
            message,
            "nothing of its range was kept; mend the source or the plan, or set on_reject = \"keep\"",
        )
    }
}
