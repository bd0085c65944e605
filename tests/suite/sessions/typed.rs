//! Rust values in, Rust types out.

#[expect(dead_code, reason = "of an example only what it does is called")]
#[path = "../../../pg-core/examples/typed.rs"]
mod example;

use std::net::IpAddr;

use pg_core::{
    Access, Call, Connection, Error, ErrorKind, Record, Service, ToSql, TransactionOptions, from_row,
    operations::Isolation,
};
use pg_tests::Database;
use serde::Deserialize;
use serde_json::json;

use super::database_with;
use crate::support::service::{adjusted, service, told};

async fn query<T: pg_core::FromRow>(
    service: &Service,
    text: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<T>, Error> {
    let (connection, call) = of(service);
    let statement = connection.vet(&call, text).await?;
    connection.query(&call, &statement, parameters).await
}

fn of(service: &Service) -> (Connection, Call) {
    (service.connection(None).unwrap(), Call::new(service))
}

#[tokio::test]
async fn the_example_does_what_it_says() {
    let database = Database::shop().await;
    let service = service(&database.writer_url(), Access::Write);
    let said = example::run(&service).await.unwrap();
    assert!(said.iter().any(|line| line.contains("orders, ")), "{said:?}");
    assert!(said.last().is_some_and(|name| *name == name.to_ascii_uppercase()), "{said:?}");
}

#[tokio::test]
async fn values_go_in_and_come_out_in_their_own_types() {
    let database = database_with("CREATE TYPE mood AS ENUM ('sad', 'ok')").await;
    let service = service(&database.owner_url(), Access::Read);
    type Row = (i64, Option<String>, Vec<u8>, Vec<Option<i32>>, IpAddr, f64, bool);
    let address: IpAddr = "2001:db8::1".parse().unwrap();
    let given: (i64, Option<&str>, &[u8], Vec<Option<i32>>) =
        (i64::MIN, None, &[0, 255, b'\t'], vec![Some(1), None]);
    let rows: Vec<Row> = query(
        &service,
        "SELECT $1::int8, $2::text, $3::bytea, $4::int4[], $5::inet, 'NaN'::float8, true",
        &[&given.0, &given.1, &given.2, &given.3, &address],
    )
    .await
    .unwrap();
    let (big, nothing, bytes, numbers, back, not_a_number, yes) = rows.into_iter().next().unwrap();
    assert_eq!((big, nothing, &bytes[..], numbers), (i64::MIN, None, given.2, given.3));
    assert_eq!((back, yes), (address, true));
    assert!(not_a_number.is_nan());

    // Of a type that no driver decodes the text form is sent.
    let rows: Vec<Record> =
        query(&service, "SELECT 'a=r/b'::text AS t, 'ok'::mood AS m, NULL::int AS n", &[]).await.unwrap();
    assert_eq!(rows[0].columns().collect::<Vec<_>>(), ["t", "m", "n"]);
    assert_eq!(rows[0].get::<&str>("t").unwrap(), "a=r/b");
    assert_eq!(rows[0].get::<Option<i32>>(2).unwrap(), None);
}

#[derive(Debug, Deserialize, PartialEq)]
struct Item {
    id: i32,
    price: serde_json::Number,
    tags: Vec<String>,
    at: String,
}

#[tokio::test]
async fn a_row_fits_a_struct_by_names_by_hand_and_by_serde() {
    struct Named {
        number: i32,
        label: Option<String>,
    }
    from_row!(Named { number => "n", label });
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Read);
    let rows: Vec<Named> = query(&service, "SELECT 'x' AS label, 7 AS n", &[]).await.unwrap();
    assert_eq!((rows[0].number, rows[0].label.as_deref()), (7, Some("x")));

    let text = "SELECT 1 AS id, 12.30::numeric AS price, ARRAY['a', 'b'] AS tags, '2026-01-02 03:04:05'::timestamp AS at";
    let rows: Vec<Record> = query(&service, text, &[]).await.unwrap();
    let expected = json!({"id": 1, "price": 0, "tags": ["a", "b"], "at": "2026-01-02T03:04:05"});
    let mut expected: Item = serde_json::from_value(expected).unwrap();
    expected.price = serde_json::from_str("12.30").unwrap();
    assert_eq!(rows[0].deserialize::<Item>().unwrap(), expected);
    let none: Vec<Record> = query(&service, "SELECT", &[]).await.unwrap();
    assert_eq!(none[0].deserialize::<serde_json::Value>().unwrap(), json!({}));
}

