//! Several catalog queries that are asked together and answered from one snapshot.
//!
//! Separate from one query by itself. Invariant: an answer is read as the row type of the query that it belongs to.

use std::marker::PhantomData;

use pg_core::{Call, Connection, Error, FetchedRows};
use pg_policy::Vetted;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::CatalogQuery;

/// Questions that are collected before they are asked.
#[derive(Debug)]
pub(crate) struct Snapshot {
    major: u32,
    reads: Vec<(Vetted, Vec<Value>)>,
}

/// The place of an answer among those of a snapshot.
#[derive(Debug)]
pub(crate) struct Asked<Row> {
    place: usize,
    row: PhantomData<fn() -> Row>,
}

/// What a snapshot gave.
#[derive(Debug)]
pub(crate) struct Answers(Vec<FetchedRows>);

impl Snapshot {
    /// No questions yet, to a server whose version is known.
    ///
    /// # Errors
    /// What connecting gives.
    pub(crate) async fn of(call: &Call, connection: &Connection) -> Result<Self, Error> {
        let major = connection.server_version_number(call).await? / 10_000;
        Ok(Self { major, reads: Vec::new() })
    }

    /// Adds a question.
    ///
    /// # Errors
    /// A query that the policy of catalog queries refuses, which a test rules out.
    pub(crate) fn ask<Row>(
        &mut self,
        query: &'static CatalogQuery<Row>,
        parameters: Vec<Value>,
    ) -> Result<Asked<Row>, Error> {
        self.reads.push((query.vetted_for(self.major)?.clone(), parameters));
        Ok(Asked { place: self.reads.len() - 1, row: PhantomData })
    }

    /// Asks them all.
    ///
    /// # Errors
    /// Those of fetching.
    pub(crate) async fn take(self, call: &Call, connection: &Connection) -> Result<Answers, Error> {
        connection.fetch_together(call, self.reads).await.map(Answers)
    }

    /// Asks them all with a search path that makes the server name every schema.
    ///
    /// # Errors
    /// Those of fetching.
    pub(crate) async fn take_with_schemas_named(
        self,
        call: &Call,
        connection: &Connection,
    ) -> Result<Answers, Error> {
        connection.fetch_with_schemas_named(call, self.reads).await.map(Answers)
    }
}

impl Answers {
    /// The rows of one question; each is read once.
    ///
    /// # Errors
    /// A row that is not of its type.
    pub(crate) fn rows<Row: DeserializeOwned>(&self, asked: &Asked<Row>) -> Result<Vec<Row>, Error> {
        self.0.get(asked.place).map_or_else(|| Ok(Vec::new()), FetchedRows::read)
    }
}
