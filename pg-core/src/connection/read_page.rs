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
    read::{Cut, PageLimits, Reading},
    row_encoder::Shape,
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
        let begun = Instant::now();
        let read = mend(call, self, query, self.read(call, query, params, rows).await).await;
        call.service().count(&read, begun.elapsed());
        let page = read.map_err(|error| error.on(self.id()))?;
        let count = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
        call.service().count_rows(count);
        call.trail().gave(count);
        Ok(page)
    }

    async fn read<T: DeserializeOwned>(
        &self,
        call: &Call,
        query: &str,
        params: &[Value],
        rows: Option<u64>,
    ) -> Result<ReadPage<T>, Error> {
        let vetted = self.vet_with(call, query, params).await?;
        if vetted.access() > Access::Read || vetted.runs_outside_transaction() {
            return Err(Error::Access { needed: vetted.access(), granted: Access::Read });
        }
        within_estimate(call, self, &vetted, params).await?;
        let limits = PageLimits {
            rows: rows.unwrap_or(self.limits().rows).min(self.limits().max_rows),
            bytes: self.limits().max_bytes,
            strict: true,
        };
        let (reading, page) = Reading::open(self, call, &vetted, params, Shape::Arrays, limits).await?;
        let columns = Arc::clone(reading.columns());
        drop(reading);
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
}
