//! The programs as processes: size, start to first answer, memory at rest. Needs them built in the profile that is measured.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::rpc::{Server, program};

/// Rounds; the best of each side counts.
const ROUNDS: usize = 5;
/// Point queries of one measurement.
const CALLS: usize = 1_000;

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
    let mut server = Server::toolkit(url);
    server.initialize();
    let initialized = begun.elapsed();
    let resting = server.resident();
    server.ask("tools/list", &json!({}));
    let (listed, with_list) = (begun.elapsed(), server.resident());
    server
        .ask("tools/call", &json!({ "name": "execute_query", "arguments": { "query": "SELECT 1 AS one" } }));
    let answered = begun.elapsed();
    println!(
        "pg-mcp: start to initialized {:.1} ms, to the list of tools {:.1} ms, to the first row {:.1} ms",
        ms(initialized),
        ms(listed),
        ms(answered)
    );
    println!(
        "pg-mcp: resident at rest {resting}, after the list of tools {with_list}, after the first query {}",
        server.resident()
    );

    let begun = Instant::now();
    for _ in 0..CALLS {
        server.ask("tools/call", &json!({ "name": "health_check", "arguments": {} }));
    }
    println!("pg-mcp: {CALLS} calls of health_check over stdio {:.1} ms", ms(begun.elapsed()));
    over_pipes(url, &mut server);
    whole_csv(url);
}

/// Point queries through pg-mcp beside the bare driver behind the same pipe.
fn over_pipes(url: &str, toolkit: &mut Server) {
    let point =
        json!({ "name": "execute_query", "arguments": { "query": crate::driver::POINT, "params": [7] } });
    let mut driver = Server::driver(url);
    let mut http = Http::start(url);
    for (name, open) in [("one after the other", 1), ("32 in flight", 32)] {
        let mut best = [Duration::MAX; 3];
        for _ in 0..ROUNDS {
            note(&mut best[0], || driver.ask_in_flight(CALLS, open, "tools/call", &point));
            note(&mut best[1], || toolkit.ask_in_flight(CALLS, open, "tools/call", &point));
            if open == 1 {
                note(&mut best[2], || (0..CALLS).for_each(|_| http.ask("tools/call", &point)));
            }
        }
        crate::line(&format!("{CALLS} point queries over stdio, {name}"), best[0], best[1]);
        if open == 1 {
            crate::line("the same over HTTP (stdio; HTTP)", best[1], best[2]);
        }
    }
}

/// A million rows to CSV, beside psql.
fn whole_csv(url: &str) {
    let Some(psql) = crate::bulk::psql() else {
        println!("no psql on this machine: CSV was not compared");
        return;
    };
    let text = crate::driver::ROWS.replace("$1::int", "1000000");
    let mut best = [Duration::MAX; 2];
    let mut peak = String::new();
    for _ in 0..3 {
        note(&mut best[0], || {
            drain(Command::new(&psql).args([url, "--csv", "-c", &text]));
        });
        note(&mut best[1], || {
            peak = drain(Command::new(program("pg-cli")).env("DATABASE_URL", url).args([
                "query",
                "--format",
                "csv",
                "--timeout",
                "300",
                &text,
            ]));
        });
    }
    crate::line("1,000,000 rows of 10 columns as CSV (psql --csv; pg-cli)", best[0], best[1]);
    println!("pg-cli: most resident memory meanwhile {peak}");
}

/// Reads what a program writes, and gives the most memory that it had towards the end.
fn drain(command: &mut Command) -> String {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let (mut buffer, mut bytes, mut peak) = (vec![0; 1 << 16], 0, String::new());
    let status = format!("/proc/{}/status", child.id());
    let mut looked = 0;
    loop {
        let read = output.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        bytes += read;
        // Now and then: looking costs time.
        if bytes - looked > 20_000_000 {
            looked = bytes;
            let text = fs::read_to_string(Path::new(&status)).unwrap_or_default();
            if let Some(line) = text.lines().find_map(|line| line.strip_prefix("VmHWM:")) {
                peak = line.trim().to_owned();
            }
        }
    }
    assert!(child.wait().unwrap().success() && bytes > 1_000_000);
    peak
}

fn note(best: &mut Duration, work: impl FnOnce()) {
    let begun = Instant::now();
    work();
    *best = (*best).min(begun.elapsed());
}

/// pg-mcp over HTTP, asked by one client on one connection.
struct Http {
    child: std::process::Child,
    stream: BufReader<TcpStream>,
    address: String,
    next: u64,
}

impl Http {
    fn start(url: &str) -> Self {
        let address = {
            // A port that was free a moment ago.
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().to_string()
        };
        let child = Command::new(program("pg-mcp"))
            .env_clear()
            .env("DATABASE_URL", url)
            .args(["--http", &address])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stream = loop {
            match TcpStream::connect(&address) {
                Ok(stream) => break stream,
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        stream.set_nodelay(true).unwrap();
        Self { child, stream: BufReader::new(stream), address, next: 0 }
    }

    /// Asks in the stateless protocol, and reads the answer to its end.
    fn ask(&mut self, method: &str, params: &Value) {
        self.next += 1;
        let mut params = params.clone();
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let body =
            json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params }).to_string();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
             Mcp-Protocol-Version: 2026-07-28\r\nMcp-Method: {method}\r\nMcp-Name: execute_query\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let answer = self.response();
        assert!(answer.contains("\"structuredContent\""), "{answer}");
    }

    /// One response: by its length, or in chunks.
    fn response(&mut self) -> String {
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.line();
            let lower = line.to_ascii_lowercase();
            if let Some(told) = lower.strip_prefix("content-length:") {
                length = told.trim().parse().unwrap();
            }
            chunked |= lower.starts_with("transfer-encoding: chunked");
            if line.is_empty() {
                break;
            }
        }
        let mut whole = Vec::new();
        if chunked {
            loop {
                let size = usize::from_str_radix(&self.line(), 16).unwrap();
                self.take(size, &mut whole);
                self.line();
                if size == 0 {
                    break;
                }
            }
        } else {
            self.take(length, &mut whole);
        }
        String::from_utf8(whole).unwrap()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.stream.read_line(&mut line).unwrap() > 0, "the server hung up");
        line.trim_end().to_owned()
    }

    fn take(&mut self, length: usize, whole: &mut Vec<u8>) {
        let start = whole.len();
        whole.resize(start + length, 0);
        self.stream.read_exact(&mut whole[start..]).unwrap();
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        // It has nothing to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
