//! Clients for these tests, no cleverer than the protocol: one that writes and reads lines, one that posts.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot speak to its server fails there and then"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::Duration,
};

use serde_json::Value;

/// What every request of the newer protocol carries.
pub(super) const MODERN: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;
/// How long an answer may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program, knowing one database.
pub(super) fn program(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(pg_tests::binary("pg-mcp"));
    command.env_clear().env("DATABASE_URL", url).args(arguments);
    command
}

/// A client on the program's standard input and output, greeted.
pub(crate) struct Piped {
    pub(super) child: Child,
    pub(super) input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Piped {
    pub(crate) fn start(url: &str, arguments: &[&str]) -> Self {
        let mut command = program(url, arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program");
        let input = child.stdin.take();
        let lines = read(child.stdout.take().expect("a pipe"));
        let mut client = Self { child, input, lines };
        client.send(super::HELLO);
        let hello = client.next();
        assert_eq!(hello["result"]["serverInfo"]["name"], "pg-mcp", "{hello}");
        client.send(super::INITIALIZED);
        client
    }

    pub(super) fn send(&mut self, line: &str) {
        let input = self.input.as_mut().expect("an open input");
        input.write_all(line.as_bytes()).and_then(|()| input.write_all(b"\n")).expect("written");
    }

    pub(crate) fn call(&mut self, id: u32, tool: &str, arguments: &str) {
        self.send(&call(id, tool, arguments, ""));
    }

    /// The next line, as it came.
    pub(super) fn line(&mut self) -> String {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => panic!("no answer within {PATIENCE:?}"),
            Err(RecvTimeoutError::Disconnected) => panic!("the program ended"),
        }
    }

    pub(super) fn next(&mut self) -> Value {
        serde_json::from_str(&self.line()).expect("a message")
    }

    /// The result of one call that waits for its answer.
    pub(crate) fn answer(&mut self, tool: &str, arguments: &str) -> Value {
        self.call(1, tool, arguments);
        let answer = self.next();
        assert_eq!(answer["id"], 1, "{answer}");
        answer["result"].clone()
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// The program serving HTTP.
pub(super) struct Site {
    /// The program; nothing where somebody else answers at the address.
    child: Option<Child>,
    address: String,
}

impl Site {
    pub(crate) fn start(url: &str) -> Self {
        Self::with(program(url, &[]))
    }

    /// The program with these arguments and this environment.
    pub(crate) fn with(mut command: Command) -> Self {
        command.args(["--http", "127.0.0.1:0"]);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let found = lines
            .find_map(|line| line.expect("a line").strip_prefix("listening on http://").map(str::to_owned))
            .expect("a line that says where it listens");
        std::thread::spawn(move || lines.for_each(drop));
        let address = found.trim_end_matches("/mcp").to_owned();
        Self { child: Some(child), address }
    }

    /// Whatever listens on a port of this machine.
    pub(super) fn at(port: u16) -> Self {
        Self { child: None, address: format!("127.0.0.1:{port}") }
    }

    /// Where the program listens.
    pub(super) fn address(&self) -> std::net::SocketAddr {
        self.address.parse().expect("an address")
    }

    /// Posts a message, and leaves the connection open.
    pub(super) fn post(&self, headers: &str, body: &str) -> TcpStream {
        self.send("POST /mcp", headers, body)
    }

    /// Asks for a path, and gives the whole reply.
    pub(super) fn get(&self, path: &str, headers: &str) -> String {
        let mut reply = String::new();
        self.send(&format!("GET {path}"), headers, "").read_to_string(&mut reply).expect("a reply");
        reply
    }

    /// A connection on which nothing was said yet.
    pub(super) fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).expect("a connection")
    }

    fn send(&self, request: &str, headers: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let head = format!(
            "{request} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("written");
        stream
    }

    /// Posts a message, and gives the whole reply.
    pub(super) fn ask(&self, headers: &str, body: &str) -> String {
        let mut reply = String::new();
        self.post(headers, body).read_to_string(&mut reply).expect("a reply");
        reply
    }

    /// The headers of a session of the older protocol.
    pub(super) fn session(&self) -> String {
        let reply = self.ask("", super::HELLO).to_lowercase();
        let id = reply.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).expect("a session");
        format!("Mcp-Session-Id: {id}\r\nMCP-Protocol-Version: 2025-11-25\r\n")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The headers of a call of the newer protocol.
pub(super) fn modern(tool: &str) -> String {
    format!("MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: {tool}\r\n")
}

/// A call as a message, with more parameters at its end.
pub(super) fn call(id: u32, tool: &str, arguments: &str, rest: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}{rest}}}}}"#
    )
}
