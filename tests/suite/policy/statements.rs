//! Files of statements, apart by lines `-- ;;`, and what becomes of each on a connection.

use std::path::Path;

use pg_core::{Call, Service};
use pg_tests::Database;
use serde_json::json;

use crate::support::service::ask;

fn file(folder: &str, name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(folder).join(name);
    std::fs::read_to_string(path).unwrap()
}

/// A shop with what the folder's set-up adds.
#[expect(clippy::disallowed_methods, reason = "tests prepare past the toolkit, on the bare driver")]
pub(super) async fn database(folder: &str) -> Database {
    let database = Database::shop().await;
    database.admin().await.batch_execute(&file(folder, "setup.sql")).await.unwrap();
    database
}

/// What is said of a statement that fails; none where it passes.
pub(super) async fn said(service: &Service, query: &str) -> Option<String> {
    let answer = ask(&Call::new(service), "execute_query", json!({"query": query})).await;
    answer.err().map(|error| {
        let report = error.report();
        format!("{:?}: {report}", report.kind)
    })
}

/// The statements of a file that meet another fate.
pub(super) async fn differing(
    service: &Service,
    folder: &str,
    name: &str,
    is_right: impl Fn(Option<&str>) -> bool,
) -> String {
    let mut differing = String::new();
    for statement in file(folder, name).trim_end_matches('\n').split("\n-- ;;\n") {
        let said = said(service, statement).await;
        if !is_right(said.as_deref()) {
            differing += &format!("{statement}: {}\n", said.as_deref().unwrap_or("passes"));
        }
    }
    differing
}

/// Whether the policy refused.
pub(super) fn is_refused(said: Option<&str>) -> bool {
    said.is_some_and(|said| said.starts_with("Refused"))
}
