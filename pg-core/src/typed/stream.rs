//! Rows as they come from the server.

use std::{
    collections::VecDeque,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Stream, StreamExt, stream::BoxStream};

use super::{
    FromRow,
    record::{Record, records},
};
use crate::{
    Call, Error,
    read::{Page, PageLimits, Reading},
};

/// Bytes of rows that are fetched ahead.
const PIECE: PageLimits = PageLimits { rows: u64::MAX, bytes: 64 << 10, largest: usize::MAX };

/// The rows of a read, from one snapshot, as they come: memory does not grow with the result, and a slow reader slows the
/// server down. Dropped, it stops its statement in the server.
pub struct RowStream<T> {
    rows: BoxStream<'static, Result<Record, Error>>,
    into: PhantomData<fn() -> T>,
}

impl<T> std::fmt::Debug for RowStream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RowStream")
    }
}

impl<T: FromRow> RowStream<T> {
    /// How much of the result is fetched at first.
    pub(super) const FIRST: PageLimits = PIECE;

    /// The rows of a reading from its first page on.
    pub(super) fn new(call: Call, connection_id: String, reading: Reading, page: Page) -> Self {
        let fetching = Fetching {
            waiting: records(reading.columns(), page.bytes, page.rows).into(),
            more: page.cut.is_some(),
            call,
            connection_id,
            reading,
        };
        let rows = futures_util::stream::unfold(fetching, |mut fetching| async {
            let row = fetching.next().await?;
            Some((row, fetching))
        });
        Self { rows: rows.boxed(), into: PhantomData }
    }

    /// The next row; none at the end.
    ///
    /// # Errors
    /// What running the statement gives, and what reading a row gives.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        self.rows.next().await.transpose()?.map(|row| T::from_row(&row)).transpose()
    }
}

impl<T: FromRow> Stream for RowStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let row = self.rows.poll_next_unpin(context);
        row.map(|row| row.map(|row| row.and_then(|row| T::from_row(&row))))
    }
}

struct Fetching {
    call: Call,
    connection_id: String,
    reading: Reading,
    waiting: VecDeque<Record>,
    more: bool,
}

impl Fetching {
    async fn next(&mut self) -> Option<Result<Record, Error>> {
        if self.waiting.is_empty() && self.more {
            match self.reading.page(&self.call, PIECE).await {
                Ok(page) => {
                    self.more = page.cut.is_some();
                    self.waiting = records(self.reading.columns(), page.bytes, page.rows).into();
                }
                Err(error) => {
                    self.more = false;
                    return Some(Err(error.on(&self.connection_id)));
                }
            }
        }
        self.waiting.pop_front().map(Ok)
    }
}
