//! The programs as processes: size, start to first answer, memory at rest. Needs them built in the profile that is measured.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Instant,
};

use serde_json::{Value, json};

/// Prints what is to be known of both programs, or how to build them.
pub(crate) fn report(url: &str) {
    for name in ["pg-mcp", "pg-cli"] {
        match fs::metadata(program(name)) {
            Ok(file) => println!("{name}: {:.1} MB", file.len() as f64 / 1e6),
            Err(_) => {
                println!("{name} is not built in this profile: cargo build --release");
                return;
            }
        }
    }
    let begun = Instant::now();
    let mut server = Server::start(url);
    server.initialize();
    let listed = begun.elapsed();
    let resting = server.resident();
    server
        .ask("tools/call", &json!({ "name": "execute_query", "arguments": { "query": "SELECT 1 AS one" } }));
    let answered = begun.elapsed();
    println!("pg-mcp: start to initialized {:.1} ms, to the first row {:.1} ms", ms(listed), ms(answered));
    println!("pg-mcp: resident at rest {resting}, after the first query {}", server.resident());

    let point =
        json!({ "name": "execute_query", "arguments": { "query": crate::driver::POINT, "params": [7] } });
    let begun = Instant::now();
    for _ in 0..1000 {
        server.ask("tools/call", &point);
    }
    println!("pg-mcp: 1,000 point queries over stdio {:.1} ms", ms(begun.elapsed()));
    let begun = Instant::now();
    for _ in 0..1000 {
        server.ask("tools/call", &json!({ "name": "health_check", "arguments": {} }));
    }
    println!("pg-mcp: 1,000 calls of health_check over stdio {:.1} ms", ms(begun.elapsed()));
}

fn ms(duration: std::time::Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The program beside this one.
fn program(name: &str) -> PathBuf {
    std::env::current_exe().unwrap().with_file_name(name)
}

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    next: u64,
}

impl Server {
    fn start(url: &str) -> Self {
        let mut child = Command::new(program("pg-mcp"))
            .env_clear()
            .env("DATABASE_URL", url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output, next: 0 }
    }

    fn initialize(&mut self) {
        self.ask(
            "initialize",
            &json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "bench", "version": "1" } }),
        );
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        self.ask("tools/list", &json!({}));
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.input, "{message}").unwrap();
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).unwrap();
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["id"] == json!(id) {
                assert!(
                    message["result"].is_object() && message["result"]["isError"] != json!(true),
                    "{message}"
                );
                return message;
            }
        }
    }

    /// Resident memory, as the operating system counts it.
    fn resident(&self) -> String {
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
