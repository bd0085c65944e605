//! Python and its package installer: the way to programs that need no root, and to the official MCP client.
//!
//! Separate because a Python without `pip` or `venv` is common (Debian splits them off) and has to be helped.
//! Invariant: nothing is installed into the system's Python.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, on_path};
use crate::error::{Doing, Error};
use crate::project::Project;
use crate::say;

/// The oldest Python that the MCP client runs on.
const OLDEST: (u32, u32) = (3, 10);

/// A Python interpreter and a way to run pip on it.
#[derive(Debug, Clone)]
pub struct Python {
    program: PathBuf,
    /// A pip that was fetched for this project; `None` where the interpreter has its own.
    fetched_pip: Option<PathBuf>,
}

impl Python {
    /// Finds the interpreter on `PATH`.
    ///
    /// # Errors
    /// There is none.
    pub fn find(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let program = on_path("python3", variable("PATH").as_deref())
            .ok_or_else(|| Error::new("there is no `python3` on PATH"))?;
        Ok(Self { program, fetched_pip: None })
    }

    /// Says whether this Python has pip.
    pub fn has_pip(&self) -> bool {
        command::output(self.command().args(["-m", "pip", "--version"])).is_ok()
    }

    /// Sees to it that pip can be run, fetching it for this project alone where the interpreter has none.
    ///
    /// # Errors
    /// It cannot be fetched.
    pub fn with_pip(mut self, project: &Project) -> Result<Self, Error> {
        if self.has_pip() {
            return Ok(self);
        }
        let wheel = project.tools().join("pip.whl");
        if !wheel.is_file() {
            say::note("this Python has no pip: fetching pip for this project alone");
            fs::create_dir_all(project.tools()).doing(|| "making the folder for tools".to_owned())?;
            command::output(self.command().arg("-c").arg(include_str!("fetch_pip.py")).arg(&wheel))
                .doing(|| "this Python has no pip, and pip cannot be fetched".to_owned())?;
        }
        self.fetched_pip = Some(wheel);
        Ok(self)
    }

    /// Installs one package, without what it depends on, into a folder of its own.
    ///
    /// # Errors
    /// pip fails: no network, no wheel for this machine.
    pub fn unpack(&self, requirement: &str, folder: &Path) -> Result<(), Error> {
        say::note(&format!("pip install {requirement} (into {})", folder.display()));
        command::output(
            self.pip()
                .args(["install", "--quiet", "--no-deps", "--only-binary", ":all:", "--upgrade"])
                .arg("--target")
                .arg(folder)
                .arg(requirement),
        )
        .map(drop)
    }

    /// Makes a virtual environment that holds a package, unless it is there already.
    ///
    /// # Errors
    /// This Python is too old, or pip fails.
    pub fn environment(&self, requirement: &str, folder: &Path) -> Result<(), Error> {
        let mark = folder.join("holds");
        if fs::read_to_string(&mark).is_ok_and(|held| held == requirement) {
            return Ok(());
        }
        self.check_version()?;
        say::note(&format!("python -m venv {}, pip install '{requirement}'", folder.display()));
        // Without pip: Debian's Python cannot put it there, and the one at hand can install from outside.
        command::output(self.command().args(["-m", "venv", "--clear", "--without-pip"]).arg(folder))?;
        let mut pip =
            Self { program: folder.join("bin/python"), fetched_pip: self.fetched_pip.clone() }.pip();
        if self.fetched_pip.is_none() {
            pip = self.command();
            pip.args(["-m", "pip", "--python"]).arg(folder.join("bin/python"));
        }
        command::output(pip.args(["install", "--quiet", requirement]))?;
        fs::write(&mark, requirement).doing(|| format!("writing {}", mark.display()))
    }

    fn check_version(&self) -> Result<(), Error> {
        let answer = command::output(self.command().arg("--version"))?;
        let mut numbers =
            answer.trim().trim_start_matches("Python ").split('.').map_while(|part| part.parse().ok());
        let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if version >= OLDEST {
            return Ok(());
        }
        Err(Error::new(format!(
            "{} is {}, and the MCP client needs {}.{} or newer: put a newer `python3` first on PATH",
            self.program.display(),
            answer.trim(),
            OLDEST.0,
            OLDEST.1
        )))
    }

    fn pip(&self) -> Command {
        let mut command = self.command();
        match &self.fetched_pip {
            // A wheel of pip holds a program that runs from inside it.
            Some(wheel) => command.arg(wheel.join("pip")),
            None => command.args(["-m", "pip"]),
        };
        command
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("PIP_DISABLE_PIP_VERSION_CHECK", "1").env("PIP_NO_INPUT", "1");
        command
    }
}
