//! A statement as the server knows it: the types of its parameters and columns, and how each column is decoded.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use pg_policy::{OutputColumn, Vetted};
use serde_json::Value;
use tokio_postgres::{
    Client, Statement,
    error::SqlState,
    types::{Kind, Type},
};

use super::{PreparedCache, Records, classify};
use crate::{
    ColumnCodec, Error, Secret,
    given::Bind,
    spans::{Place, StatementSpan, Summary},
    type_name,
    value::{self, BindError, Parameter},
};

/// Longer statements, in bytes of text, are vetted and prepared anew each time: they seldom come twice, and a cache of
/// many would hold as many megabytes here as in the server.
pub(crate) const LONGEST_KEPT: usize = 16 << 10;

/// A column of a result.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// Its name, as the caller wrote it.
    pub name: String,
    /// Its SQL type, as users know it.
    pub type_name: String,
    /// How its bytes are read.
    pub codec: ColumnCodec,
    /// The type of its bytes: text, where the server is asked for its text form.
    pub wire: Type,
    /// The modifier of its type, as `pg_attribute.atttypmod`; below zero for none.
    #[cfg(feature = "parquet")]
    pub modifier: i32,
}

/// A prepared statement of one backend.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The driver's handle.
    pub statement: Statement,
    /// The columns of its result, none for a statement without one.
    pub columns: Arc<[Column]>,
    /// Whether the text that was sent is the caller's.
    original_text: bool,
    /// Whether it has a type that the driver had to look up.
    own_types: bool,
    /// Whether the policy masks columns.
    policy_masks: bool,
    /// Values of the parameters behind the caller's.
    hidden: Vec<Secret>,
    /// Whether its result fitted into one page when it last ran.
    small: AtomicBool,
    /// What its spans say of it.
    pub summary: Summary,
}

impl Prepared {
    /// Whether every column comes in its type's binary form, as the statement itself gives it.
    pub(crate) fn is_original(&self) -> bool {
        self.original_text
    }

    /// Whether its result is expected to fit into one page.
    pub(crate) fn is_small(&self) -> bool {
        self.small.load(Ordering::Relaxed)
    }

    /// Whether it has a type that the driver had to look up.
    pub(super) fn has_own_types(&self) -> bool {
        self.own_types
    }

    /// Remembers whether its result fitted into one page.
    pub(crate) fn note_small(&self, small: bool) {
        self.small.store(small, Ordering::Relaxed);
    }

    /// Takes out of an error what is not for the caller: a position in a text that the caller did not write, and what the
    /// server says of stored rows where columns are masked.
    pub(crate) fn relate(&self, error: Error) -> Error {
        relate(error, self.original_text, self.policy_masks)
    }

    /// The types of the caller's parameters, and of those behind them.
    pub(crate) fn parameter_types(&self) -> (&[Type], &[Type]) {
        let types = self.statement.params();
        let own = types.len().checked_sub(self.hidden.len()).and_then(|own| types.split_at_checked(own));
        own.unwrap_or((types, &[]))
    }

    /// Makes the statement's parameters of the caller's values, and binds the hidden ones behind them.
    ///
    /// # Errors
    /// As [`value::bind`], which counts the caller's own parameters only.
    pub(crate) fn bind(&self, given: &(impl Bind + ?Sized)) -> Result<Vec<Parameter>, BindError> {
        let (own, hidden) = self.parameter_types();
        let mut parameters = given.bind(own)?;
        let values: Vec<Value> = self.hidden.iter().map(|secret| Value::from(secret.expose())).collect();
        parameters.extend(value::bind(&values, hidden)?);
        Ok(parameters)
    }
}

/// Prepares a vetted statement on a backend, or finds it prepared. Where a column's type cannot be had in binary, the
/// statement is composed anew, by the policy crate, so that the server sends that column as text.
pub(crate) async fn prepare(
    client: &Client,
    cache: &mut PreparedCache,
    vetted: &Vetted,
    statement_timeout: Duration,
) -> Result<Arc<Prepared>, Error> {
    if let Some(prepared) = cache.get(vetted.key()) {
        return Ok(Arc::clone(prepared));
    }
    let records = cache.records(vetted);
    let prepared = prepare_anew(client, &cache.place, vetted, records, statement_timeout).await;
    let prepared = prepared.inspect_err(|error| {
        // It is not run, so this is all that is seen of it.
        StatementSpan::begin(&Summary::new(vetted, &cache.place)).failed(error);
    })?;
    keep(cache, vetted, &prepared);
    Ok(prepared)
}

