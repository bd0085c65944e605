//! One page of a caller's read, for operations that are made of several reads.
//!
//! Separate from the operation that runs one statement, which may write, stream its rows and keep a cursor. Invariant: the
//! statement passes everything that a caller's own statement passes, changes nothing, and leaves nothing open.

use std::{sync::Arc, time::Instant};

use pg_policy::Access;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Connection;
use crate::{
    Call, Error,
    estimate::within_estimate,
    mend::mend,
    read::{Cut, Page, PageLimits, Reading},
    row_encoder::Shape,
    session::Column,
};

/// The first rows of a read, as many as the limits of its connection let through.
#[derive(Clone, Debug)]
pub struct ReadPage<T> {
    /// The names of the columns, in order.
    pub columns: Vec<String>,
    /// The SQL types of the columns, in order.
    pub column_types: Vec<String>,
    /// The rows, each read out of the JSON array of its values.
    pub rows: Vec<T>,
    /// Why there are more rows than these, where there are.
    pub cut: Option<String>,
}

/// All rows of a read.
#[derive(Clone, Debug)]
pub struct WholeRead {
    /// The names of the columns, in order.
    pub columns: Vec<String>,
    /// The SQL types of the columns, in order.
    pub column_types: Vec<String>,
    /// How many rows there are.
    pub rows: u64,
    /// The rows as a JSON array of objects by column name.
    pub json: String,
}

impl Connection {
    /// Vets and runs a caller's read, and gives its first rows: `rows` of them at most, and never more than the connection's
    /// limits.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Access`] for a statement that writes; what running it gives; [`Error::Row`] where a row
    /// does not fit the type.
    pub async fn read_page<T: DeserializeOwned>(
        &self,
        call: &Call,
        query: &str,
        params: &[Value],
        rows: Option<u64>,
    ) -> Result<ReadPage<T>, Error> {
        self.page(call, query, params, self.most(rows)).await
    }

    /// The same for an answer that holds the rows: it is cut where answers are cut.
    ///
    /// # Errors
    /// As [`read_page`](Self::read_page).
    pub async fn read_answer<T: DeserializeOwned>(
        &self,
        call: &Call,
        query: &str,
        params: &[Value],
        rows: Option<u64>,
    ) -> Result<ReadPage<T>, Error> {
        let limits = PageLimits { bytes: self.limits().cut_at(), ..self.most(rows) };
        self.page(call, query, params, limits).await
    }

    fn most(&self, rows: Option<u64>) -> PageLimits {
        let limits = self.limits();
        PageLimits {
            rows: rows.unwrap_or(limits.rows).min(limits.max_rows),
            bytes: limits.max_bytes,
            largest: limits.max_bytes,
        }
    }

    async fn page<T: DeserializeOwned>(
        &self,
        call: &Call,
        query: &str,
        params: &[Value],
        limits: PageLimits,
    ) -> Result<ReadPage<T>, Error> {
        let begun = Instant::now();
        let read = mend(call, self, query, self.read(call, query, params, limits).await).await;
        call.service().count(&read, begun.elapsed());
        let page = read.map_err(|error| error.on(self.id()))?;
        let count = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
        call.service().count_rows(count);
        call.trail().gave(count);
        Ok(page)
    }

    /// Vets and runs a caller's read, and gives all of its rows, for another statement to work on: no more of them than these, however
    /// many an answer may have.
    ///
    /// # Errors
    /// As [`read_page`](Self::read_page); an argument error where there are more rows or bytes, and then none is given.
    pub async fn read_whole(
        &self,
        call: &Call,
        query: &str,
        params: &[Value],
        rows: u64,
        bytes: usize,
    ) -> Result<WholeRead, Error> {
        let begun = Instant::now();
        let limits = PageLimits { rows, bytes, largest: bytes };
        let read = self.read_rows(call, query, params, limits, Shape::Objects).await;
        let read = mend(call, self, query, read).await;
        call.service().count(&read, begun.elapsed());
        let (columns, page) = read.map_err(|error| error.on(self.id()))?;
        if let Some(cut) = page.cut {
            let problem = match cut {
                Cut::Rows => format!("it has more than {rows} rows"),
                Cut::Bytes => format!("its rows have more than {bytes} bytes"),
            };
            return Err(Error::argument(problem).on(self.id()));
        }
        call.service().count_rows(page.rows);
        call.trail().gave(page.rows);
        let mut json = Vec::with_capacity(page.bytes.len() + 2);
        json.push(b'[');
        json.extend_from_slice(&page.bytes);
        json.push(b']');
        Ok(WholeRead {
            columns: columns.iter().map(|column| column.name.clone()).collect(),
            column_types: columns.iter().map(|column| column.type_name.clone()).collect(),
            rows: page.rows,
            json: String::from_utf8(json)
                .map_err(|_| Error::Driver { problem: "rows were written that are no text".to_owned() })?,
        })
    }

    async fn read<T: DeserializeOwned>(
        &self,
        call: &Call,
        query: &str,
        params: &[Value],
        limits: PageLimits,
    ) -> Result<ReadPage<T>, Error> {
        let (columns, page) = self.read_rows(call, query, params, limits, Shape::Arrays).await?;
        Ok(ReadPage {
            columns: columns.iter().map(|column| column.name.clone()).collect(),
            column_types: columns.iter().map(|column| column.type_name.clone()).collect(),
            rows: super::objects(&page.bytes)?,
            cut: page.cut.map(|cut| match cut {
                Cut::Rows => format!("there are more rows than the limit of {}", limits.rows),
                Cut::Bytes => {
                    format!("there are more rows than fit into the limit of {} bytes", limits.bytes)
                }
            }),
        })
    }

    async fn read_rows(
        &self,
        call: &Call,
        query: &str,
        params: &[Value],
        limits: PageLimits,
        shape: Shape,
    ) -> Result<(Arc<[Column]>, Page), Error> {
        let vetted = self.vet_with(call, query, params).await?;
        if vetted.access() > Access::Read || vetted.runs_outside_transaction() {
            return Err(Error::Access { needed: vetted.access(), granted: Access::Read });
        }
        within_estimate(call, self, &vetted, params).await?;
        let (reading, page) = Reading::open(self, call, &vetted, params, shape, limits).await?;
        let columns = Arc::clone(reading.columns());
        drop(reading);
        Ok((columns, page))
    }
}
