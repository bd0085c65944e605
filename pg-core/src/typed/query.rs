//! Statements with Rust values on a connection, each in a transaction of its own.

use std::{future::Future, time::Instant};

use pg_policy::{Access, Vetted};
use postgres_types::ToSql;
use tracing::{Instrument, Span};

use super::{
    FromRow, RowStream,
    record::{Record, records},
};
use crate::{
    BindError, Call, Connection, Error,
    batch::{parameter_types, parameter_types_anew},
    estimate::within_estimate,
    given::{Encoded, Given},
    read::{Page, PageLimits, Reading},
    row_encoder::Shape,
    spans,
    statement::{Kept, Past, Ran, several, too_many},
    write::{End, write},
};

/// Rust values by reference, one for each parameter of a statement.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// How many rows are wanted at most.
#[derive(Clone, Copy, Debug)]
pub(super) enum Most {
    /// As many as the connection's limits allow.
    Limits,
    /// One.
    One,
}

/// Statements with Rust values.
impl Connection {
    /// The rows of a statement in the caller's own type. A statement that writes is committed.
    ///
    /// # Errors
    /// [`Error::Bind`] where values do not fit; [`Error::Limited`] where the result is larger than the connection's limits
    /// allow, and then nothing is kept: [`stream`](Self::stream) has no such limit; [`Error::Access`] for a statement that may
    /// do more than the connection; what running the statement gives, and what reading a row gives.
    pub async fn query<T: FromRow>(
        &self,
        call: &Call,
        statement: &Vetted,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<T>, Error> {
        let running = Running::begin(self, call, "query", statement).await?;
        let rows = running.run(self.rows(&running.call, statement, parameters, Most::Limits)).await;
        running.end(rows)?.iter().map(T::from_row).collect()
    }

    /// The rows of a read as they come, however many they are.
    ///
    /// # Errors
    /// As [`query`](Self::query); [`Error::Access`] for a statement that writes.
    pub async fn stream<T: FromRow>(
        &self,
        call: &Call,
        statement: &Vetted,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<RowStream<T>, Error> {
        self.streamed(call, statement, parameters, Access::Read).await
    }

    /// The same for a statement that calls what is more than a read, such as a function that looks into a replication slot. Its
    /// transaction is read-only: a row that it would write is refused by the server.
    ///
    /// # Errors
    /// As [`query`](Self::query); [`Error::Access`] for a statement that may do more than the connection.
    pub async fn stream_read_only<T: FromRow>(
        &self,
        call: &Call,
        statement: &Vetted,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<RowStream<T>, Error> {
        self.streamed(call, statement, parameters, self.access()).await
    }

    async fn streamed<T: FromRow>(
        &self,
        call: &Call,
        statement: &Vetted,
        values: Values<'_>,
        granted: Access,
    ) -> Result<RowStream<T>, Error> {
        if statement.access() > granted {
            return Err(Error::Access { needed: statement.access(), granted }.on(self.id()));
        }
        let running = Running::begin(self, call, "stream", statement).await?;
        let opened = self.reading(&running.call, statement, values, RowStream::<T>::FIRST);
        let opened = running.run(opened).await;
        let (reading, page) = running.end(opened)?;
        Ok(RowStream::new(call.clone(), self.id().to_owned(), reading, page))
    }

    /// Runs a statement, commits it, and tells how many rows it inserted, updated, deleted or merged. Rows that it returns are
    /// left out.
    ///
    /// # Errors
    /// As [`query`](Self::query), but for a limit of rows.
    pub async fn execute(
        &self,
        call: &Call,
        statement: &Vetted,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Error> {
        let kept = Kept { shape: Shape::Wire, rows: 0, bytes: usize::MAX, past: Past::Counted };
        let running = Running::begin(self, call, "execute", statement).await?;
        let written = running.run(self.written(&running.call, statement, parameters, kept)).await;
        Ok(running.end(written)?.affected)
    }

    /// The rows of a statement, if they are no more than wanted.
    pub(super) async fn rows(
        &self,
        call: &Call,
        statement: &Vetted,
        values: Values<'_>,
        most: Most,
    ) -> Result<Vec<Record>, Error> {
        let limits = self.limits();
        let (most, past) = match most {
            Most::Limits => (limits.max_rows, Past::Fails),
            Most::One => (1, Past::FailsAsSeveral),
        };
        if statement.access() > Access::Read || statement.runs_outside_transaction() {
            let kept = Kept { shape: Shape::Wire, rows: most, bytes: limits.max_bytes, past };
            let ran = self.written(call, statement, values, kept).await?;
            return Ok(records(&ran.columns, ran.bytes, ran.kept));
        }
        let first = PageLimits { rows: most, bytes: limits.max_bytes, largest: limits.max_bytes };
        let (reading, page) = self.reading(call, statement, values, first).await?;
        if page.cut.is_some() {
            let is_one = past == Past::FailsAsSeveral && page.rows >= most;
            return Err(if is_one { several() } else { too_many(page.rows) });
        }
        call.trail().gave(page.rows);
        Ok(records(reading.columns(), page.bytes, page.rows))
    }

    async fn written(
        &self,
        call: &Call,
        statement: &Vetted,
        values: Values<'_>,
        kept: Kept,
    ) -> Result<Ran, Error> {
        let given = self.encoded(call, statement, values).await?;
        let (ran, _notices) = match write(self, call, statement, given, kept, End::Commit).await {
            Err(error) if is_of_changed_types(&error) => {
                let given = self.encoded_anew(call, statement, values).await?;
                write(self, call, statement, given, kept, End::Commit).await?
            }
            written => written?,
        };
        if statement.access() >= Access::Schema {
            self.forget_catalog();
        }
        call.trail().gave(ran.kept);
        call.trail().changed(ran.affected);
        Ok(ran)
    }

    async fn reading(
        &self,
        call: &Call,
        statement: &Vetted,
        values: Values<'_>,
        first: PageLimits,
    ) -> Result<(Reading, Page), Error> {
        let given = self.encoded(call, statement, values).await?;
        match Reading::open(self, call, statement, given, Shape::Wire, first).await {
            Err(error) if is_of_changed_types(&error) => {
                let given = self.encoded_anew(call, statement, values).await?;
                Reading::open(self, call, statement, given, Shape::Wire, first).await
            }
            opened => opened,
        }
    }

    /// The values, encoded for the types that the server expects. Where they do not fit what it expected when it was asked
    /// last, it is asked again.
    async fn encoded(&self, call: &Call, statement: &Vetted, values: Values<'_>) -> Result<Given, Error> {
        let known = match statement.parameter_count() {
            0 => Some(Vec::new()),
            _ => self.known_parameter_types(statement),
        };
        let encoded = match known {
            Some(types) => match Encoded::new(values, types) {
                Err(_) if statement.parameter_count() > 0 => {
                    return self.encoded_anew(call, statement, values).await;
                }
                encoded => encoded?,
            },
            None => {
                let types = parameter_types(self, call, statement).await?;
                self.note_parameter_types(statement, types.clone());
                Encoded::new(values, types)?
            }
        };
        self.estimated(call, statement, encoded).await
    }

    /// The same once the types are no longer what they were.
    async fn encoded_anew(
        &self,
        call: &Call,
        statement: &Vetted,
        values: Values<'_>,
    ) -> Result<Given, Error> {
        let types = parameter_types_anew(self, call, statement).await?;
        self.note_parameter_types(statement, types.clone());
        let encoded = Encoded::new(values, types)?;
        self.estimated(call, statement, encoded).await
    }

    async fn estimated(&self, call: &Call, statement: &Vetted, encoded: Encoded) -> Result<Given, Error> {
        let given = Given::Encoded(encoded.into());
        within_estimate(call, self, statement, given.clone()).await?;
        Ok(given)
    }
}

/// A statement under way, as an operation is: admitted, with a trail of its own, counted and logged when it has ended.
pub(super) struct Running<'a> {
    /// Its call.
    pub(super) call: Call,
    connection: &'a Connection,
    name: &'static str,
    begun: Instant,
    span: Span,
}

impl<'a> Running<'a> {
    /// Lets a statement run.
    pub(super) async fn begin(
        connection: &'a Connection,
        call: &Call,
        name: &'static str,
        statement: &Vetted,
    ) -> Result<Self, Error> {
        let call = call.running(name);
        let span = spans::operation(name, &call);
        let running = Self { call, connection, name, begun: Instant::now(), span };
        match connection.admit(&running.call, statement).await {
            Ok(()) => Ok(running),
            Err(error) => Err(running.end::<Self>(Err(error)).err().unwrap_or(Error::Cancelled)),
        }
    }

    /// Does its work where traces show it below this statement.
    pub(super) async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        work.instrument(self.span.clone()).await
    }

    /// Notes how it ended.
    pub(super) fn end<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        let result = result.map_err(|error| error.on(self.connection.id()));
        spans::ended(&self.span, Some(self.connection.id()), &result);
        self.call.service().count(&result, self.begun.elapsed());
        self.call.trail().ended(&self.call, self.begun, &result);
        self.call.service().ended(self.name, self.begun.elapsed());
        result
    }
}

/// Whether values were encoded for types that are no longer those of the statement.
fn is_of_changed_types(error: &Error) -> bool {
    match error {
        Error::Bind(source) => matches!(**source, BindError::TypesChanged),
        Error::On { source, .. } | Error::At { source, .. } => is_of_changed_types(source),
        _ => false,
    }
}
