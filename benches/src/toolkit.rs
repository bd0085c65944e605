//! The toolkit on the same work: policy, read-only transaction and limits on.

use pg_core::{
    Access, Call, Configuration, ConnectionOptions, Environment, Operation, Overrides, RowFormat, RowWriter,
    Service,
    operations::{BatchExecute, ExecuteQuery, ExecuteTransaction},
};
use serde_json::{Value, json};

use crate::driver::{INSERT, POINT, ROWS};

pub(crate) fn service(url: &str) -> Service {
    let overrides = Overrides {
        connection: ConnectionOptions::from_conninfo(url).unwrap(),
        access: Some(Access::Write),
        ..Overrides::default()
    };
    let configuration = Configuration::load(None, &Environment::default(), overrides).unwrap();
    Service::new(configuration, Environment::default()).unwrap()
}

async fn run<O: Operation>(call: &Call, arguments: Value) -> O::Output {
    O::run(call, serde_json::from_value(arguments).unwrap())
        .await
        .unwrap_or_else(|error| panic!("{}", error.report()))
}

pub(crate) async fn point_queries(service: &Service, count: i32) {
    for id in 0..count {
        let output =
            run::<ExecuteQuery>(&Call::new(service), json!({ "query": POINT, "params": [id % 400 + 1] }))
                .await;
        assert_eq!(output.row_count, 1);
    }
}

pub(crate) async fn stream_rows(service: &Service, count: u64) {
    let call = Call::new(service).with_rows_to(RowWriter::new(RowFormat::Ndjson, tokio::io::sink()));
    let output = run::<ExecuteQuery>(&call, json!({ "query": ROWS, "params": [count] })).await;
    assert_eq!(output.row_count, count);
}

pub(crate) async fn transaction(service: &Service, count: u64) {
    let queries: Vec<Value> =
        (0..count).map(|id| json!({ "query": INSERT, "params": [id, format!("row {id}")] })).collect();
    let output = run::<ExecuteTransaction>(&Call::new(service), json!({ "queries": queries })).await;
    assert_eq!(output.affected_rows, count);
}

pub(crate) async fn batch(service: &Service, count: u64) {
    let rows: Vec<Value> = (0..count).map(|id| json!([id, format!("row {id}")])).collect();
    let output =
        run::<BatchExecute>(&Call::new(service), json!({ "query": INSERT, "params_list": rows })).await;
    assert_eq!(output.affected_rows, count);
}
