//! The baseline: tokio-postgres with prepared statements.

use bb8_postgres::PostgresConnectionManager;
use futures_util::{TryStreamExt, future::try_join_all};
use tokio_postgres::{Client, NoTls};

/// The statement of a point query.
pub(crate) const POINT: &str = "SELECT customer_id, name, email FROM customers WHERE customer_id = $1::int";
/// Rows of ten columns.
pub(crate) const ROWS: &str = "SELECT i AS a, i * 7 AS b, i::text AS c, md5(i::text) AS d, i % 2 = 0 AS e, (i / 7.0)::numeric(12, 4) AS f, \
    i / 3.0::float8 AS g, timestamptz '2026-01-01' + i * interval '1 minute' AS h, date '2020-01-01' + i % 1000 AS i, NULL::text AS j \
    FROM generate_series(1, $1::int) AS i";
/// A write.
pub(crate) const INSERT: &str =
    "INSERT INTO bench VALUES ($1, $2, 1.5) ON CONFLICT (id) DO UPDATE SET a = excluded.a";

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The pool that services on this driver use.
pub(crate) async fn pool(url: &str) -> bb8::Pool<PostgresConnectionManager<NoTls>> {
    let manager = PostgresConnectionManager::new_from_stringlike(url, NoTls).unwrap();
    bb8::Pool::builder().max_size(10).build(manager).await.unwrap()
}

/// Point queries as such a service runs them: check out, and let the driver prepare.
pub(crate) async fn pooled_point_queries(pool: &bb8::Pool<PostgresConnectionManager<NoTls>>, count: i32) {
    for id in 0..count {
        let client = pool.get().await.unwrap();
        let rows = client.query(POINT, &[&(id % 400 + 1)]).await.unwrap();
        assert_eq!(rows.len(), 1);
    }
}

pub(crate) async fn point_queries(client: &Client, count: i32) {
    let statement = client.prepare(POINT).await.unwrap();
    for id in 0..count {
        let rows = client.query(&statement, &[&(id % 400 + 1)]).await.unwrap();
        assert_eq!(rows.len(), 1);
    }
}

pub(crate) async fn fetch_rows(client: &Client, count: i32) {
    stream(client, ROWS, count).await;
}

/// All rows at once, as most programs do.
pub(crate) async fn fetch_whole(client: &Client, count: i32) {
    let rows = client.query(ROWS, &[&count]).await.unwrap();
    assert_eq!(rows.len(), usize::try_from(count).unwrap());
}

/// Fetches `count` rows of a statement whose one parameter says how many.
pub(crate) async fn stream(client: &Client, text: &str, count: i32) {
    let statement = client.prepare(text).await.unwrap();
    let mut rows = std::pin::pin!(client.query_raw(&statement, [count]).await.unwrap());
    let mut seen = 0;
    while rows.try_next().await.unwrap().is_some() {
        seen += 1;
    }
    assert_eq!(seen, count);
}

pub(crate) async fn pipelined(client: &Client, count: i64) {
    let statement = client.prepare(INSERT).await.unwrap();
    client.batch_execute("BEGIN").await.unwrap();
    let parameters: Vec<(i64, String)> = (0..count).map(|id| (id, format!("row {id}"))).collect();
    for chunk in parameters.chunks(256) {
        try_join_all(chunk.iter().map(|(id, text)| {
            client.execute_raw(&statement, [id as &(dyn tokio_postgres::types::ToSql + Sync), text])
        }))
        .await
        .unwrap();
    }
    client.batch_execute("COMMIT").await.unwrap();
}
