//! Serves one client on standard input and output, until it is gone or the service stops.
//!
//! Invariant: when this returns, what was asked before the input ended is answered, or its client is gone, or its time is
//! over; no statement runs on for a client that is gone.

use std::{pin::pin, time::Duration};

use pg_core::{Origin, Service};
use rmcp::{ServiceExt, service::ServerInitializeError};
use tokio_util::sync::CancellationToken;

use super::{
    streams::{self, Input, Output},
    transport::{Ends, LineTransport},
};
use crate::{Error, Server};

/// How long calls may go on after the input has ended, for callers that pipe requests in and read the answers: less than
/// the five seconds after which the MCP library gives up, so that each is still answered, if only as cancelled.
const GRACE: Duration = Duration::from_secs(4);
/// How long stopping may take.
const STOP: Duration = Duration::from_secs(2);

/// Serves MCP on standard input and output. Returns when the client is gone or [`Service::stop`] was called.
///
/// # Errors
/// [`Error::Stdio`] where standard input or output cannot be used, [`Error::Protocol`] where a client opened with a
/// handshake that could not be completed.
pub async fn serve_stdio(service: &Service) -> Result<(), Error> {
    let input = streams::input().map_err(|source| Error::Stdio { source })?;
    let output = streams::output().map_err(|source| Error::Stdio { source })?;
    serve(Server::new(service, Origin::Local), input, output, streams::output_closed()).await
}

async fn serve(
    server: Server,
    input: Input,
    output: Output,
    output_closed: impl Future<Output = ()>,
) -> Result<(), Error> {
    let transport = LineTransport::new(input, output);
    let ends = transport.ends();
    let session = CancellationToken::new();
    let service = server.service().clone();
    let mut serving = pin!(run(server, transport, session.clone()));
    tokio::select! {
        outcome = &mut serving => return outcome,
        () = client_gone(&ends, output_closed) => service.stop(STOP).await,
        () = service.stopping().cancelled() => {}
    }
    session.cancel();
    serving.await
}

async fn run(
    server: Server,
    transport: LineTransport<Input, Output>,
    session: CancellationToken,
) -> Result<(), Error> {
    match server.serve_with_ct(transport, session).await {
        Ok(running) => match running.waiting().await {
            Ok(reason) => {
                tracing::debug!(?reason, "the session on standard input ended");
                Ok(())
            }
            Err(_panic) => Err(Error::Protocol { problem: "the session failed".to_owned() }),
        },
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => Ok(()),
        Err(error) => Err(Error::Protocol { problem: error.to_string() }),
    }
}

