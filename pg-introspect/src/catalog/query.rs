//! A catalog query: its text for each server version, vetted once like any caller's, and the type of its rows.
//!
//! Invariant: the text is a file of this crate. Nothing that a caller wrote becomes part of it, and no operator in it is looked up on the
//! search path.

use std::{marker::PhantomData, sync::OnceLock};

use async_trait::async_trait;
use pg_core::{Call, Connection, Error};
use pg_policy::{Access, NoFacts, Policy, Vetted, with_own_operators};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A catalog query whose rows are of the type `Row`.
#[derive(Debug)]
pub struct CatalogQuery<Row> {
    name: &'static str,
    /// From which major version on which text holds, the oldest first.
    variants: &'static [(u32, &'static str)],
    /// Functions that read access does not have and this text may call.
    calls: &'static [&'static str],
    vetted: OnceLock<Vec<(u32, Vetted)>>,
    row: PhantomData<fn() -> Row>,
}

impl<Row> CatalogQuery<Row> {
    pub(crate) const fn new(name: &'static str, variants: &'static [(u32, &'static str)]) -> Self {
        Self { name, variants, calls: &[], vetted: OnceLock::new(), row: PhantomData }
    }

    /// Lets its text, and no caller's, call these functions; whether the role may call them stays with the server.
    pub(crate) const fn calling(mut self, functions: &'static [&'static str]) -> Self {
        self.calls = functions;
        self
    }

    /// The name of its file, without version and ending.
    pub(crate) fn file(&self) -> &'static str {
        self.name
    }

    fn vetted(&self) -> Result<&[(u32, Vetted)], Error> {
        if let Some(vetted) = self.vetted.get() {
            return Ok(vetted);
        }
        let policy = Policy::builder().access(Access::Read).functions(self.calls.iter().copied()).build();
        let vetted = self
            .variants
            .iter()
            .map(|(since, text)| Ok((*since, policy.vet(&with_own_operators(text)?, &NoFacts)?)))
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(self.vetted.get_or_init(|| vetted))
    }

    /// The text for a server of a major version, vetted; one older than all texts gets the oldest, one newer than all the
    /// newest.
    pub(super) fn vetted_for(&self, major: u32) -> Result<&Vetted, Error> {
        let vetted = self.vetted()?;
        let newest = vetted.iter().rev().find(|(since, _)| *since <= major);
        newest
            .or(vetted.first())
            .map(|(_, text)| text)
            .ok_or_else(|| Error::argument(format!("the catalog query {} has no text", self.name)))
    }
}

impl<Row: DeserializeOwned> CatalogQuery<Row> {
    /// The rows, from the text for the server's version; a server older than all texts gets the oldest.
    ///
    /// # Errors
    /// Those of fetching.
    pub async fn rows(
        &self,
        call: &Call,
        connection: &Connection,
        parameters: &[Value],
    ) -> Result<Vec<Row>, Error> {
        let text = match self.vetted()? {
            [(_, only)] => only,
            _ => self.vetted_for(connection.server_version_number(call).await? / 10_000)?,
        };
        let reads = vec![(text.clone(), parameters.to_vec())];
        match connection.fetch_together(call, reads).await?.first() {
            Some(rows) => rows.read(),
            None => Ok(Vec::new()),
        }
    }
}

/// A [`CatalogQuery`] without the type of its rows, so that a list can hold them all.
#[async_trait]
pub trait AnyCatalogQuery: Send + Sync {
    /// The name of its file, without version and ending.
    fn name(&self) -> &'static str;

    /// Its texts, the one for the oldest server first.
    fn texts(&self) -> Vec<&'static str>;

    /// The text for a server of a major version; one older than all texts gets the oldest.
    fn text_for(&self, major: u32) -> Option<&'static str>;

    /// The names of the fields of a row.
    fn fields(&self) -> &'static [&'static str];

    /// Vets every text.
    ///
    /// # Errors
    /// The refusal.
    fn vet(&self) -> Result<(), Error>;

    /// Runs it, reads every row as its type, and says how many there were.
    ///
    /// # Errors
    /// Those of fetching, and a row that is not of its type.
    async fn check(&self, call: &Call, connection: &Connection, parameters: &[Value])
    -> Result<usize, Error>;
}

#[async_trait]
impl<Row: DeserializeOwned + Send> AnyCatalogQuery for CatalogQuery<Row> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn texts(&self) -> Vec<&'static str> {
        self.variants.iter().map(|(_, text)| *text).collect()
    }

    fn text_for(&self, major: u32) -> Option<&'static str> {
        let newest = self.variants.iter().rev().find(|(since, _)| *since <= major);
        newest.or(self.variants.first()).map(|(_, text)| *text)
    }

    fn fields(&self) -> &'static [&'static str] {
        super::fields::fields::<Row>()
    }

    fn vet(&self) -> Result<(), Error> {
        self.vetted().map(drop)
    }

    async fn check(
        &self,
        call: &Call,
        connection: &Connection,
        parameters: &[Value],
    ) -> Result<usize, Error> {
        Ok(self.rows(call, connection, parameters).await?.len())
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::QUERIES;

    #[test]
    fn an_unknown_newer_server_gets_the_newest_text_and_an_older_one_the_oldest() {
        for query in QUERIES {
            let texts = query.texts();
            assert_eq!(query.text_for(99), texts.last().copied(), "{}", query.name());
            assert_eq!(query.text_for(9), texts.first().copied(), "{}", query.name());
        }
        let activity = QUERIES.iter().find(|query| query.name() == "activity").unwrap();
        assert_ne!(activity.text_for(13), activity.text_for(14));
        assert_eq!(activity.text_for(14), activity.text_for(17));
    }
}