#[tokio::test]
async fn what_does_not_fit_is_told_by_name_and_type() {
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Read);
    let error = query::<(i32,)>(&service, "SELECT $1::int", &[&"seven"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
    let said = error.report().to_string();
    assert!(said.contains("$1") && said.contains("integer"), "{said}");
    let error = query::<(i32,)>(&service, "SELECT $1::int", &[]).await.unwrap_err();
    assert!(error.report().to_string().contains("1 parameter"), "{}", error.report());

    let rows: Vec<Record> =
        query(&service, "SELECT 1::int8 AS big, NULL::int AS nothing", &[]).await.unwrap();
    for (error, words) in [
        (rows[0].get::<i32>("big").unwrap_err(), ["`big`", "bigint"]),
        (rows[0].get::<i32>("nothing").unwrap_err(), ["`nothing`", "Option"]),
        (rows[0].get::<i32>("bigger").unwrap_err(), ["`bigger`", "big, nothing"]),
        (rows[0].get::<i32>(2).unwrap_err(), ["`2`", "big, nothing"]),
    ] {
        let said = error.to_string();
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    }
}

#[tokio::test]
async fn a_result_past_the_limits_is_an_error_and_a_stream_has_none() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let service = adjusted(&database.owner_url(), Access::Write, |entry| entry.limits.max_rows = 10);
    let (connection, call) = of(&service);
    let error = query::<(i32,)>(&service, "SELECT generate_series(1, 11)", &[]).await.unwrap_err();
    assert_eq!(error.report().rule.as_deref(), Some("limits.max_rows"), "{}", error.report());
    assert_eq!(query::<(i32,)>(&service, "SELECT generate_series(1, 10)", &[]).await.unwrap().len(), 10);

    let insert = "INSERT INTO t SELECT generate_series(1, $1::int) RETURNING n";
    query::<(i32,)>(&service, insert, &[&11]).await.unwrap_err();
    assert_eq!(
        query::<(i64,)>(&service, "SELECT count(*) FROM t", &[]).await.unwrap(),
        [(0,)],
        "it was kept"
    );
    assert_eq!(query::<(i32,)>(&service, insert, &[&10]).await.unwrap().len(), 10);

    let all = connection
        .vet(&call, "SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) AS n")
        .await
        .unwrap();
    let mut rows = connection.stream::<(i32, String)>(&call, &all, &[]).await.unwrap();
    let mut last = 0;
    while let Some((n, text)) = rows.next().await.unwrap() {
        assert_eq!((n, text.len()), (last + 1, 1000));
        last = n;
    }
    assert_eq!(last, 20_000);
    let write = connection.vet(&call, insert).await.unwrap();
    let refused = connection.stream::<(i32,)>(&call, &write, &[&1]).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Refused);
}

/// Values are encoded for the types of a moment ago; the schema may change in between.
#[tokio::test]
async fn a_column_that_changes_its_type_changes_that_of_the_parameter() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let service = service(&database.owner_url(), Access::Schema);
    let (connection, call) = of(&service);
    let insert = connection.vet(&call, "INSERT INTO t VALUES ($1)").await.unwrap();
    assert_eq!(connection.execute(&call, &insert, &[&7_i32]).await.unwrap(), 1);
    told(&service, "execute_query", json!({"query": "ALTER TABLE t ALTER n TYPE text"})).await;
    assert_eq!(connection.execute(&call, &insert, &[&"eight"]).await.unwrap(), 1);
    assert_eq!(
        query::<(String,)>(&service, "SELECT n FROM t ORDER BY n DESC LIMIT 1", &[]).await.unwrap(),
        [("eight".to_owned(),)]
    );
}

