//! Plans that need a session of their own: of statements without values for their parameters, and with indexes that are only
//! supposed.
//!
//! Separate from `explain`, which is one statement in a transaction. Invariant: nothing of it stays: what is prepared is
//! forgotten, and a backend whose supposed indexes cannot be dropped does not go back to the pool.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use pg_policy::{ExplainOptions, GenericPlan, HypotheticalIndex, Vetted};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio_postgres::{Client, types::Type};

use super::{CATALOG_PAGE, Connection, moved_back, objects};
use crate::{
    Call, Error, ParameterTypes,
    audit::Recordable,
    catalog::{self, HypopgRow},
    given::Given,
    mend::mend,
    row_encoder::Shape,
    session::{Backend, Begin, Records, classify, on_session, prepare_anew},
    spans::Place,
    statement::{Kept, Past, run_prepared},
};

/// What brings the functions that suppose indexes.
const INSTALL: &str = "the extension hypopg is not in this database, or the role may not use it: install its package \
                       (postgresql-NN-hypopg on Debian), then run CREATE EXTENSION hypopg as a superuser";

/// A statement that is to be planned.
#[derive(Clone, Debug)]
pub struct PlanRequest<'a> {
    /// The statement.
    pub text: &'a str,
    /// Values of its parameters; none where it has parameters asks for the plan without values.
    pub parameters: &'a [Value],
    /// Types of its parameters.
    pub types: &'a ParameterTypes,
}

/// Plans of several statements, made with the same indexes supposed.
#[derive(Debug)]
pub struct Plans<T> {
    /// The rows of each statement's plan.
    pub plans: Vec<Vec<T>>,
    /// Which of them were made without values for the statement's parameters.
    pub without_values: Vec<bool>,
    /// The indexes that were supposed.
    pub indexes: Vec<SimulatedIndex>,
}

/// An index that was supposed and not made.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SimulatedIndex {
    /// The CREATE INDEX.
    pub statement: String,
    /// The name under which it is in the plan.
    pub name: String,
    /// Bytes, as hypopg estimates them.
    pub size_bytes_estimate: i64,
}

/// One plan to be made.
enum Plan {
    Of(Vetted, Given),
    WithoutValues(GenericPlan),
}

/// What is done on one session.
struct Work {
    plans: Vec<Plan>,
    hypopg: Option<String>,
    indexes: Vec<HypotheticalIndex>,
}

impl Connection {
    /// Whether indexes can be supposed: hypopg is in the database, and the role may use it.
    ///
    /// # Errors
    /// What asking the catalog gives.
    pub async fn can_suppose_indexes(&self, call: &Call) -> Result<bool, Error> {
        Ok(self.hypopg(call).await?.is_some())
    }

    async fn hypopg(&self, call: &Call) -> Result<Option<String>, Error> {
        let rows: Vec<HypopgRow> = self.fetch(call, catalog::HYPOPG.vetted()?, &[]).await?;
        Ok(rows.into_iter().next().map(|row| row.schema))
    }

    /// The rows of `EXPLAIN` for several statements on one session, with indexes supposed that do not exist. None of the
    /// statements runs, so that read access is enough. `indexes` are judged as if they were to be made, but for the access.
    ///
    /// # Errors
    /// [`Error::Refused`]; an argument error where hypopg is missing or the connection's sessions are not its own; what
    /// planning gives.
    pub async fn plan<T: DeserializeOwned>(
        &self,
        call: &Call,
        requests: &[PlanRequest<'_>],
        options: &ExplainOptions,
        indexes: &[String],
    ) -> Result<Plans<T>, Error> {
        if options.analyze {
            return Err(Error::argument(
                "analyze runs the statement: it needs values for its parameters, and indexes that exist",
            ));
        }
        let mut plans = Vec::with_capacity(requests.len());
        let mut composed = Vec::with_capacity(requests.len());
        for request in requests {
            let explained =
                self.explained(call, request.text, options, request.parameters, request.types).await;
            let explained = mend(call, self, request.text, explained).await?;
            plans.push(if request.parameters.is_empty() && explained.parameter_count() > 0 {
                let plan =
                    explained.generic_plan(options).map_err(|error| Error::from(error).on(self.id()))?;
                composed.push(plan.prepare.text().to_owned());
                Plan::WithoutValues(plan)
            } else {
                composed.push(explained.text().to_owned());
                Plan::Of(explained, request.parameters.into())
            });
        }
        let without_values = plans.iter().map(|plan| matches!(plan, Plan::WithoutValues(_))).collect();
        let work = Work { plans, ..self.supposed(call, indexes).await.map_err(|error| error.on(self.id()))? };
        let done = on_session(self, call, move |backend| async move { work.on(backend).await }.boxed()).await;
        let done = match (done, requests, composed.as_slice()) {
            (Err(error), [request], [composed]) => {
                mend(call, self, request.text, Err(moved_back(error, composed, request.text))).await
            }
            (done, ..) => done,
        };
        let read = done.and_then(|(plans, indexes)| {
            let plans = plans.iter().map(|separated| objects(separated)).collect::<Result<_, _>>()?;
            Ok(Plans { plans, without_values, indexes })
        });
        read.map_err(|error| error.on(self.id()))
    }

    /// The indexes that are to be supposed, judged, and with what.
    async fn supposed(&self, call: &Call, texts: &[String]) -> Result<Work, Error> {
        let mut work = Work { plans: Vec::new(), hypopg: None, indexes: Vec::with_capacity(texts.len()) };
        if texts.is_empty() {
            return Ok(work);
        }
        work.hypopg = Some(self.hypopg(call).await?.ok_or_else(|| Error::argument(INSTALL))?);
        for text in texts {
            let judged =
                self.judge(call, |policy, functions| policy.vet_hypothetical_index(text, functions)).await;
            let shown = format!("-- supposed, not made\n{text}");
            call.trail().decided(call, self, &shown, Recordable::Once(&[]), &judged).await?;
            work.indexes.push(judged?);
        }
        Ok(work)
    }
}

impl Work {
    /// Makes the plans, and takes back what they needed.
    async fn on(self, backend: &mut Backend) -> Result<(Vec<Vec<u8>>, Vec<SimulatedIndex>), Error> {
        // What is prepared or supposed outlives a transaction, so a pooler's sessions are not for it.
        if self.hypopg.is_some() || self.plans.iter().any(|plan| matches!(plan, Plan::WithoutValues(_))) {
            backend.own_parts()?;
        }
        let planned = self.planned(backend).await;
        if let Some(schema) = &self.hypopg {
            let (client, _) = backend.parts();
            if forget(client, schema).await.is_err() {
                backend.give_up();
            }
        }
        planned
    }

