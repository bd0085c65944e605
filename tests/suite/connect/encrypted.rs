//! What goes on over an encrypted session: statements are stopped, and large messages refused, as over one that is not.
//!
//! Separate from the other tests of connecting because these run statements, through a service.

use std::sync::{Arc, Mutex};

use pg_core::{Access, Call, ErrorKind, Service};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::server::Server;
use crate::support::service::{adjusted, ask, failed, told};

/// The code of a request for TLS, behind the length. Source: PostgreSQL documentation, "Message Formats", SSLRequest.
const ASKS_FOR_TLS: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

fn service(port: u16, options: &str, adjust: impl FnOnce(&mut pg_core::ConnectionEntry)) -> Service {
    adjusted(&format!("postgresql://by_trust@127.0.0.1:{port}/postgres?{options}"), Access::Read, adjust)
}

/// Leads to a port and remembers with which bytes each connection began.
async fn watched(port: u16) -> (u16, Arc<Mutex<Vec<[u8; 8]>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let begun = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&begun);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let seen = Arc::clone(&seen);
            tokio::spawn(async move {
                let mut first = [0; 8];
                if client.read_exact(&mut first).await.is_err() {
                    return;
                }
                seen.lock().unwrap().push(first);
                let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                server.write_all(&first).await.unwrap();
                let _ended = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (own, begun)
}

#[tokio::test]
async fn a_statement_of_an_encrypted_session_is_stopped_by_an_encrypted_request() {
    let server = Server::with_tls();
    for mode in ["require", "prefer"] {
        let (port, begun) = watched(server.port).await;
        let service = service(port, &format!("sslmode={mode}"), |entry| entry.pool_size = 2);
        let call = Call::new(&service);
        let token = call.cancellation().clone();
        let running = format!("SELECT count(*) FROM pg_sleep(1000) /* encrypted {mode} */");
        let query = json!({"query": running});
        let asking = tokio::spawn(async move { ask(&call, "execute_query", query).await });
        let looking = json!({
            "query": "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND position($1 in query) > 0",
            "params": [format!("encrypted {mode} */")],
        });
        let sleeping =
            async || told(&service, "execute_query", looking.clone()).await["rows"][0]["count"].clone();
        while sleeping().await != json!(1) {}
        token.cancel();
        assert_eq!(asking.await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
        while sleeping().await != json!(0) {}
        let begun = begun.lock().unwrap().clone();
        assert!(begun.len() >= 3, "two sessions and a request to cancel: {begun:?}");
        assert!(begun.iter().all(|first| *first == ASKS_FOR_TLS), "{mode}: {begun:?}");
    }
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_encrypted_or_not() {
    let (with, without) = (Server::with_tls(), Server::without_tls());
    for (port, mode) in [
        (with.port, "require"),
        (with.port, "prefer"),
        (with.port, "disable"),
        (without.port, "prefer"),
        (without.port, "disable"),
    ] {
        let service = service(port, &format!("sslmode={mode}"), |entry| {
            entry.pool_size = 1;
            entry.limits.max_bytes = 64 << 20;
            entry.limits.max_message_bytes = 1 << 20;
        });
        let query = |bytes: u32| json!({"query": "SELECT repeat('x', $1) AS x", "params": [bytes]});
        told(&service, "execute_query", query((1 << 20) - 100)).await;
        let report = failed(&service, "execute_query", query(1 << 20)).await;
        assert!(report.message.contains("1048576 bytes that one may have"), "{mode}: {report}");
        assert!(report.hint.as_deref().unwrap_or_default().contains("max_message_bytes"), "{report}");
        told(&service, "execute_query", query(1000)).await;
    }
}
