//! Running cargo for a task: with the build's variables, its output passed through, ended with the task.
//!
//! Separate because `test` and `demo` build alike.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::command;
use crate::error::{Doing, Error};
use crate::guard::{Guard, Signal};
use crate::project::Project;
use crate::say;

/// Cargo as a task runs it.
#[derive(Debug)]
pub struct Cargo<'a> {
    /// The project to run it in.
    pub project: &'a Project,
    /// Ends it with the task.
    pub guard: &'a Guard,
    /// What it and the programs that it runs find in their environment.
    pub variables: &'a [(&'static str, OsString)],
}

impl Cargo<'_> {
    /// Runs cargo, passing its standard output through and showing each line of it to `read`; gives whether it
    /// succeeded.
    ///
    /// # Errors
    /// Cargo cannot be run, or nobody takes the output.
    pub fn run(&self, arguments: &[&str], read: &mut dyn FnMut(&str)) -> Result<bool, Error> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(arguments)
            .current_dir(self.project.root())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // A group of its own, so that the guard ends the tests along with cargo.
            .process_group(0);
        // What `cargo run` sets for this program is not for the cargo that it starts.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(&*name);
            }
        }
        let mut running = cargo.spawn().doing(|| "starting cargo".to_owned())?;
        self.guard.watch_group(Signal::Terminate, running.id())?;
        if let Some(stdout) = running.stdout.take() {
            let mut stdout = BufReader::new(stdout);
            let mut line = Vec::new();
            while stdout.read_until(b'\n', &mut line).doing(|| "reading cargo's output".to_owned())? > 0 {
                say::pass_through(&line).doing(|| "passing on cargo's output".to_owned())?;
                read(&String::from_utf8_lossy(&line));
                line.clear();
            }
        }
        let status = running.wait().doing(|| format!("waiting for `{}`", command::line(&cargo)))?;
        self.guard.forget_group(running.id())?;
        Ok(status.success())
    }
}
