//! Programs that are asked in JSON-RPC over pipes, a line a message.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

/// The program beside this one.
pub(crate) fn program(name: &str) -> PathBuf {
    std::env::current_exe().unwrap().with_file_name(name)
}

/// A program that was started, and the numbers of what it was asked.
pub(crate) struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    next: u64,
}

impl Server {
    /// pg-mcp on a database.
    pub(crate) fn toolkit(url: &str) -> Self {
        Self::start(Command::new(program("pg-mcp")).env_clear().env("DATABASE_URL", url))
    }

    /// The bare driver behind the same pipe.
    pub(crate) fn driver(url: &str) -> Self {
        Self::start(Command::new(std::env::current_exe().unwrap()).args([crate::piped::AS_SERVER, url]))
    }

    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output, next: 0 }
    }

    /// What a client says first.
    pub(crate) fn initialize(&mut self) {
        self.ask(
            "initialize",
            &json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "bench", "version": "1" } }),
        );
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.input, "{message}").unwrap();
    }

    fn request(&mut self, method: &str, params: &Value) -> u64 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The next answer to any request.
    fn answer(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the program has ended");
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["id"].is_u64() {
                let result = &message["result"];
                assert!(result.is_object() && result["isError"] != json!(true), "{message}");
                return message;
            }
        }
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.request(method, params);
        let answer = self.answer();
        assert_eq!(answer["id"], json!(id));
        answer
    }

    /// Asks many times, with so many questions open at any moment.
    pub(crate) fn ask_in_flight(&mut self, count: usize, open: usize, method: &str, params: &Value) {
        for _ in 0..open {
            self.request(method, params);
        }
        for answered in 0..count {
            self.answer();
            if answered + open < count {
                self.request(method, params);
            }
        }
    }

    /// Resident memory, as the operating system counts it.
    pub(crate) fn resident(&self) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.map_or("unknown".to_owned(), |line| line.trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has nothing to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
