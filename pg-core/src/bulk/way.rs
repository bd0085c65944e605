//! How a chunk of rows travels: as statements of their own, pipelined; as one statement of arrays; as a COPY.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use postgres_types::Type;
use tokio_postgres::Client;

use super::copy;
use crate::{
    Error, Parameter,
    session::{Prepared, classify},
    spans::StatementSpan,
};

/// Rows of a chunk that travels as statements of their own: so many are sent before the first answer is waited for.
const PIPELINED: usize = 512;
/// Rows of a chunk that travels in one statement.
const AT_ONCE: usize = 4096;

/// A row of parameters, and which one of the caller's it is, counted from 0.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its place among the caller's rows.
    pub index: usize,
    /// Its values.
    pub parameters: Vec<Parameter>,
}

/// A way for rows to travel. Each has the statement of one row besides, since a row that stands alone gets the plain error.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// A statement for each row, pipelined.
    Pipelined(Arc<Prepared>),
    /// One statement with an array for each parameter.
    Arrays {
        /// The statement of one row.
        one: Arc<Prepared>,
        /// The statement of arrays.
        many: Arc<Prepared>,
    },
    /// A COPY.
    Copy {
        /// The statement of one row.
        one: Arc<Prepared>,
        /// The COPY.
        copy: Arc<Prepared>,
    },
}

/// Why a chunk failed, and the place in it of the row that failed, where that is known.
#[derive(Debug)]
pub(crate) struct ChunkError {
    /// The place in the chunk, counted from 0.
    pub at: Option<usize>,
    /// The error.
    pub error: Error,
}

impl Way {
    /// The types of a row's parameters.
    pub(crate) fn parameter_types(&self) -> &[Type] {
        match self {
            Way::Pipelined(one) | Way::Arrays { one, .. } | Way::Copy { one, .. } => one.statement.params(),
        }
    }

    /// How many rows make a chunk.
    pub(crate) fn chunk(&self) -> usize {
        match self {
            Way::Pipelined(_) => PIPELINED,
            Way::Arrays { .. } | Way::Copy { .. } => AT_ONCE,
        }
    }

    /// Sends a chunk, and gives how many rows it affected. The transaction or savepoint that it runs in has failed where it
    /// fails.
    pub(crate) async fn send(
        &self,
        client: &Client,
        chunk: &[Row],
        limit: Duration,
    ) -> Result<u64, ChunkError> {
        let (Way::Pipelined(one) | Way::Arrays { one, .. } | Way::Copy { one, .. }) = self;
        let span = StatementSpan::begin_batch(&one.summary, chunk.len());
        let sent = self.send_now(client, chunk, limit).await;
        if let Err(ChunkError { error, .. }) = &sent {
            span.failed(error);
        }
        sent
    }

    async fn send_now(&self, client: &Client, chunk: &[Row], limit: Duration) -> Result<u64, ChunkError> {
        match self {
            Way::Pipelined(one) => pipelined(client, one, chunk, limit).await,
            Way::Arrays { one, .. } | Way::Copy { one, .. } if chunk.len() == 1 => {
                pipelined(client, one, chunk, limit).await
            }
            Way::Arrays { one, many } => {
                let sent = arrays(client, one.statement.params(), many, chunk).await;
                sent.map_err(|error| ChunkError { at: None, error: many.relate(classify(&error, limit)) })
            }
            Way::Copy { copy, .. } => copy::send(client, &copy.statement, chunk).await.map_err(|error| {
                ChunkError { at: copy::failed_line(&error), error: copy.relate(classify(&error, limit)) }
            }),
        }
    }
}

/// The first failure in order is the one that counts, those after it only follow from it.
#[expect(clippy::disallowed_methods, reason = "the statement was prepared from vetted text")]
async fn pipelined(
    client: &Client,
    prepared: &Prepared,
    chunk: &[Row],
    limit: Duration,
) -> Result<u64, ChunkError> {
    let answers =
        join_all(chunk.iter().map(|row| client.execute_raw(&prepared.statement, &row.parameters))).await;
    let mut affected = 0;
    for (at, answer) in answers.into_iter().enumerate() {
        affected += answer
            .map_err(|error| ChunkError { at: Some(at), error: prepared.relate(classify(&error, limit)) })?;
    }
    Ok(affected)
}

#[expect(clippy::disallowed_methods, reason = "the statement was prepared from vetted text")]
async fn arrays(
    client: &Client,
    elements: &[Type],
    many: &Prepared,
    chunk: &[Row],
) -> Result<u64, tokio_postgres::Error> {
    let parameters: Vec<Parameter> = elements
        .iter()
        .enumerate()
        .map(|(column, element)| {
            Parameter::array(chunk.iter().map(|row| row.parameters.get(column)), element)
        })
        .collect();
    client.execute_raw(&many.statement, &parameters).await
}