/// Waits until nobody can want an answer any more, or has waited long enough for it.
async fn client_gone(ends: &Ends, output_closed: impl Future<Output = ()>) {
    let input_ended = async {
        ends.input.cancelled().await;
        tokio::select! {
            () = output_closed => {}
            () = tokio::time::sleep(GRACE) => {}
        }
    };
    tokio::select! {
        () = input_ended => {}
        () = ends.output.cancelled() => {}
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Instant};

    use pg_core::{Origin, Service};
    use serde_json::{Value, json};
    use tokio::{
        io::{
            AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf, duplex,
            split,
        },
        task::JoinHandle,
    };
    use tokio_util::sync::CancellationToken;

    use crate::{Error, testing};

    const HELLO: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;
    const MODERN: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;

    struct Client {
        service: Service,
        input: Option<WriteHalf<DuplexStream>>,
        output: Lines<BufReader<ReadHalf<DuplexStream>>>,
        output_closed: CancellationToken,
        serving: JoinHandle<Result<(), Error>>,
    }

    impl Client {
        fn start() -> Self {
            let service = Service::empty();
            let (ours, theirs) = duplex(1 << 20);
            let (read, write) = split(theirs);
            let output_closed = CancellationToken::new();
            let server = testing::server(&service, Origin::Local);
            let closed = output_closed.clone().cancelled_owned();
            let serving = tokio::spawn(super::serve(server, Box::new(read), Box::new(write), closed));
            let (output, input) = split(ours);
            Self {
                service,
                input: Some(input),
                output: BufReader::new(output).lines(),
                output_closed,
                serving,
            }
        }

        async fn greeted() -> Self {
            let mut client = Self::start();
            client.send(HELLO).await;
            assert_eq!(client.next().await["result"]["protocolVersion"], "2025-11-25");
            client.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
            client
        }

        async fn send(&mut self, line: &str) {
            let input = self.input.as_mut().unwrap();
            input.write_all(line.as_bytes()).await.unwrap();
            input.write_all(b"\n").await.unwrap();
        }

        async fn call(&mut self, id: u32, tool: &str, arguments: &str) {
            self.send(&format!(
                r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
            ))
            .await;
        }

        async fn line(&mut self) -> String {
            let line = tokio::time::timeout(std::time::Duration::from_secs(10), self.output.next_line());
            line.await.expect("an answer in time").unwrap().expect("an answer")
        }

        async fn next(&mut self) -> Value {
            serde_json::from_str(&self.line().await).unwrap()
        }

        async fn close_input(&mut self) {
            self.input.take().unwrap().shutdown().await.unwrap();
        }

        async fn ended(self) {
            let ended = tokio::time::timeout(std::time::Duration::from_secs(10), self.serving);
            ended.await.expect("an end in time").unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn digits_survive_in_both_directions() {
        let mut client = Client::greeted().await;
        let digits = "[12345678901234567890.123456789,0.1000,1e+400,123456789012345678901234567890]";
        client.call(1, "echo", &format!(r#"{{"value":{digits}}}"#)).await;
        let line = client.line().await;
        let text = format!(r#""text":"{{\"value\":{digits},"#);
        let structured = format!(r#""structuredContent":{{"value":{digits},"#);
        assert!(line.contains(&text) && line.contains(&structured), "{line}");
    }

    #[tokio::test]
    async fn a_cancelled_call_is_stopped_and_not_answered() {
        let mut client = Client::greeted().await;
        client.call(1, "wait", r#"{"key":"cancelled by the client"}"#).await;
        testing::until("started", "cancelled by the client").await;
        client.send(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#).await;
        testing::until("cancelled", "cancelled by the client").await;
        testing::until("dropped", "cancelled by the client").await;
        client.call(2, "echo", r#"{"value":1}"#).await;
        assert_eq!(client.next().await["id"], 2);
    }

    #[tokio::test]
    async fn a_call_of_the_newer_protocol_is_cancelled_too() {
        let mut client = Client::start();
        let wait = format!(
            r#"{{"jsonrpc":"2.0","id":"w","method":"tools/call","params":{{"name":"wait","arguments":{{"key":"modern"}},{MODERN}}}}}"#
        );
        client.send(&wait).await;
        testing::until("started", "modern").await;
        client.send(&format!(r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":"w",{MODERN}}}}}"#)).await;
        testing::until("dropped", "modern").await;
    }

    #[tokio::test]
    async fn a_call_that_waits_holds_up_no_other() {
        let mut client = Client::greeted().await;
        for id in 1..=100 {
            client.call(id, "wait", &format!(r#"{{"key":"one of many {id}"}}"#)).await;
        }
        testing::until("started", "one of many 100").await;
        client.send(r#"{"jsonrpc":"2.0","id":200,"method":"ping"}"#).await;
        assert_eq!(client.next().await["id"], 200);
        client.call(201, "echo", r#"{"value":"through"}"#).await;
        assert_eq!(client.next().await["result"]["structuredContent"]["value"], "through");
    }

    #[tokio::test]
    async fn a_thousand_calls_at_once_get_each_its_own_answer() {
        let mut client = Client::greeted().await;
        for id in 1..=1000 {
            client.call(id, "echo", &format!(r#"{{"value":{id}}}"#)).await;
        }
        let mut seen = BTreeSet::new();
        for _ in 0..1000 {
            let answer = client.next().await;
            assert_eq!(answer["id"], answer["result"]["structuredContent"]["value"]);
            assert!(seen.insert(answer["id"].as_u64().unwrap()));
        }
    }

    #[tokio::test]
    async fn a_panic_is_answered_and_the_server_goes_on() {
        let mut client = Client::greeted().await;
        client.call(1, "fault", "{}").await;
        let answer = client.next().await;
        assert_eq!(answer["result"]["isError"], true);
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "internal");
        assert!(!answer.to_string().contains("as the test asked"), "{answer}");
        client.call(2, "echo", r#"{"value":1}"#).await;
        assert_eq!(client.next().await["id"], 2);
    }

    #[tokio::test]
    async fn a_mistyped_argument_is_told_the_nearest() {
        let mut client = Client::greeted().await;
        client.call(1, "echo", r#"{"vlaue":1}"#).await;
        let answer = client.next().await;
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert_eq!(
            text,
            "bad argument: unknown field `vlaue`, expected `value`\nhint: did you mean `value`?"
        );
        assert_eq!(answer["result"]["structuredContent"]["success"], false);
    }

    #[tokio::test]
    async fn what_was_asked_before_the_input_ended_is_answered() {
        let mut client = Client::start();
        client.send(HELLO).await;
        client.call(1, "echo", r#"{"value":1}"#).await;
        client.close_input().await;
        let ids = [client.next().await["id"].clone(), client.next().await["id"].clone()];
        assert_eq!(ids, [json!(0), json!(1)]);
        client.ended().await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_still_running_after_the_grace_is_answered_as_stopped() {
        let mut client = Client::greeted().await;
        client.call(1, "wait", r#"{"key":"out of time"}"#).await;
        testing::until("started", "out of time").await;
        client.close_input().await;
        let answer = client.next().await;
        assert_eq!((&answer["id"], &answer["result"]["isError"]), (&json!(1), &json!(true)));
        client.ended().await;
    }

    #[tokio::test]
    async fn a_client_that_is_gone_has_its_calls_stopped_at_once() {
        let mut client = Client::greeted().await;
        client.call(1, "wait", r#"{"key":"gone"}"#).await;
        testing::until("started", "gone").await;
        let began = Instant::now();
        client.output_closed.cancel();
        client.close_input().await;
        testing::until("dropped", "gone").await;
        assert!(began.elapsed() < std::time::Duration::from_secs(1));
    }

    #[tokio::test]
    async fn a_client_that_stopped_reading_has_its_calls_stopped() {
        let (input, mut requests) = duplex(1 << 16);
        let (output, answers) = duplex(1 << 16);
        drop(answers);
        let server = testing::server(&Service::empty(), Origin::Local);
        let serving =
            tokio::spawn(super::serve(server, Box::new(input), Box::new(output), std::future::pending()));
        let wait = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"wait","arguments":{{"key":"unread"}},{MODERN}}}}}"#
        );
        requests.write_all(format!("{wait}\n").as_bytes()).await.unwrap();
        testing::until("started", "unread").await;
        requests.write_all(b"not a message\n").await.unwrap();
        testing::until("dropped", "unread").await;
        tokio::time::timeout(std::time::Duration::from_secs(10), serving).await.unwrap().unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_service_that_stops_ends_the_session() {
        let mut client = Client::greeted().await;
        client.call(1, "wait", r#"{"key":"stopped"}"#).await;
        testing::until("started", "stopped").await;
        client.service.stop(super::STOP).await;
        testing::until("dropped", "stopped").await;
        client.ended().await;
    }

    #[tokio::test]
    async fn stray_messages_before_the_first_request_are_passed_over() {
        let mut client = Client::start();
        client.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
        client.send(r#"{"jsonrpc":"2.0","id":9,"result":{}}"#).await;
        client
            .send(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{{{MODERN}}}}}"#))
            .await;
        assert_eq!(client.next().await["id"], 1);
        client.send(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#).await;
        client.send(HELLO).await;
        assert_eq!(client.next().await["id"], 0);
    }

    #[tokio::test]
    async fn malformed_lines_are_answered_and_the_next_is_read() {
        let mut client = Client::greeted().await;
        let deep =
            format!(r#"{{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{}"#, "[".repeat(100_000));
        for line in ["{", "\0\0\0", "[]", "\u{feff}nonsense", &deep] {
            client.send(line).await;
            assert!(client.next().await["error"]["code"].is_i64(), "{line:.50}");
        }
        client.send(r#"{"jsonrpc":"2.0","id":3,"method":"no/such/method"}"#).await;
        assert_eq!(client.next().await["error"]["code"], -32601);
        client.send(r#"{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":["x"]}}"#).await;
        assert_eq!(client.next().await["error"]["code"], -32602);
        client.call(5, "echo", r#"{"value":"on"}"#).await;
        assert_eq!(client.next().await["result"]["structuredContent"]["value"], "on");
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_answered_and_the_next_is_read() {
        let mut client = Client::greeted().await;
        let long = "x".repeat(super::super::transport::MAX_LINE_BYTES + 1);
        client.send(&long).await;
        assert_eq!(client.next().await["error"]["code"], -32600);
        client.call(5, "echo", r#"{"value":"on"}"#).await;
        assert_eq!(client.next().await["id"], 5);
    }
}
