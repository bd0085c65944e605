//! The task `demo`: the shop on a private server, the MCP server over it, and a tour.
//!
//! Separate because it needs no test. Invariant: server, data and configuration are gone when it ends.

use std::fs::{self, File, Permissions};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::cargo::Cargo;
use crate::cluster::{self, Cluster};
use crate::command::last_lines;
use crate::demo_config;
use crate::error::{Doing, Error};
use crate::guard::{Guard, Signal};
use crate::load;
use crate::project::Project;
use crate::running::Running;
use crate::say;
use crate::setup::{self, Purpose};
use crate::shop::Size;
use crate::tour;

const HEALTH_LIMIT: Duration = Duration::from_secs(30);

/// What the demo does after its tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It serves until it is stopped.
    Serve,
    /// It ends, and fails if anything went wrong.
    Once,
}

/// Runs the demo.
///
/// # Errors
/// Set-up, build, loading or starting fails; with [`Ending::Once`] also a stop of the tour that goes astray.
pub fn demo(project: &Project, guard: &Guard, size: Size, ending: Ending) -> Result<(), Error> {
    let tools = setup::set_up(project, Purpose::Build)?;
    say::step("building pg-mcp and pg-cli");
    let cargo = Cargo { project, guard, variables: tools.build_variables() };
    if !cargo.run(&["build", "-p", "pg-mcp", "-p", "pg-cli"], &mut |_| {})? {
        return Err(Error::new("the build failed; see above"));
    }

    say::step("a private PostgreSQL");
    let cluster = Cluster::start(tools.postgres(), guard)?;
    say::note(&format!("port {}, in {}", cluster.coordinates().port(), cluster.folder().display()));
    say::step(&format!("loading the shop, {size} size: {} customers", size.customers()));
    let password = cluster::random_word()?;
    let began = Instant::now();
    load::load(tools.postgres(), &cluster, &password, size)?;
    say::note(&format!("{:.1} s", began.elapsed().as_secs_f64()));

    let configuration = cluster.folder().join("demo.toml");
    write_private(&configuration, &demo_config::toml(cluster.coordinates(), &password))?;
    say::step("starting the MCP server");
    let (pg_mcp, pg_cli) = (project.programs().join("pg-mcp"), project.programs().join("pg-cli"));
    let server = McpServer::start(&pg_mcp, &configuration, guard)?;
    say::note(&format!("http://127.0.0.1:{}/mcp, /health, /metrics", server.port));

    say::result("\nFor an MCP client that starts the server itself:\n");
    say::result(&demo_config::stdio_client(&pg_mcp, &configuration));
    say::result("\nFor an MCP client that reaches this one over HTTP:\n");
    say::result(&demo_config::http_client(server.port));
    say::result(&format!("\nA tour, with pg-cli ({}):", pg_cli.display()));
    let astray = tour::tour(&pg_cli, &configuration)?;

    say::result(&format!("\n# The server's own health\n$ curl http://127.0.0.1:{}/health", server.port));
    let health = ask_health(server.port);
    match &health {
        Ok((_, body)) => say::result(body),
        Err(failure) => say::step(&failure.chain()),
    }
    if ending == Ending::Once {
        server.process.end(Signal::Terminate)?;
        drop(cluster);
        return match (astray, health?) {
            (0, (200, _)) => Ok(()),
            (0, (status, _)) => Err(Error::new(format!("/health answered with status {status}"))),
            (count, _) => Err(Error::new(format!("{count} stops of the tour went astray; see above"))),
        };
    }
    say::result("\nServing. Ctrl-C stops everything and removes it.");
    let status = server.process.wait()?;
    Err(Error::new(format!("pg-mcp ended by itself with {status}")))
}

/// The MCP server, answering on HTTP.
struct McpServer {
    process: Running,
    port: u16,
}

impl McpServer {
    fn start(program: &Path, configuration: &Path, guard: &Guard) -> Result<Self, Error> {
        let port = cluster::free_port()?;
        let log_path = configuration.with_extension("log");
        let log = File::create(&log_path).doing(|| format!("making {}", log_path.display()))?;
        let mut command = Command::new(program);
        command.arg("--http").arg(format!("127.0.0.1:{port}")).arg("--config").arg(configuration);
        tour::forget_callers_database(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let process = Running::start(&mut command, guard, Signal::Terminate)?;
        let deadline = Instant::now() + HEALTH_LIMIT;
        while ask_health(port).is_err() {
            if process.has_ended() || Instant::now() > deadline {
                let log = fs::read_to_string(&log_path).unwrap_or_default();
                return Err(Error::new(format!(
                    "pg-mcp does not answer on http://127.0.0.1:{port}/health; its last words:\n{}",
                    last_lines(&log, 12)
                )));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Self { process, port })
    }
}

/// Asks the MCP server how it is; gives the HTTP status and the answer's body.
fn ask_health(port: u16) -> Result<(u16, String), Error> {
    let answer = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).and_then(|mut stream| {
        stream.set_read_timeout(Some(HEALTH_LIMIT))?;
        let request = format!("GET /health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    });
    let answer = answer.doing(|| "asking http://127.0.0.1/health".to_owned())?;
    let status = answer.split_whitespace().nth(1).and_then(|word| word.parse().ok());
    match (status, answer.split_once("\r\n\r\n")) {
        (Some(status), Some((_, body))) => Ok((status, body.to_owned())),
        _ => Err(Error::new("what answers at /health does not speak HTTP")),
    }
}

fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    let mut file = File::create(path).doing(|| format!("making {}", path.display()))?;
    fs::set_permissions(path, Permissions::from_mode(0o600))
        .and_then(|()| file.write_all(text.as_bytes()))
        .doing(|| format!("writing {}", path.display()))
}