    async fn planned(&self, backend: &mut Backend) -> Result<(Vec<Vec<u8>>, Vec<SimulatedIndex>), Error> {
        let limit = backend.statement_timeout();
        let failed = |error: tokio_postgres::Error| classify(&error, limit);
        let (transaction, cache) = backend.begin(Begin::READ).await?;
        let place = &cache.place;
        let client = transaction.client();
        let mut indexes = Vec::with_capacity(self.indexes.len());
        if let Some(schema) = &self.hypopg {
            for index in &self.indexes {
                indexes.extend(suppose(client, schema, index).await.map_err(failed)?);
            }
        }
        let mut answers = Vec::with_capacity(self.plans.len());
        for plan in &self.plans {
            answers.push(match plan {
                Plan::Of(explained, given) => rows(client, place, explained, given, limit).await?,
                Plan::WithoutValues(plan) => {
                    force_generic_plan(client).await.map_err(failed)?;
                    let none = Given::Json(Vec::new());
                    rows(client, place, &plan.prepare, &none, limit).await?;
                    let answer = rows(client, place, &plan.explain, &none, limit).await?;
                    rows(client, place, &plan.deallocate, &none, limit).await?;
                    answer
                }
            });
        }
        // Ended before what is supposed is forgotten: where a plan failed, the transaction takes no other statement.
        transaction.rollback().await.map_err(failed)?;
        Ok((answers, indexes))
    }
}

/// The rows of a statement that is not kept prepared.
async fn rows(
    client: &Client,
    place: &Arc<Place>,
    statement: &Vetted,
    given: &Given,
    limit: Duration,
) -> Result<Vec<u8>, Error> {
    let kept =
        Kept { shape: Shape::Objects, rows: CATALOG_PAGE.rows, bytes: CATALOG_PAGE.bytes, past: Past::Fails };
    let prepared = prepare_anew(client, place, statement, Records::Binary, limit).await?;
    Ok(run_prepared(client, &prepared, statement, given, kept, limit).await?.bytes)
}

/// The setting ends with the transaction.
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn force_generic_plan(client: &Client) -> Result<(), tokio_postgres::Error> {
    const SET: &str = "SELECT pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true)";
    client.query_typed(SET, &[]).await.map(drop)
}

/// Has hypopg suppose an index.
#[expect(
    clippy::disallowed_methods,
    reason = "the text is a constant but for a name that the server quoted, and the index is bound"
)]
async fn suppose(
    client: &Client,
    schema: &str,
    index: &HypotheticalIndex,
) -> Result<Vec<SimulatedIndex>, tokio_postgres::Error> {
    let text = format!(
        "SELECT h.indexname::text, {schema}.hypopg_relation_size(h.indexrelid)::int8 FROM {schema}.hypopg_create_index($1) h"
    );
    let made = client.query_typed(&text, &[(&index.text(), Type::TEXT)]).await?;
    made.iter()
        .map(|row| {
            Ok(SimulatedIndex {
                statement: index.text().to_owned(),
                name: row.try_get(0)?,
                size_bytes_estimate: row.try_get(1)?,
            })
        })
        .collect()
}

/// Has hypopg forget all that it was told on this session.
#[expect(clippy::disallowed_methods, reason = "the text is a constant but for a name that the server quoted")]
async fn forget(client: &Client, schema: &str) -> Result<(), tokio_postgres::Error> {
    client.query_typed(&format!("SELECT {schema}.hypopg_reset()"), &[]).await.map(drop)
}
