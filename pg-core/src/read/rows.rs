//! The rows of one statement, encoded into pages.
//!
//! Invariant: a row is in one page, whole, and in the order of the server.

use std::{pin::Pin, time::Duration};

use futures_util::TryStreamExt;
use tokio_postgres::{Portal, RowStream, Transaction};

use super::{Cut, Page, PageLimits};
use crate::{Error, row_encoder::RowEncoder, session::classify};

/// Rows of the first fetch of a portal; later ones follow from the size of the rows seen.
const FIRST_FETCH: i64 = 128;
/// Most rows of one fetch.
const LARGEST_FETCH: i64 = 8192;
/// Bytes that one fetch aims at.
const FETCH_BYTES: usize = 1 << 20;

/// Where rows come from when the fetch under way has ended.
pub(crate) enum Source<'a> {
    /// Another fetch of the portal.
    Portal {
        /// The transaction that the portal lives in.
        transaction: &'a Transaction<'a>,
        /// The bound statement.
        portal: Portal,
    },
    /// Nowhere: the one fetch is the whole result.
    Stream,
}

/// The rows of one statement.
pub(crate) struct Rows<'a> {
    source: Source<'a>,
    encoder: RowEncoder,
    limit: Duration,
    /// The fetch under way.
    stream: Option<Pin<Box<RowStream>>>,
    seen_bytes: usize,
    seen_rows: usize,
    /// A row that did not fit into the last page.
    held: Option<Vec<u8>>,
    ended: bool,
}

impl<'a> Rows<'a> {
    /// Rows from this source, none of them fetched yet.
    pub(crate) fn new(source: Source<'a>, encoder: RowEncoder, limit: Duration) -> Self {
        Self { source, encoder, limit, stream: None, seen_bytes: 0, seen_rows: 0, held: None, ended: false }
    }

    /// The same, with a fetch under way.
    pub(super) fn with_stream(mut self, stream: RowStream) -> Self {
        self.stream = Some(Box::pin(stream));
        self
    }

    /// Whether the server is still sending.
    pub(super) fn has_rows_on_their_way(&self) -> bool {
        self.stream.is_some()
    }

    /// As many rows as the limits allow.
    pub(crate) async fn page(&mut self, limits: PageLimits) -> Result<Page, Error> {
        let mut bytes = Vec::new();
        let mut rows = 0;
        let cut = loop {
            let end = bytes.len();
            if rows > 0 {
                bytes.extend_from_slice(self.encoder.separator());
            }
            let start = bytes.len();
            if !self.next(limits.rows.saturating_sub(rows), &mut bytes).await? {
                bytes.truncate(end);
                break None;
            }
            let size = bytes.len() - start;
            if rows == 0 && size > limits.largest {
                return Err(Error::RowTooLarge { bytes: size, limit: limits.largest });
            }
            let cut = if rows >= limits.rows {
                Some(Cut::Rows)
            } else if rows > 0 && bytes.len() > limits.bytes {
                Some(Cut::Bytes)
            } else {
                None
            };
            if cut.is_some() {
                self.held = Some(bytes.split_off(start));
                bytes.truncate(end);
                break cut;
            }
            rows += 1;
        };
        Ok(Page { bytes, rows, cut, notices: Vec::new() })
    }

    /// Appends the next row, from what was held back, the fetch under way, or a new fetch. False at the end.
    async fn next(&mut self, wanted: u64, out: &mut Vec<u8>) -> Result<bool, Error> {
        if let Some(row) = self.held.take() {
            out.extend_from_slice(&row);
            return Ok(true);
        }
        while !self.ended {
            let stream = match self.stream.as_mut() {
                Some(stream) => stream,
                None => {
                    let Source::Portal { transaction, portal } = &self.source else { return Ok(false) };
                    let count = i32::try_from(self.fetch_size(wanted)).unwrap_or(i32::MAX);
                    let stream = transaction.query_portal_raw(portal, count).await;
                    self.stream.insert(Box::pin(stream.map_err(|error| classify(&error, self.limit))?))
                }
            };
            match stream.try_next().await {
                Ok(Some(row)) => {
                    self.seen_bytes += row.raw_size_bytes();
                    self.seen_rows += 1;
                    self.encoder.row(&row, out)?;
                    return Ok(true);
                }
                Ok(None) => {
                    // A portal that has more says "suspended" and gives no count.
                    self.ended = stream.rows_affected().is_some();
                    self.stream = None;
                }
                Err(error) => {
                    self.stream = None;
                    self.ended = true;
                    return Err(classify(&error, self.limit));
                }
            }
        }
        Ok(false)
    }

    /// As many rows as are wanted and one more, which tells whether any are left; fewer while rows are large.
    fn fetch_size(&self, wanted: u64) -> i64 {
        let wanted = i64::try_from(wanted).unwrap_or(LARGEST_FETCH).saturating_add(1);
        let by_size = match self.seen_bytes.checked_div(self.seen_rows) {
            None => FIRST_FETCH,
            Some(average) => i64::try_from(FETCH_BYTES / average.max(1)).unwrap_or(LARGEST_FETCH),
        };
        wanted.min(by_size.clamp(1, LARGEST_FETCH))
    }
}