#[tokio::test]
async fn more_than_the_access_is_refused_wherever_the_statement_was_vetted() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let writer = service(&database.owner_url(), Access::Write);
    let reader = service(&database.owner_url(), Access::Read);
    let (connection, call) = of(&writer);
    let insert = connection.vet(&call, "INSERT INTO t VALUES ($1)").await.unwrap();
    let (connection, call) = of(&reader);
    let error = connection.execute(&call, &insert, &[&1]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let transaction = connection.begin(&call, TransactionOptions::default()).await.unwrap();
    assert_eq!(transaction.execute(&insert, &[&1]).await.unwrap_err().kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn a_transaction_keeps_all_or_nothing() {
    let database = database_with("CREATE TABLE t (n int PRIMARY KEY)").await;
    let service = service(&database.owner_url(), Access::Write);
    let (connection, call) = of(&service);
    let insert = connection.vet(&call, "INSERT INTO t VALUES ($1)").await.unwrap();
    let count = connection.vet(&call, "SELECT count(*) FROM t").await.unwrap();
    let rows = async || connection.query::<(i64,)>(&call, &count, &[]).await.unwrap()[0].0;

    let transaction = connection.begin(&call, TransactionOptions::default()).await.unwrap();
    assert_eq!(transaction.execute(&insert, &[&1]).await.unwrap(), 1);
    // What fails is undone alone.
    let error = transaction.execute(&insert, &[&1]).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("23505"));
    assert_eq!(transaction.query::<(i64,)>(&count, &[]).await.unwrap(), [(1,)]);
    transaction.roll_back().await.unwrap();
    assert_eq!(rows().await, 0);

    drop(connection.begin(&call, TransactionOptions::default()).await.unwrap());
    let insert = &insert;
    let work = connection.transaction(&call, TransactionOptions::default(), |transaction| async move {
        transaction.execute(insert, &[&1]).await?;
        transaction.execute(insert, &[&2]).await
    });
    assert_eq!(work.await.unwrap(), 1);
    let failing = connection.transaction(&call, TransactionOptions::default(), |transaction| async move {
        transaction.execute(insert, &[&3]).await?;
        Err::<(), _>(Error::argument("no"))
    });
    failing.await.unwrap_err();
    assert_eq!(rows().await, 2);
}

/// On a task of its own too, as a service runs it.
#[tokio::test]
async fn transactions_that_collide_are_tried_again() {
    let database = database_with("CREATE TABLE t (n int); INSERT INTO t VALUES (0)").await;
    let service = service(&database.owner_url(), Access::Write);
    let options =
        TransactionOptions { isolation: Some(Isolation::Serializable), ..TransactionOptions::default() };
    let add = |service: Service| {
        tokio::spawn(async move {
            let (connection, call) = of(&service);
            let read = connection.vet(&call, "SELECT n FROM t").await?;
            let write = connection.vet(&call, "UPDATE t SET n = $1").await?;
            let (read, write) = (&read, &write);
            let work = connection.transaction(&call, options, |transaction| async move {
                let rows: Vec<(i32,)> = transaction.query(read, &[]).await?;
                transaction.execute(write, &[&(rows[0].0 + 1)]).await
            });
            work.await
        })
    };
    let (one, other) = (add(service.clone()), add(service.clone()));
    assert_eq!((one.await.unwrap().unwrap(), other.await.unwrap().unwrap()), (1, 1));
    assert_eq!(query::<(i32,)>(&service, "SELECT n FROM t", &[]).await.unwrap(), [(2,)]);
}

#[tokio::test]
async fn what_must_be_confirmed_is_refused_though_it_was_vetted() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let (connection, call) = of(&service(&database.owner_url(), Access::Write));
    let insert = connection.vet(&call, "INSERT INTO t VALUES (1)").await.unwrap();
    let watched =
        adjusted(&database.owner_url(), Access::Write, |entry| entry.policy.confirmation.writes = true);
    let (connection, call) = of(&watched);
    let error = connection.execute(&call, &insert, &[]).await.unwrap_err();
    assert_eq!(error.report().rule.as_deref(), Some("policy.confirm"), "{}", error.report());
}
