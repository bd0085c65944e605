//! The baseline of pg-mcp: the bare driver in a process of its own that is asked over the same pipe, and answers in JSON.
//!
//! What it answers is the least that a client can use: the rows, twice, as a tool's result has them (structured and as text).

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    sync::mpsc,
};
use tokio_postgres::{Client, Statement};

use crate::driver;

/// The argument with which this program is that baseline.
pub(crate) const AS_SERVER: &str = "--answer-with-the-driver";
/// Backends, as many as pg-mcp has by default.
const BACKENDS: usize = 10;

/// Answers requests until the pipe is closed.
pub(crate) async fn serve(url: &str) {
    let mut backends: Vec<(Client, Statement)> = Vec::new();
    for _ in 0..BACKENDS {
        let client = driver::connect(url).await;
        let point = client.prepare(driver::POINT).await.unwrap();
        backends.push((client, point));
    }
    let backends = Arc::new(backends);
    let (answers, mut answered) = mpsc::unbounded_channel::<String>();
    let writing = tokio::spawn(async move {
        let mut output = tokio::io::stdout();
        while let Some(line) = answered.recv().await {
            output.write_all(line.as_bytes()).await.unwrap();
            output.flush().await.unwrap();
        }
    });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut turn = 0;
    while let Some(line) = lines.next_line().await.unwrap() {
        let request: Value = serde_json::from_str(&line).unwrap();
        let (backends, answers, place) = (Arc::clone(&backends), answers.clone(), turn % BACKENDS);
        turn += 1;
        tokio::spawn(async move {
            let (client, point) = &backends[place];
            let id = i32::try_from(request["params"]["arguments"]["params"][0].as_i64().unwrap()).unwrap();
            let rows: Vec<Value> = client
                .query(point, &[&id])
                .await
                .unwrap()
                .iter()
                .map(|row| json!({ "customer_id": row.get::<_, i64>(0), "name": row.get::<_, &str>(1), "email": row.get::<_, &str>(2) }))
                .collect();
            let text = serde_json::to_string(&rows).unwrap();
            let result = json!({ "content": [{ "type": "text", "text": text }], "structuredContent": { "rows": rows } });
            let answer = json!({ "jsonrpc": "2.0", "id": request["id"], "result": result });
            // Nobody listens where the program is ending.
            let _ = answers.send(format!("{answer}\n"));
        });
    }
    drop(answers);
    writing.await.unwrap();
}
