//! pg-mcp on stdio, spoken to in raw JSON-RPC: what a client sends and gets, to the byte.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The program, with nothing of this process's environment and these variables instead.
pub(crate) fn command<'a>(variables: impl IntoIterator<Item = (&'a str, String)>) -> Command {
    let mut command = Command::new(pg_tests::binary("pg-mcp"));
    command.env_clear().envs(variables).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// A session on the program's standard input and output.
#[derive(Debug)]
pub(crate) struct Session {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    calls: u64,
}

/// The answer to a call of a tool.
#[derive(Debug)]
pub(crate) struct Answer {
    pub is_error: bool,
    /// The text that a model reads.
    pub text: String,
    /// The structured content that a program reads.
    pub structured: Value,
}

impl Session {
    /// Starts the program and shakes hands.
    pub(crate) fn start(command: Command) -> Self {
        Self::able(command, &json!({}))
    }

    /// The same, as a client with these capabilities.
    pub(crate) fn able(command: Command, capabilities: &Value) -> Self {
        let mut session = Self::unshaken(command);
        let hello = json!({"protocolVersion": "2025-11-25", "capabilities": capabilities, "clientInfo": {"name": "suite", "version": "1"}});
        let hello = session.request("initialize", &hello);
        assert!(hello["result"]["serverInfo"].is_object(), "{hello}");
        session.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        session
    }

    /// Starts the program, for a client of the protocol without a handshake.
    pub(crate) fn unshaken(mut command: Command) -> Self {
        let mut child = command.spawn().expect("pg-mcp starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        Self { child, input, output, calls: 0 }
    }

    /// Starts the program with `DATABASE_URL` set and one more argument pair.
    pub(crate) fn on(url: &str, access: &str) -> Self {
        let mut command = command([("DATABASE_URL", url.to_owned())]);
        command.args(["--access", access]);
        Self::start(command)
    }

    fn send(&mut self, message: &Value) {
        let input = self.input.as_mut().expect("the input is open");
        writeln!(input, "{message}").expect("pg-mcp reads");
    }

    /// Sends a request and reads its answer, passing over notifications.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        let id = self.begin(method, params);
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).expect("stdout is readable");
            assert!(read > 0, "pg-mcp ended without an answer to {method}");
            let message: Value =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: stdout said {line}"));
            if message["id"] == json!(id) {
                return message;
            }
        }
    }

    /// Sends a request, answers what the server asks meanwhile, and reads the answer.
    pub(crate) fn conversation(
        &mut self,
        method: &str,
        params: &Value,
        mut reply: impl FnMut(&Value) -> Value,
    ) -> Value {
        let id = self.begin(method, params);
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).expect("stdout is readable");
            assert!(read > 0, "pg-mcp ended without an answer to {method}");
            let message: Value =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: stdout said {line}"));
            if message["method"].is_string() && !message["id"].is_null() {
                let result = reply(&message);
                self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": result}));
            } else if message["id"] == json!(id) {
                return message;
            }
        }
    }

    /// Sends a request without waiting for its answer; gives its id.
    pub(crate) fn begin(&mut self, method: &str, params: &Value) -> u64 {
        self.calls += 1;
        let id = self.calls;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Calls a tool.
    pub(crate) fn call(&mut self, tool: &str, arguments: &Value) -> Answer {
        let answer = self.request("tools/call", &json!({"name": tool, "arguments": arguments}));
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{tool}: {answer}"));
        Answer {
            is_error: result["isError"] == json!(true),
            text: text.to_owned(),
            structured: result["structuredContent"].clone(),
        }
    }

    /// The error of a call that must fail.
    pub(crate) fn refused(&mut self, tool: &str, arguments: &Value) -> Value {
        let answer = self.call(tool, arguments);
        assert!(answer.is_error, "{tool} should fail: {}", answer.text);
        answer.structured["error"].clone()
    }

    /// The result of a call that must succeed.
    pub(crate) fn done(&mut self, tool: &str, arguments: &Value) -> Value {
        let answer = self.call(tool, arguments);
        assert!(!answer.is_error, "{tool}: {}", answer.text);
        answer.structured
    }

    /// Reads the beginning of what the program is writing.
    pub(crate) fn read_some(&mut self) {
        assert!(
            !self.output.fill_buf().expect("stdout is readable").is_empty(),
            "pg-mcp ended without an answer"
        );
    }

    /// The most memory that the program has had so far, in bytes. Source: proc(5), VmHWM.
    pub(crate) fn peak_memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("the program runs on Linux");
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line of the kernel's");
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kib << 10
    }

    /// Kills the program, which then can clean up nothing.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("a child");
        self.child.wait().expect("a child");
    }

    /// Closes both streams, as a client does that goes away, and waits for the program's end; gives its exit code.
    pub(crate) fn leave(mut self, within: Duration) -> i32 {
        drop(self.input.take());
        let Self { mut child, output, .. } = self;
        drop(output);
        let until = Instant::now() + within;
        loop {
            if let Some(status) = child.try_wait().expect("a child") {
                return status.code().unwrap_or_else(|| panic!("ended by a signal: {status}"));
            }
            assert!(Instant::now() < until, "still running after {within:?}");
            std::thread::yield_now();
        }
    }
}
