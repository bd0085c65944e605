//! The library as a Rust service embeds it: a [`Service`] on a database, and its operations called by name.

use pg_core::{
    Access, Call, Configuration, ConnectionEntry, Environment, Error, ErrorReport, Overrides, Service,
};
use serde_json::Value;

/// A service with the connection `default` to `url`.
pub(crate) fn service(url: &str, access: Access) -> Service {
    adjusted(url, access, |_| {})
}

/// A service whose connection `default` is configured further.
pub(crate) fn adjusted(url: &str, access: Access, adjust: impl FnOnce(&mut ConnectionEntry)) -> Service {
    let (mut configuration, environment) = configured(url, access);
    adjust(configuration.connections.get_mut("default").unwrap());
    Service::new(configuration, environment).unwrap()
}

/// The configuration that `DATABASE_URL` makes, and its environment.
pub(crate) fn configured(url: &str, access: Access) -> (Configuration, Environment) {
    let environment: Environment = [("DATABASE_URL", url)].into_iter().collect();
    let overrides = Overrides { access: Some(access), ..Overrides::default() };
    let configuration = Configuration::load(None, &environment, overrides).unwrap();
    (configuration, environment)
}

/// Calls an operation by its name, as the front ends do.
pub(crate) async fn ask(call: &Call, operation: &str, arguments: Value) -> Result<Value, Error> {
    let operation = pg_core::operations::OPERATIONS
        .iter()
        .chain(pg_introspect::OPERATIONS)
        .chain(pg_data::OPERATIONS)
        .chain(pg_report::OPERATIONS)
        .find(|known| known.name() == operation)
        .unwrap_or_else(|| panic!("there is no operation {operation}"));
    let answer = operation.run_json(call, arguments).await?;
    Ok(serde_json::from_str(answer.json.get()).unwrap())
}

/// The answer of a call that must succeed.
pub(crate) async fn told(service: &Service, operation: &str, arguments: Value) -> Value {
    let answer = ask(&Call::new(service), operation, arguments.clone()).await;
    answer.unwrap_or_else(|error| panic!("{operation} {arguments}: {}", error.report()))
}

/// The report of a call that must fail.
pub(crate) async fn failed(service: &Service, operation: &str, arguments: Value) -> ErrorReport {
    match ask(&Call::new(service), operation, arguments.clone()).await {
        Ok(answer) => panic!("{operation} {arguments} should fail: {answer}"),
        Err(error) => error.report(),
    }
}
