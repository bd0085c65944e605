//! Loading the demo database through `psql`.
//!
//! Separate because the tests load it through the driver, which a task runner does without.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::cluster::Cluster;
use crate::command::{self, is_program, on_path};
use crate::coordinates::SUPERUSER;
use crate::error::{Doing, Error};
use crate::postgres::Installation;
use crate::shop::{self, Size};

/// The demo database's name.
pub const DATABASE: &str = "shop";

/// Makes the demo database on a private server; its roles get `password`.
///
/// # Errors
/// There is no `psql`, or the server refuses a statement, which psql shows.
pub fn load(installation: &Installation, cluster: &Cluster, password: &str, size: Size) -> Result<(), Error> {
    let program = psql(installation)?;
    let psql = |database: &str| {
        let mut command = Command::new(&program);
        command.args([
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-o",
            "/dev/null",
            "-U",
            SUPERUSER,
            "-d",
            database,
        ]);
        command.arg("-h").arg(cluster.coordinates().sockets());
        command.arg("-p").arg(cluster.coordinates().port().to_string());
        command.env_remove("PGOPTIONS").env_remove("PGSERVICE");
        command
    };
    command::run(psql("postgres").args(["-c", "CREATE DATABASE shop"]))?;

    let mut loading = psql(DATABASE);
    let mut running =
        loading.stdin(Stdio::piped()).spawn().doing(|| format!("starting {}", program.display()))?;
    if let Some(mut stdin) = running.stdin.take() {
        let written = stdin
            .write_all(shop::settings(password, size).as_bytes())
            .and_then(|()| shop::SQL_FILES.iter().try_for_each(|(_, sql)| stdin.write_all(sql.as_bytes())));
        // A psql that stops at an error closes its end; its own status tells more than that.
        drop(written);
    }
    let status = running.wait().doing(|| "waiting for psql".to_owned())?;
    if status.success() { Ok(()) } else { Err(Error::new(format!("psql ended with {status}; see above"))) }
}

fn psql(installation: &Installation) -> Result<PathBuf, Error> {
    let beside = installation.program("psql");
    if is_program(&beside) {
        return Ok(beside);
    }
    on_path("psql", std::env::var_os("PATH").as_deref()).ok_or_else(|| {
        Error::new(format!(
            "{} has a server but no `psql`, and there is none on PATH: install PostgreSQL's client programs",
            installation.bin().display()
        ))
    })
}
