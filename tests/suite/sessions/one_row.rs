//! One row, or none, and no more: on a connection, and in a transaction with its savepoints.

use pg_core::{Access, Call, Error, ErrorKind, TransactionOptions};

use super::{count, database_with};
use crate::support::service::service;

const NOTES: &str = "CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY, text text UNIQUE)";

/// Whether one row was wanted, and something else came.
fn is_of_row_count(error: &Error, found: &str) -> bool {
    let report = error.report();
    report.kind == ErrorKind::Argument && report.message.contains(&format!("returned {found}"))
}

#[tokio::test]
async fn one_row_is_one_and_neither_none_nor_several() {
    let database = database_with(NOTES).await;
    let service = service(&database.owner_url(), Access::Write);
    let (connection, call) = (service.connection(None).unwrap(), Call::new(&service));
    let series = connection.vet(&call, "SELECT n FROM generate_series(1, $1) AS n").await.unwrap();
    assert_eq!(connection.query_one::<(i32,)>(&call, &series, &[&1]).await.unwrap(), (1,));
    assert_eq!(connection.query_opt::<(i32,)>(&call, &series, &[&0]).await.unwrap(), None);
    // Once as a portal, and once as a statement that fitted into a page when it last ran.
    for _ in 0..2 {
        for rows in [2, 3000] {
            let error = connection.query_opt::<(i32,)>(&call, &series, &[&rows]).await.unwrap_err();
            assert!(is_of_row_count(&error, "several rows"), "{error}");
        }
        let error = connection.query_one::<(i32,)>(&call, &series, &[&0]).await.unwrap_err();
        assert!(is_of_row_count(&error, "none"), "{error}");
    }

    let add = "INSERT INTO notes (text) SELECT 'note ' || n FROM generate_series(1, $1) AS n RETURNING id";
    let add = connection.vet(&call, add).await.unwrap();
    assert_eq!(connection.query_one::<(i64,)>(&call, &add, &[&1]).await.unwrap(), (1,));
    connection.execute(&call, &connection.vet(&call, "DELETE FROM notes").await.unwrap(), &[]).await.unwrap();
    let error = connection.query_one::<(i64,)>(&call, &add, &[&5]).await.unwrap_err();
    assert!(is_of_row_count(&error, "several rows"), "{error}");
    assert_eq!(count(&database, "notes").await, 0, "nothing of it is kept");
}

#[tokio::test]
async fn savepoints_take_back_what_came_after_them() {
    let database = database_with(NOTES).await;
    let service = service(&database.owner_url(), Access::Write);
    let (connection, call) = (service.connection(None).unwrap(), Call::new(&service));
    let add = connection.vet(&call, "INSERT INTO notes (text) VALUES ($1) RETURNING text").await.unwrap();
    let all = connection.vet(&call, "SELECT text FROM notes ORDER BY id").await.unwrap();
    let transaction = connection.begin(&call, TransactionOptions::default()).await.unwrap();
    assert_eq!(transaction.query_one::<(String,)>(&add, &[&"a"]).await.unwrap(), ("a".to_owned(),));
    transaction.savepoint("it's; --").await.unwrap();
    transaction.execute(&add, &[&"b"]).await.unwrap();
    transaction.savepoint("inner").await.unwrap();
    let error = transaction.query_opt::<(String,)>(&all, &[]).await.unwrap_err();
    assert!(is_of_row_count(&error, "several rows"), "{error}");
    transaction.roll_back_to("it's; --").await.unwrap();
    let error = transaction.release("inner").await.unwrap_err();
    assert!(error.report().message.contains("there is no savepoint `inner`; set are: it's; --"), "{error:?}");
    assert_eq!(transaction.query_opt::<(String,)>(&all, &[]).await.unwrap(), Some(("a".to_owned(),)));
    transaction.execute(&add, &[&"c"]).await.unwrap();
    transaction.release("it's; --").await.unwrap();
    transaction.commit().await.unwrap();
    let kept: Vec<(String,)> = connection.query(&call, &all, &[]).await.unwrap();
    assert_eq!(kept, [("a".to_owned(),), ("c".to_owned(),)]);
}
