//! Reports as their readers get them: through pg-cli, through pg-mcp, over HTTP and in a browser, with the values that the
//! server itself gives.
#![expect(clippy::disallowed_methods, reason = "tests ask the server past the toolkit")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use pg_tests::Database;
use serde_json::{Value, json};
use tokio_postgres::SimpleQueryMessage;

use crate::support::mcp::Session;
use crate::support::{command, configuration, mcp};

/// What moves between two runs of a query: the server's own counters and the time of day.
const MOVING: [&str; 2] = ["database-health", "hours_ago"];

const READY: [&str; 8] = [
    "customer-lifetime-value",
    "data-quality",
    "database-health",
    "forecast",
    "inventory-alerts",
    "product-affinity",
    "rfm-segments",
    "sales",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/reports")
}

/// The configuration of the use cases with the ready reports.
fn configured(database: &Database) -> PathBuf {
    let connections = std::fs::read_to_string(configuration::use_cases(database)).expect("a configuration");
    configuration::file(&format!("[reports]\nfolder = {:?}\n\n{connections}", folder()))
}

fn run(configuration: &Path, words: &[&str]) -> command::Ended {
    let file = configuration.to_string_lossy();
    command::command([]).args(words).args(["--config", &file]).output().expect("pg-cli starts").into()
}

/// A report with a query in each panel, on the shop's only connection.
fn report(panels: &[(&str, &str)]) -> String {
    let mut text = String::from("title = 'Tried <script>alert(1)</script>'\n");
    for (index, (sql, panel)) in panels.iter().enumerate() {
        text.push_str(&format!("[queries.q{index}]\nsql = {sql:?}\n"));
        text.push_str(&format!("[[panels]]\ntitle = 'panel {index}'\nquery = 'q{index}'\n{panel}\n"));
    }
    text
}

fn tried(url: &str, panels: &[(&str, &str)], words: &[&str]) -> command::Ended {
    let text = report(panels);
    let words: Vec<&str> =
        ["run-report", "--definition", &text].into_iter().chain(words.iter().copied()).collect();
    command::on(url, &words)
}

/// Letters and digits alone: the two ways in which a moment is written differ in nothing else but a T and the minutes of UTC.
fn essence(text: &str) -> String {
    text.strip_suffix("+00:00")
        .map_or(text.to_owned(), |moment| format!("{moment}+00"))
        .chars()
        .filter(|each| each.is_alphanumeric() && *each != 'T')
        .collect()
}

fn cell(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(essence(text)),
        other => Some(essence(&other.to_string())),
    }
}

/// The rows that the bare driver gives for a query of a report, with the defaults in place of its parameters.
async fn expected(
    database: &Database,
    query: &toml::Table,
    parameters: Option<&toml::Table>,
) -> Vec<Vec<Option<String>>> {
    let admin = database.admin().await;
    let mut sql = query["sql"].as_str().expect("a text").to_owned();
    let names = query.get("parameters").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    for (index, name) in names.iter().enumerate() {
        let default = &parameters.expect("parameters")[name.as_str().expect("a name")]["default"];
        sql = sql.replace(&format!("${}", index + 1), &default.to_string());
    }
    let messages = admin.simple_query(&sql).await.unwrap_or_else(|error| panic!("{error:?}: {sql}"));
    let row = |message: SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|at| row.get(at).map(essence)).collect()),
        _ => None,
    };
    messages.into_iter().filter_map(row).collect()
}

