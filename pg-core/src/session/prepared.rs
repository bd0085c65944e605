//! A statement as the server knows it: the types of its parameters and columns, and how each column is decoded.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use lru::LruCache;
use pg_policy::{OutputColumn, Vetted};
use tokio_postgres::{Client, Statement, types::Type};

use super::classify;
use crate::{ColumnCodec, Error, type_name};

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
    /// Whether its result fitted into one page when it last ran.
    small: AtomicBool,
}

impl Prepared {
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

    /// Takes the position out of an error where it is one in a text that the caller did not write.
    pub(crate) fn relate(&self, mut error: Error) -> Error {
        if !self.original_text
            && let Some(sql) = error.sql_mut()
        {
            sql.position = None;
        }
        error
    }
}

/// Prepares a vetted statement on a backend, or finds it prepared. Where a column's type cannot be had in binary, the
/// statement is composed anew, by the policy crate, so that the server sends that column as text.
pub(crate) async fn prepare(
    client: &Client,
    cache: &mut LruCache<Arc<str>, Arc<Prepared>>,
    vetted: &Vetted,
    statement_timeout: Duration,
) -> Result<Arc<Prepared>, Error> {
    if let Some(prepared) = cache.get(vetted.text()) {
        return Ok(Arc::clone(prepared));
    }
    let original = send(client, vetted, statement_timeout).await?;
    let codecs: Vec<Option<ColumnCodec>> =
        original.columns().iter().map(|column| ColumnCodec::for_type(column.type_())).collect();
    let columns = original
        .columns()
        .iter()
        .zip(&codecs)
        .map(|(column, codec)| Column {
            name: column.name().to_owned(),
            type_name: type_name(column.type_()),
            codec: codec.clone().unwrap_or_else(ColumnCodec::text),
        })
        .collect();
    let looked_up = |ty: &Type| Type::from_oid(ty.oid()).is_none();
    let own_types = original.params().iter().any(looked_up)
        || original.columns().iter().any(|column| looked_up(column.type_()));
    let original_text = codecs.iter().all(Option::is_some);
    let statement = if original_text {
        original
    } else {
        let wanted: Vec<OutputColumn> =
            codecs.iter().map(|codec| OutputColumn { as_text: codec.is_none() }).collect();
        let composed = vetted.with_text_columns(&wanted)?;
        send(client, &composed, statement_timeout).await?
    };
    let prepared =
        Arc::new(Prepared { statement, columns, original_text, own_types, small: AtomicBool::new(false) });
    if own_types || vetted.text().len() <= LONGEST_KEPT {
        cache.put(Arc::from(vetted.text()), Arc::clone(&prepared));
    }
    Ok(prepared)
}

/// Most parameters of one statement: the protocol counts them in 16 bits. Past that the server answers with a count that
/// wrapped, and the connection is lost.
const MOST_PARAMETERS: usize = 65_535;

#[expect(clippy::disallowed_methods, reason = "the text is vetted")]
async fn send(client: &Client, vetted: &Vetted, statement_timeout: Duration) -> Result<Statement, Error> {
    if vetted.parameter_count() > MOST_PARAMETERS {
        return Err(Error::argument(format!(
            "the statement has {} parameters, and PostgreSQL takes at most {MOST_PARAMETERS}; pass a long list as one \
             array: `= ANY ($1)`, or `unnest($1)` for rows",
            vetted.parameter_count()
        )));
    }
    client.prepare(vetted.text()).await.map_err(|error| classify(&error, statement_timeout))
}
