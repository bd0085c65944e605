//! Many callers at once, many connections, small and large results: whether cost stays linear.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bb8_postgres::PostgresConnectionManager;
use pg_core::{Call, Operation, RowFormat, RowWriter, Service, operations::ExecuteQuery};
use serde_json::json;
use tokio_postgres::{Client, NoTls, Statement};

use crate::{best_of, driver, line, millis, toolkit};

/// Backends of both pools.
const BACKENDS: u32 = 4;
/// Point queries of one measurement of callers.
const CALLS: usize = 4_000;
/// Rounds; the best of each side counts.
const ROUNDS: usize = 5;

/// A backend of the baseline with its prepared statement, as a careful service would keep it.
struct Prepared {
    client: Client,
    point: Statement,
}

#[derive(Clone)]
struct Preparing(PostgresConnectionManager<NoTls>);

impl bb8::ManageConnection for Preparing {
    type Connection = Prepared;
    type Error = tokio_postgres::Error;

    async fn connect(&self) -> Result<Prepared, Self::Error> {
        let client = self.0.connect().await?;
        let point = client.prepare(driver::POINT).await?;
        Ok(Prepared { client, point })
    }

    async fn is_valid(&self, _: &mut Prepared) -> Result<(), Self::Error> {
        Ok(())
    }

    fn has_broken(&self, prepared: &mut Prepared) -> bool {
        prepared.client.is_closed()
    }
}

/// Callers from one to a thousand on the same few backends.
pub(crate) async fn callers(url: &str) {
    let manager = Preparing(PostgresConnectionManager::new_from_stringlike(url, NoTls).unwrap());
    let pool = bb8::Pool::builder().max_size(BACKENDS).test_on_check_out(false).build(manager).await.unwrap();
    let service = Arc::new(toolkit::sized(url, BACKENDS));
    for count in [1, 10, 32, 100, 1_000] {
        let each = CALLS / count;
        let bare = |in_transaction| {
            let pool = pool.clone();
            join(
                (0..count)
                    .map(move |caller| tokio::spawn(bare_caller(pool.clone(), caller, each, in_transaction))),
            )
        };
        let [bare, within, ours] = best_of(
            ROUNDS,
            [&|| Box::pin(bare(false)), &|| Box::pin(bare(true)), &|| {
                let service = Arc::clone(&service);
                Box::pin(join(
                    (0..count)
                        .map(move |caller| tokio::spawn(our_caller(Arc::clone(&service), caller, each))),
                ))
            }],
        )
        .await;
        line(&format!("{CALLS} point queries, {count} callers, {BACKENDS} backends"), bare, ours);
        line("  driver with the same read-only transaction", within, ours);
    }
    println!();
}

async fn join(tasks: impl Iterator<Item = tokio::task::JoinHandle<()>>) {
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

async fn bare_caller(pool: bb8::Pool<Preparing>, caller: usize, calls: usize, in_transaction: bool) {
    for call in 0..calls {
        let backend = pool.get().await.unwrap();
        let id = i32::try_from((caller + call) % 400 + 1).unwrap();
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&id];
        let rows = if in_transaction {
            let (begun, rows, ended) = futures_util::join!(
                backend.client.execute_typed("START TRANSACTION READ ONLY", &[]),
                backend.client.query(&backend.point, &parameters),
                backend.client.execute_typed("ROLLBACK", &[])
            );
            begun.unwrap();
            ended.unwrap();
            rows
        } else {
            backend.client.query(&backend.point, &parameters).await
        };
        assert_eq!(rows.unwrap().len(), 1);
    }
}

async fn our_caller(service: Arc<Service>, caller: usize, calls: usize) {
    for call in 0..calls {
        toolkit::point_query(&service, (caller + call) % 400 + 1, None).await;
    }
}

/// One process with many named connections: what a call costs must not depend on how many there are.
pub(crate) async fn connections(url: &str) {
    for count in [10, 100, 1_000] {
        let begun = Instant::now();
        let service = toolkit::named(url, count);
        let made = begun.elapsed();
        let names = ["c0".to_owned(), format!("c{}", count - 1)];
        let mut best = Duration::MAX;
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            for call in 0..1_000 {
                toolkit::point_query(&service, call % 400 + 1, Some(&names[call % 2])).await;
            }
            best = best.min(begun.elapsed());
        }
        println!(
            "{:<54} {:>9.1} ms {:>9.1} ms",
            format!("{count} connections: made; 1,000 point queries on two"),
            millis(made),
            millis(best)
        );
    }
    println!();
}

/// Results from a kilobyte to a hundred megabytes: the same time for each byte.
pub(crate) async fn results(url: &str) {
    let client = driver::connect(url).await;
    let service = toolkit::service(url);
    for (rows, times) in [(1, 200), (1_000, 50), (100_000, 1)] {
        let text = "SELECT repeat('x', 1000) AS x FROM generate_series(1, $1::int)";
        let [bare, ours] = best_of(
            ROUNDS,
            [
                &|| {
                    Box::pin(async {
                        for _ in 0..times {
                            driver::stream(&client, text, rows).await;
                        }
                    })
                },
                &|| {
                    Box::pin(async {
                        for _ in 0..times {
                            let call = Call::new(&service)
                                .with_rows_to(RowWriter::new(RowFormat::Ndjson, tokio::io::sink()));
                            let input = json!({ "query": text, "params": [rows] });
                            let output =
                                ExecuteQuery::run(&call, serde_json::from_value(input).unwrap()).await;
                            assert_eq!(
                                output.unwrap_or_else(|error| panic!("{}", error.report())).row_count,
                                rows as u64
                            );
                        }
                    })
                },
            ],
        )
        .await;
        line(&format!("{times} results of {rows} kB"), bare, ours);
    }
    println!();
}
