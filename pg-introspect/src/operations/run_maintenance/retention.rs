//! Old rows: what is deleted, and its deletion batch by batch.
//!
//! Separate because it is the one step that is many transactions. Invariant: from which moment on a row is too old is fixed by
//! the server's clock before the first batch, and a server whose clock cannot be trusted deletes nothing.

use std::time::{SystemTime, UNIX_EPOCH};

use pg_core::{Call, Connection, Error, ErrorKind, Leave, PlanBounds, PlannedStatement, RetentionRule};
use serde::Deserialize;
use serde_json::{Value, json};

use super::gather::{How, judged};
use crate::catalog;
use crate::lookup;
use crate::upkeep::{Action, Batches, Step, batches};

/// Old rows that a plan counts.
const COUNTED: i64 = 1_000_000;
/// Seconds by which the server's clock may differ from this machine's.
const SKEW: f64 = 600.0;

/// The deletion of old rows of one table.
#[derive(Debug)]
pub(super) struct Deletion {
    pub(super) first: PlannedStatement,
    pub(super) next: PlannedStatement,
    older_than: String,
    batch_rows: u32,
}

#[derive(Deserialize)]
struct Batch {
    deleted: u64,
    last: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Count {
    rows: i64,
}

/// The step of one rule.
pub(super) async fn plan(
    call: &Call,
    connection: &Connection,
    rule: &RetentionRule,
    batch_rows: u32,
    notes: &mut Vec<String>,
) -> Result<Option<(Step, How, Option<String>)>, Error> {
    let relation = match lookup::relation(call, connection, "public", &rule.table).await {
        Ok(relation) => relation,
        Err(error) if error.kind() == ErrorKind::Argument => {
            notes.push(format!("`{rule}`: {error}"));
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let parameters = [json!(relation.oid), json!(rule.column), json!(rule.older_than_s)];
    let Some(facts) = catalog::UPKEEP_RETENTION.rows(call, connection, &parameters).await?.into_iter().next()
    else {
        notes.push(format!("`{rule}`: {} has no column {:?}", relation.sql_name, rule.column));
        return Ok(None);
    };
    let here = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let skew = facts.server_time - here;
    if skew.abs() > SKEW {
        notes.push(format!(
            "`{rule}`: the server's clock is {skew:.0} s off this machine's, so nothing is deleted by it: set the clocks right"
        ));
        return Ok(None);
    }
    let Some(Batches { first, next, count }) = batches(&relation.sql_name, &facts) else {
        let why = if facts.is_time {
            "the table has no primary key, and no unique index over columns that are NOT NULL: rows are deleted by key".to_owned()
        } else {
            format!("{} is of the type {}, and tells no time", facts.column_name, facts.column_type)
        };
        notes.push(format!("`{rule}`: {why}"));
        return Ok(None);
    };
    let count = match judged(call, connection, &count).await? {
        Ok(_) => {
            let vetted = connection.vet(call, &count).await?;
            let parameters = [json!(facts.older_than), json!(COUNTED)];
            match connection.fetch::<Count>(call, &vetted, &parameters).await {
                Ok(rows) => rows.first().map(|count| count.rows),
                // To count takes as long as it takes; the plan does without.
                Err(error) if error.kind() == ErrorKind::Timeout => None,
                Err(error) => return Err(error),
            }
        }
        Err(_) => None,
    };
    if count == Some(0) {
        return Ok(None);
    }
    let reason = match count {
        Some(rows) if rows >= COUNTED => format!("{rows} rows or more are older than {}", facts.older_than),
        Some(rows) => format!("{rows} rows are older than {}", facts.older_than),
        None => format!("rows are older than {}; they could not be counted in time", facts.older_than),
    };
    let step = Step {
        action: Action::DeleteOldRows,
        object: relation.sql_name,
        table_oid: relation.oid,
        reason,
        sql: first.clone(),
        bytes: None,
        rows: count,
        urgency: 0.0,
    };
    let judged = (judged(call, connection, &first).await?, judged(call, connection, &next).await?);
    Ok(Some(match judged {
        (Ok(first), Ok(next)) => {
            let deletion = Deletion { first, next, older_than: facts.older_than, batch_rows };
            (step, How::Batches(deletion), None)
        }
        (Err(refused), _) | (_, Err(refused)) => (step, How::Not, Some(refused)),
    }))
}

impl Deletion {
    /// Deletes one batch behind the key of the last one; gives how many rows it deleted, and the key to go on behind.
    pub(super) async fn batch(
        &self,
        call: &Call,
        connection: &Connection,
        leave: &Leave,
        behind: Option<&[String]>,
        bounds: PlanBounds,
    ) -> Result<(u64, Option<Vec<String>>), Error> {
        let mut parameters: Vec<Value> = vec![json!(self.older_than), json!(self.batch_rows)];
        let statement = match behind {
            Some(key) => {
                parameters.extend(key.iter().map(|part| json!(part)));
                &self.next
            }
            None => &self.first,
        };
        let rows: Vec<Batch> = connection.run_planned(call, leave, statement, &parameters, bounds).await?;
        Ok(rows.into_iter().next().map_or((0, None), |batch| {
            // A batch that is not full was the last one.
            let last = batch.last.filter(|_| batch.deleted >= u64::from(self.batch_rows));
            (batch.deleted, last)
        }))
    }
}
