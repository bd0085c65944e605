//! Finding PostgreSQL's server programs on this machine.
//!
//! Separate because tests and tasks look for them alike, and distributions keep them off `PATH`. Invariant: an
//! [`Installation`] has both `initdb` and `postgres`, and `postgres` has answered with its version.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, is_program, on_path};
use crate::error::{Doing, Error};

/// The variable that names the folder of PostgreSQL's programs and is believed before anything else.
pub const BIN_VARIABLE: &str = "PG_TOOLKIT_POSTGRES_BIN";

/// A PostgreSQL server's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    bin: PathBuf,
    version: String,
    found: &'static str,
}

impl Installation {
    /// Looks in the usual places: [`BIN_VARIABLE`], `PATH`, `pg_config`, Debian's, Red Hat's and Homebrew's
    /// folders, and last in `unpacked`, where the set-up puts a PostgreSQL that needs no root.
    ///
    /// # Errors
    /// The variable is set but names a folder without the programs, or a program that was found does not run.
    pub fn find(variable: &dyn Fn(&str) -> Option<OsString>, unpacked: &Path) -> Result<Option<Self>, Error> {
        if let Some(bin) = variable(BIN_VARIABLE) {
            let bin = PathBuf::from(bin);
            if !holds_server(&bin) {
                return Err(Error::new(format!(
                    "{BIN_VARIABLE} names {}, which has no `initdb` and `postgres`: set it to a folder that has, or unset it",
                    bin.display()
                )));
            }
            return Self::at(bin, "named by PG_TOOLKIT_POSTGRES_BIN").map(Some);
        }
        let path = variable("PATH");
        match candidates(path.as_deref(), unpacked).into_iter().find(|(bin, _)| holds_server(bin)) {
            Some((bin, found)) => Self::at(bin, found).map(Some),
            None => Ok(None),
        }
    }

    /// Takes the programs in a folder, asking `postgres` for its version.
    ///
    /// # Errors
    /// `postgres` does not run.
    pub fn at(bin: PathBuf, found: &'static str) -> Result<Self, Error> {
        let answer = command::output(Command::new(bin.join("postgres")).arg("--version"))
            .doing(|| format!("asking the PostgreSQL in {} for its version", bin.display()))?;
        let version = answer
            .split_whitespace()
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .unwrap_or("of unknown version")
            .to_owned();
        Ok(Self { bin, version, found })
    }

    /// Gives the folder of the programs.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// Gives the path of one of its programs, which may be missing (`psql` is not with every server).
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// Gives the version as the server writes it, such as `15.18`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Says how the programs were found.
    pub fn found(&self) -> &'static str {
        self.found
    }
}

fn holds_server(bin: &Path) -> bool {
    is_program(&bin.join("initdb")) && is_program(&bin.join("postgres"))
}

fn candidates(path: Option<&OsStr>, unpacked: &Path) -> Vec<(PathBuf, &'static str)> {
    let mut found = Vec::new();
    if let Some(initdb) = on_path("initdb", path)
        // A link on PATH leads to the folder that holds the rest.
        && let Ok(real) = initdb.canonicalize()
        && let Some(bin) = real.parent()
    {
        found.push((bin.to_owned(), "found on PATH"));
    }
    if let Some(program) = on_path("pg_config", path)
        && let Ok(bin) = command::output(Command::new(program).arg("--bindir"))
    {
        found.push((PathBuf::from(bin.trim()), "named by pg_config"));
    }
    for (folder, prefix, suffix, how) in [
        ("/usr/lib/postgresql", "", "bin", "found in Debian's folder"),
        ("/usr", "pgsql-", "bin", "found in Red Hat's folder"),
        ("/opt/homebrew/opt", "postgresql@", "bin", "found in Homebrew's folder"),
        ("/usr/local/opt", "postgresql@", "bin", "found in Homebrew's folder"),
    ] {
        found.extend(newest_first(Path::new(folder), prefix).into_iter().map(|bin| (bin.join(suffix), how)));
    }
    found.push((unpacked.to_owned(), "unpacked by the set-up"));
    found
}

/// Lists the folders named `prefix` and a major version, newest first.
fn newest_first(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let major = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((major, entry.path()))
        })
        .collect();
    versions.sort_by(|left, right| right.cmp(left));
    versions.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_major_comes_first() {
        let folder = std::env::temp_dir().join(format!("newest-first-{}", std::process::id()));
        for name in ["9", "15", "16", "notes", "pgsql-17"] {
            std::fs::create_dir_all(folder.join(name)).unwrap();
        }
        let found = newest_first(&folder, "");
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, ["16", "15", "9"].map(|name| folder.join(name)));
    }

    #[test]
    fn variable_that_names_nothing_is_an_error_and_not_passed_over() {
        let variable = |name: &str| (name == BIN_VARIABLE).then(|| OsString::from("/nowhere"));
        let failure = Installation::find(&variable, Path::new("/nowhere")).unwrap_err();
        assert!(failure.to_string().contains("/nowhere"), "{failure}");
    }
}