/// Remembers what was prepared on a backend.
pub(crate) fn keep(cache: &mut PreparedCache, vetted: &Vetted, prepared: &Arc<Prepared>) {
    if prepared.own_types || vetted.text().len() <= LONGEST_KEPT {
        cache.put(Arc::from(vetted.key()), Arc::clone(prepared));
    }
}

/// The same without a cache, so that several may be prepared at once.
pub(crate) async fn prepare_anew(
    client: &Client,
    place: &Arc<Place>,
    vetted: &Vetted,
    records: Records,
    statement_timeout: Duration,
) -> Result<Arc<Prepared>, Error> {
    let original = send(client, vetted, statement_timeout).await?;
    let codec = |ty| {
        ColumnCodec::for_type(ty).filter(|codec| records == Records::Binary || !codec.may_need_text_form())
    };
    let codecs: Vec<Option<ColumnCodec>> =
        original.columns().iter().map(|column| codec(column.type_())).collect();
    let columns = original
        .columns()
        .iter()
        .zip(&codecs)
        .map(|(column, codec)| Column {
            name: column.name().to_owned(),
            type_name: type_name(column.type_()),
            codec: codec.clone().unwrap_or_else(ColumnCodec::text),
            #[cfg(feature = "parquet")]
            modifier: column.type_modifier(),
            wire: if codec.is_some() { column.type_().clone() } else { Type::TEXT },
        })
        .collect();
    let looked_up = |ty: &Type| Type::from_oid(ty.oid()).is_none();
    let own_types = original.params().iter().any(looked_up)
        || original.columns().iter().any(|column| looked_up(column.type_()));
    let binary = codecs.iter().all(Option::is_some);
    let statement = if binary {
        original
    } else {
        let wanted: Vec<OutputColumn> =
            codecs.iter().map(|codec| OutputColumn { as_text: codec.is_none() }).collect();
        let composed = vetted.with_text_columns(&wanted)?;
        send(client, &composed, statement_timeout).await?
    };
    Ok(Arc::new(Prepared {
        statement,
        columns,
        original_text: binary && !vetted.is_masked(),
        policy_masks: vetted.policy_masks(),
        hidden: vetted.hidden_parameters().into_iter().map(Secret::from).collect(),
        own_types,
        small: AtomicBool::new(false),
        summary: Summary::new(vetted, place),
    }))
}

fn relate(mut error: Error, original_text: bool, policy_masks: bool) -> Error {
    if let Some(sql) = error.sql_mut() {
        if !original_text {
            sql.position = None;
        }
        if policy_masks {
            // "Failing row contains (…)" shows what masks hide, and so may what a trigger adds.
            sql.detail = None;
        }
    }
    error
}

/// Most parameters of one statement: the protocol counts them in 16 bits. Past that the server answers with a count that
/// wrapped, and the connection is lost.
const MOST_PARAMETERS: usize = 65_535;

#[expect(clippy::disallowed_methods, reason = "the text is vetted")]
async fn send(client: &Client, vetted: &Vetted, statement_timeout: Duration) -> Result<Statement, Error> {
    if vetted.parameter_count() + vetted.hidden_parameters().len() > MOST_PARAMETERS {
        return Err(Error::argument(format!(
            "the statement has {} parameters, and PostgreSQL takes at most {MOST_PARAMETERS}; pass a long list as one \
             array: `= ANY ($1)`, or `unnest($1)` for rows",
            vetted.parameter_count()
        )));
    }
    let failed = |error| {
        let mut error =
            relate(classify(&error, statement_timeout), !vetted.is_masked(), vetted.policy_masks());
        if !vetted.declared_types().is_empty()
            && let Some(sql) = error.sql_mut().filter(|sql| is_of_types(sql))
        {
            sql.add_hint(
                "the types in `param_types` are taken as they are: give null where PostgreSQL can tell",
            );
        }
        error
    };
    // Of a type that is declared the server is told the number only.
    let declared = |oid: &u32| Type::new(String::new(), *oid, Kind::Simple, String::new());
    let types: Vec<Type> = vetted.declared_types().iter().map(declared).collect();
    client.prepare_typed(vetted.text(), &types).await.map_err(failed)
}

/// Whether the server found nothing that takes values of the types at hand.
fn is_of_types(error: &crate::SqlError) -> bool {
    [SqlState::UNDEFINED_FUNCTION, SqlState::DATATYPE_MISMATCH, SqlState::CANNOT_COERCE]
        .iter()
        .any(|state| state.code() == error.sqlstate)
}
