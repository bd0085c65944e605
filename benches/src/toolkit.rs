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
        // A migration makes the tables that it remembers itself in.
        access: Some(Access::Schema),
        ..Overrides::default()
    };
    let configuration = Configuration::load(None, &Environment::default(), overrides).unwrap();
    Service::new(configuration, Environment::default()).unwrap()
}

/// A service whose one connection has a pool of this size.
pub(crate) fn sized(url: &str, backends: u32) -> Service {
    let environment = Environment::from_iter([("DEFAULT_POOL_SIZE", backends.to_string())]);
    let overrides =
        Overrides { connection: ConnectionOptions::from_conninfo(url).unwrap(), ..Overrides::default() };
    let configuration = Configuration::load(None, &environment, overrides).unwrap();
    Service::new(configuration, environment).unwrap()
}

/// A service of one connection of which the file says more.
pub(crate) fn told(url: &str, more: &str) -> Service {
    from_file(&format!("[connections.c0]\nurl = \"{url}\"\n{more}"))
}

fn from_file(text: &str) -> Service {
    let file = std::env::temp_dir().join(format!("bench-{}.toml", std::process::id()));
    std::fs::write(&file, text).unwrap();
    let configuration = Configuration::load(Some(&file), &Environment::default(), Overrides::default());
    std::fs::remove_file(&file).unwrap();
    Service::new(configuration.unwrap(), Environment::default()).unwrap()
}

/// A service of many connections, `c0` and on, to the same database.
pub(crate) fn named(url: &str, count: usize) -> Service {
    let text: String = (0..count).map(|index| format!("[connections.c{index}]\nurl = \"{url}\"\n")).collect();
    from_file(&text)
}

/// One point query, on a connection by its name where there are several.
pub(crate) async fn point_query(service: &Service, id: usize, connection: Option<&str>) {
    let mut arguments = json!({ "query": POINT, "params": [id] });
    if let Some(name) = connection {
        arguments["connection_id"] = json!(name);
    }
    assert_eq!(run::<ExecuteQuery>(&Call::new(service), arguments).await.row_count, 1);
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
