//! The demo's tour: commands as a user would type them, each with its real answer.
//!
//! Separate from the demo's set-up. Invariant: a command that ends otherwise than foreseen fails the tour.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::command;
use crate::error::{Doing, Error};
use crate::say;

/// Exit codes of `pg-cli` that the tour foresees.
const DONE: i32 = 0;
const SQL_ERROR: i32 = 3;
const REFUSED: i32 = 5;

struct Stop {
    title: &'static str,
    arguments: &'static [&'static str],
    ends_with: i32,
}

impl Stop {
    /// Asks for a table where nothing else is asked for: into a file, pg-cli writes JSON by itself.
    fn format(&self) -> &'static [&'static str] {
        if self.arguments.contains(&"--format") { &[] } else { &["--format", "table"] }
    }
}

const STOPS: [Stop; 12] = [
    Stop {
        title: "Which connections are there, and what may each do?",
        arguments: &["list-connections"],
        ends_with: DONE,
    },
    Stop {
        title: "What is in the shop?",
        arguments: &["list-tables", "--connection-id", "shop"],
        ends_with: DONE,
    },
    Stop {
        title: "Ask it something.",
        arguments: &[
            "query",
            "SELECT customer_segment, count(*) AS customers, round(avg(lifetime_value), 2) AS mean_value \
             FROM customer_profiles GROUP BY customer_segment ORDER BY mean_value DESC",
            "--connection-id",
            "analytics",
        ],
        ends_with: DONE,
    },
    Stop {
        title: "Values are bound as parameters, by the types that the server wants.",
        arguments: &[
            "query",
            "SELECT order_id, order_date, total_amount, status FROM orders \
             WHERE customer_id = $1 AND status = ANY ($2) ORDER BY order_date DESC LIMIT 5",
            "--params",
            r#"[42, ["delivered", "shipped"]]"#,
            "--connection-id",
            "shop",
        ],
        ends_with: DONE,
    },
    Stop {
        title: "As JSON, without loss.",
        arguments: &[
            "query",
            "SELECT product_code, name, price, tags, attributes, on_sale, warranty FROM products WHERE product_id = $1",
            "--params",
            "[14]",
            "--format",
            "json",
            "--connection-id",
            "shop",
        ],
        ends_with: DONE,
    },
    Stop {
        title: "What does a table look like?",
        arguments: &["get-table-schema", "session_tokens", "--connection-id", "shop"],
        ends_with: DONE,
    },
    Stop {
        title: "Why is this slow? (session_tokens has a foreign key without an index)",
        arguments: &[
            "explain-query",
            "SELECT token_id FROM session_tokens WHERE customer_id = $1",
            "--params",
            "[42]",
            "--analyze",
            "--connection-id",
            "shop",
        ],
        ends_with: DONE,
    },
    Stop {
        title: "A connection for reading does not delete.",
        arguments: &["query", "DELETE FROM customers WHERE customer_id = 42", "--connection-id", "shop"],
        ends_with: REFUSED,
    },
    Stop {
        title: "Nor does it delete through a function that looks like a reading.",
        arguments: &["query", "SELECT purge_expired_tokens()", "--connection-id", "shop"],
        ends_with: REFUSED,
    },
    Stop {
        title: "An error says how to mend the query.",
        arguments: &[
            "query",
            "SELECT query, total_time FROM pg_stat_statements",
            "--connection-id",
            "monitor_db",
        ],
        ends_with: SQL_ERROR,
    },
    Stop {
        title: "Where a connection may write, it writes.",
        arguments: &[
            "query",
            "INSERT INTO orders (customer_id, total_amount, status) VALUES ($1, $2, $3) \
             RETURNING order_id, total_amount, tax_amount, status",
            "--params",
            r#"[42, "1234.50", "pending"]"#,
            "--connection-id",
            "test_db",
        ],
        ends_with: DONE,
    },
    Stop { title: "How is it all?", arguments: &["health-check"], ends_with: DONE },
];

/// Runs the tour, printing each command and its answer; gives how many stops went otherwise than foreseen.
///
/// # Errors
/// `pg-cli` cannot be run.
pub fn tour(program: &Path, configuration: &Path) -> Result<usize, Error> {
    let mut astray = 0;
    for stop in &STOPS {
        say::result("");
        say::result(&format!("# {}", stop.title));
        let mut shown = Command::new("pg-cli");
        shown.arg("--config").arg(configuration).args(stop.arguments).args(stop.format());
        say::result(&format!("$ {}", command::line(&shown)));
        let mut real = Command::new(program);
        real.arg("--config").arg(configuration).args(stop.arguments).args(stop.format()).stdin(Stdio::null());
        forget_callers_database(&mut real);
        let status = real.status().doing(|| format!("running {}", program.display()))?;
        match status.code() {
            Some(code) if code == stop.ends_with => {
                if code != DONE {
                    say::result(&format!("(exit code {code})"));
                }
            }
            _ => {
                astray += 1;
                say::step(&format!(
                    "this stop of the tour ended with {status}, and not with exit code {}",
                    stop.ends_with
                ));
            }
        }
    }
    Ok(astray)
}

/// Keeps a program of the demo to the demo's configuration: the caller's own databases are no part of it.
pub fn forget_callers_database(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("PG") || name.starts_with("DB_") || name.starts_with("DATABASE_UR") {
            command.env_remove(&*name);
        }
    }
}