#[tokio::test]
async fn every_ready_report_gives_what_the_server_gives() {
    let database = Database::shop().await;
    let configuration = configured(&database);
    for name in READY {
        let text = std::fs::read_to_string(folder().join(format!("{name}.toml"))).expect("a report");
        let definition: toml::Table = toml::from_str(&text).expect("TOML");
        let ended = run(&configuration, &["report", name, "--format", "json"]);
        let answer = ended.json();
        assert_eq!(answer["failed"], 0, "{name}: {answer:#}");
        assert_eq!(ended.code, Some(i32::from(answer["broken"] != 0)), "{name}: {}", answer["broken"]);
        for panel in answer["panels"].as_array().expect("panels") {
            let query =
                definition["queries"][panel["query"].as_str().expect("a name")].as_table().expect("a table");
            let wanted =
                expected(&database, query, definition.get("parameters").and_then(toml::Value::as_table))
                    .await;
            let columns: Vec<&str> =
                panel["columns"].as_array().expect("columns").iter().filter_map(Value::as_str).collect();
            let rows = panel["rows"].as_array().expect("rows");
            assert!(!rows.is_empty(), "{name}: {} shows nothing", panel["title"]);
            assert_eq!(rows.len(), wanted.len(), "{name}: {}", panel["title"]);
            for (row, wanted) in rows.iter().zip(&wanted).filter(|_| !MOVING.contains(&name)) {
                for (at, column) in columns.iter().enumerate().filter(|(_, column)| !MOVING.contains(column))
                {
                    assert_eq!(cell(&row[at]), wanted[at], "{name}: {} {column} of {row}", panel["title"]);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_forecast_stands_beside_the_errors_that_it_made() {
    let database = Database::shop().await;
    let ended = run(&configured(&database), &["report", "forecast", "--format", "json"]);
    let panel = &ended.json()["panels"][0];
    let forecast = &panel["forecast"];
    assert_eq!(forecast["points"].as_array().map(Vec::len), Some(6), "{forecast:#}");
    for point in forecast["points"].as_array().expect("points") {
        let number = |name: &str| point[name].as_f64().expect("a number");
        assert!(number("lower") <= number("value") && number("value") <= number("upper"), "{point}");
    }
    let tests = forecast["backtests"].as_array().expect("back-tests");
    assert!(!tests.is_empty() && tests.iter().all(|test| test["values"].as_u64() > Some(0)), "{forecast:#}");
    assert!(
        tests.iter().all(|test| test["values"] == tests[0]["values"]),
        "compared on other values: {forecast:#}"
    );
    let best = tests.iter().min_by(|one, other| {
        let error = |test: &Value| test["mean_absolute_error"].as_f64().expect("a number");
        error(one).total_cmp(&error(other))
    });
    assert_eq!(best.map(|test| &test["method"]), Some(&forecast["method"]));
}

#[tokio::test]
async fn a_failed_query_leaves_the_others_standing() {
    let database = Database::shop().await;
    let panels = [
        ("SELECT 1 AS one", "show = 'number'"),
        ("SELECT nothing FROM nowhere", ""),
        ("SELECT 2 AS two", ""),
    ];
    let ended = tried(&database.reader_url(), &panels, &["--format", "json"]);
    let answer = ended.json();
    let states: Vec<&str> =
        answer["panels"].as_array().unwrap().iter().filter_map(|panel| panel["status"].as_str()).collect();
    assert_eq!(states, ["ok", "failed", "ok"], "{answer:#}");
    assert_eq!((&answer["success"], &answer["status"]), (&json!(false), &json!("failed")));
    assert_eq!(answer["panels"][1]["error"]["sqlstate"], "42P01", "{answer:#}");
    assert_eq!(ended.code, Some(3));
    let page = tried(&database.reader_url(), &panels, &["--format", "html"]).stdout;
    assert!(page.contains("42P01") && page.contains("panel 2"), "{page}");
}

#[tokio::test]
async fn broken_thresholds_end_a_command_with_1() {
    let database = Database::shop().await;
    let sql = "SELECT n FROM generate_series(1, 5) AS n";
    for (threshold, code) in
        [("above = 4", 1), ("above = 5", 0), ("below = 1", 0), ("rows = 5", 1), ("rows = 6", 0)]
    {
        let panel = format!("[[panels.thresholds]]\n{threshold}\nmessage = 'look'");
        let ended = tried(&database.reader_url(), &[(sql, &panel)], &["--format", "json"]);
        assert_eq!(ended.code, Some(code), "{threshold}: {ended:?}");
        assert_eq!(ended.json()["broken"], code, "{threshold}");
    }
    let panel = "[[panels.thresholds]]\nabove = 4\nseverity = 'critical'";
    assert_eq!(tried(&database.reader_url(), &[(sql, panel)], &["--format", "nagios"]).code, Some(2));
}

#[tokio::test]
async fn a_report_changes_nothing() {
    let database = Database::shop().await;
    let panels = [("UPDATE customers SET name = 'x' RETURNING name", "")];
    let ended = tried(&database.owner_url(), &panels, &["--format", "json", "--access", "write"]);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    let changed = database.admin().await.query("SELECT FROM customers WHERE name = 'x'", &[]).await.unwrap();
    assert!(changed.is_empty());
}

#[tokio::test]
async fn limits_and_masks_hold_in_a_report() {
    let database = Database::shop().await;
    let configuration = configuration::file(&format!(
        "[connections.shop]\nurl = {:?}\n[connections.shop.limits]\nrows = 3\nmax_rows = 3\n\
         [[connections.shop.policy.masked_columns]]\ncolumn = \"public.customers.email\"\nmethod = \"constant\"\nvalue = \"hidden\"\n",
        database.reader_url()
    ));
    let text = report(&[("SELECT name, email FROM customers ORDER BY 1", "")]);
    for format in ["json", "html", "table", "markdown"] {
        let ended = run(&configuration, &["report", "--definition", &text, "--format", format]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.stdout.contains("hidden") && !ended.stdout.contains("@example"), "{}", ended.stdout);
        assert!(ended.stdout.contains("the limit of 3"), "{format}: {}", ended.stdout);
    }
}

#[tokio::test]
async fn nothing_of_a_database_is_markup_or_steers_a_terminal() {
    let database = Database::shop().await;
    let wild = r#"SELECT '<script>alert(1)</script>' || n AS "<img src=x>", '</text><script>alert(2)</script>' AS name, n, chr(27) || '[31m' AS red FROM generate_series(1, 3) AS n"#;
    let panels: Vec<(&str, &str)> = vec![
        (wild, ""),
        (wild, "show = 'bar'\nx = 'name'"),
        (wild, "show = 'line'\nx = 'name'\ny = ['n']"),
        (wild, "show = 'heat_map'\nx = 'name'\ny = ['red']\nvalue = 'n'"),
        (wild, "show = 'number'\nvalue = 'name'"),
    ];
    let page = tried(&database.reader_url(), &panels, &["--format", "html"]);
    assert_eq!(page.code, Some(0), "{page:?}");
    for markup in ["<script", "<img", "alert(2)</script", "\u{1b}"] {
        assert!(!page.stdout.contains(markup), "{markup} in {}", page.stdout);
    }
    assert!(page.stdout.contains("&lt;script&gt;alert(1)"));
    assert_eq!(page.stdout.matches("<svg ").count(), 3);
    assert_eq!(page.stdout.matches("role=\"img\" aria-labelledby").count(), 3);
    for network in ["http://", "https://", "url(", "@import", "<link"] {
        let found = page.stdout.replace("http://www.w3.org/2000/svg", "").contains(network);
        assert!(!found, "{network} in the page");
    }
    let text = tried(&database.reader_url(), &panels, &["--format", "table"]).stdout;
    assert!(!text.contains('\u{1b}') && text.contains('█'), "{text}");
}

#[tokio::test]
async fn a_mistake_in_a_report_is_told_with_its_place() {
    let database = Database::shop().await;
    let path = configuration::file(
        "title = 'x'\n[queries.q]\nsql = 'SELECT 1'\n[[panels]]\ntitle = 'p'\nqery = 'q'\n",
    );
    let ended = command::on(&database.reader_url(), &["report", &path.to_string_lossy(), "--format", "json"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let message = ended.error()["message"].as_str().unwrap_or_default().to_owned();
    assert!(message.contains(":6:1") && message.contains("did you mean `query`"), "{message}");
}

#[tokio::test]
async fn over_mcp_a_report_is_one_of_the_folder_and_no_path() {
    let database = Database::shop().await;
    let configuration = configured(&database);
    let mut command = mcp::command([]);
    command.arg("--config").arg(&configuration);
    let mut session = Session::start(command);
    let listed = session.done("list_reports", &json!({}));
    let names: Vec<&str> =
        listed["reports"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, READY);
    let here = session.done("run_report", &json!({"report": "rfm-segments", "parameters": {"days": 700}}));
    let there =
        run(&configuration, &["report", "rfm-segments", "--parameters", "days=700", "--format", "json"])
            .json();
    assert_eq!(here["panels"], there["panels"]);
    for path in
        ["../reports/sales", "sales.toml", "/etc/passwd", &folder().join("sales.toml").to_string_lossy()]
    {
        let refused = session.refused("run_report", &json!({"report": path}));
        assert!(refused["message"].as_str().unwrap().contains("there is no report"), "{path}: {refused}");
    }
    let refused = session.refused("run_report", &json!({"report": "sales", "parameters": {"dys": 1}}));
    assert!(refused["message"].as_str().unwrap().contains("it takes days"), "{refused}");
}

/// pg-mcp over HTTP, ended with the test.
struct Site {
    child: Child,
    address: String,
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Site {
    fn start(configuration: &Path) -> Self {
        use std::io::{BufRead, BufReader};
        let mut child = mcp::command([])
            .args(["--http", "127.0.0.1:0", "--config"])
            .arg(configuration)
            .stderr(Stdio::piped())
            .spawn()
            .expect("pg-mcp starts");
        let mut lines = BufReader::new(child.stderr.take().expect("stderr is a pipe")).lines();
        let address = lines
            .find_map(|line| line.expect("a line").strip_prefix("listening on http://").map(str::to_owned))
            .expect("it listens");
        let address = address.split('/').next().unwrap_or_default().to_owned();
        // A pipe that nobody reads fills up.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn get(&self, path: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let host =
            if headers.contains("Host:") { String::new() } else { format!("Host: {}\r\n", self.address) };
        write!(stream, "GET {path} HTTP/1.1\r\n{host}{headers}Connection: close\r\n\r\n").expect("a request");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("a reply");
        reply
    }
}

#[tokio::test]
async fn reports_are_served_live_behind_the_checks_of_every_route() {
    let database = Database::shop().await;
    let site = Site::start(&configured(&database));
    let index = site.get("/reports", "");
    assert!(index.starts_with("HTTP/1.1 200") && index.contains("href=\"/reports/sales\""), "{index}");
    let page = site.get("/reports/sales?days=60", "");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("days = 60"), "{page}");
    let page = site.get("/reports/rfm-segments", "");
    let lower = page.to_lowercase();
    assert!(
        lower.contains("content-security-policy: default-src 'none'") && lower.contains("nosniff"),
        "{page}"
    );
    let tag = lower.lines().find_map(|line| line.strip_prefix("etag: w/")).expect("a tag").to_owned();
    let again = site.get("/reports/rfm-segments", &format!("If-None-Match: W/{}\r\n", tag.trim()));
    assert!(again.starts_with("HTTP/1.1 304"), "{again}");
    let json = site.get("/reports/rfm-segments", "Accept: application/json\r\n");
    assert!(json.contains("\"title\":\"RFM segments\""), "{json}");
    for (path, headers, code) in [
        ("/reports/nothing", "", 404),
        ("/reports/..%2Fsales", "", 404),
        ("/reports/sales?days=x", "", 400),
        ("/reports/sales?days", "", 400),
        ("/reports/sales", "Host: evil.example.com\r\n", 403),
        ("/reports/sales", "Origin: https://evil.example.com\r\n", 403),
        ("/reports/sales", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n", 403),
    ] {
        let reply = site.get(path, headers);
        assert!(reply.starts_with(&format!("HTTP/1.1 {code}")), "{path} {headers}: {reply}");
        assert!(!reply.contains("examples/reports"), "{reply}");
    }
}

#[tokio::test]
async fn a_token_sees_reports_through_its_own_connections_only() {
    let database = Database::shop().await;
    let configuration = configured(&database);
    let text = std::fs::read_to_string(&configuration).expect("a configuration");
    let token =
        Command::new(pg_tests::binary("pg-mcp")).env_clear().args(["token", "desk"]).output().expect("run");
    let table = String::from_utf8(token.stdout).expect("text");
    let secret = table.lines().find_map(|line| line.strip_prefix("# pgt_")).expect("a token");
    let site = Site::start(&configuration::file(&format!(
        "{text}\n{table}connections = [\"analytics\"]\ntoolsets = [\"data\"]\n"
    )));
    let with = format!("Authorization: Bearer pgt_{secret}\r\n");
    for path in ["/reports", "/reports/sales"] {
        assert!(site.get(path, "").starts_with("HTTP/1.1 401"), "{path} is open");
        assert!(site.get(path, &with).starts_with("HTTP/1.1 200"), "{path} is closed");
    }
    let reply = site.get("/reports/sales", &format!("{with}Accept: application/json\r\n"));
    let (_, body) = reply.split_once("\r\n\r\n").expect("a body");
    let answer: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {reply}"));
    for panel in answer["panels"].as_array().expect("panels") {
        let warehouse = panel["query"] == "short_stock";
        assert_eq!(panel["status"] == "failed", warehouse, "{panel}");
    }
}

#[tokio::test]
async fn a_browser_shows_the_charts_and_their_tables() {
    let Some(browser) =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser"].into_iter().find(|path| Path::new(path).exists())
    else {
        eprintln!("skipped: there is no chromium (Debian's package `chromium`)");
        return;
    };
    let database = Database::shop().await;
    let page = configuration::file("").with_extension("html");
    let ended = run(
        &configured(&database),
        &["report", "forecast", "--format", "html", "-o", &page.to_string_lossy()],
    );
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let profile = page.with_extension("profile");
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--window-size=390,844",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("chromium runs");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(dom.matches("<svg ").count(), 3, "{dom}");
    assert!(dom.matches("<table>").count() >= 5 && dom.matches("<title id=").count() == 3, "{dom}");
    let _ = std::fs::remove_dir_all(profile);
    let _ = std::fs::remove_file(page);
}
