//! PostgreSQL's own regression statements, out of Debian's source package: what the suite asks the gate about.
//!
//! Separate from the tools of the set-up because tests can do without them, and say so. Invariant: nothing outside of the
//! target folder is touched, neither apt's lists nor its sources; the scripts' folder is there whole or not at all.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, on_path};
use crate::error::{Doing, Error};
use crate::project::Project;
use crate::say;

/// Major versions whose source package is looked for, in this order.
const MAJORS: [u32; 6] = [15, 17, 18, 16, 14, 13];

/// Fetches the scripts unless they are there.
///
/// # Errors
/// There is no apt or no registry to be reached, or no source package in it: tests then skip what needs the scripts.
pub fn fetch(project: &Project, variable: &dyn Fn(&str) -> Option<OsString>) -> Result<(), Error> {
    let scripts = project.regression_scripts();
    if scripts.is_dir() {
        return Ok(());
    }
    let path = variable("PATH");
    for program in ["apt-get", "tar", "bzip2"] {
        if on_path(program, path.as_deref()).is_none() {
            return Err(Error::new(format!("there is no `{program}` here")));
        }
    }
    say::note("PostgreSQL's regression tests, for the suite: fetching Debian's source package");
    let folder = project.tools().join("postgresql-source");
    let sources = Sources::make(&folder)?;
    let archive = sources.download()?;
    unpack(&archive, &folder.join("unpacked"), &scripts)?;
    fs::remove_dir_all(&folder).doing(|| format!("removing {}", folder.display()))
}

/// A way to Debian's source packages that leaves the machine's own as it is.
struct Sources {
    folder: PathBuf,
}

impl Sources {
    /// Takes the machine's registries, for sources in place of programs, with lists of its own.
    fn make(folder: &Path) -> Result<Self, Error> {
        for part in ["sources", "lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(part)).doing(|| format!("making {}", folder.display()))?;
        }
        let sources = Self { folder: folder.to_owned() };
        let own = [
            ("/etc/apt/sources.list.d/debian.sources", "debian.sources"),
            ("/etc/apt/sources.list", "debian.list"),
        ];
        for (from, to) in own {
            let Ok(text) = fs::read_to_string(from) else { continue };
            let lines = text.lines().map(|line| match line.strip_prefix("deb ") {
                Some(rest) => format!("deb-src {rest}\n"),
                None if line.starts_with("Types:") => "Types: deb-src\n".to_owned(),
                None => format!("{line}\n"),
            });
            let to = folder.join("sources").join(to);
            fs::write(&to, lines.collect::<String>()).doing(|| format!("writing {}", to.display()))?;
        }
        command::output(sources.apt("apt-get").args(["update", "-q"]))?;
        Ok(sources)
    }

    fn apt(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        for (name, value) in
            [("Dir::Etc::SourceParts", "sources"), ("Dir::State::Lists", "lists"), ("Dir::Cache", "cache")]
        {
            command.arg("-o").arg(format!("{name}={}", self.folder.join(value).display()));
        }
        // The folder is closed to the account that apt would otherwise download as.
        command.args(["-o", "Dir::Etc::SourceList=/dev/null", "-o", "APT::Sandbox::User=root"]);
        command
    }

    /// Downloads the newest source package that can be had: a registry may list more than it holds.
    fn download(&self) -> Result<PathBuf, Error> {
        let mut last = Error::new("the registry lists no source package of PostgreSQL");
        for major in MAJORS {
            let package = format!("postgresql-{major}");
            let Ok(listed) = command::output(self.apt("apt-cache").args(["showsrc", &package])) else {
                continue;
            };
            let versions = listed.lines().filter_map(|line| line.strip_prefix("Version: "));
            for version in versions.collect::<Vec<_>>().into_iter().rev() {
                let wanted = format!("{package}={version}");
                match command::output(self.apt("apt-get").args(["source", "--download-only", "-q", &wanted]))
                {
                    Ok(_) => return self.archive(),
                    Err(failure) => last = failure,
                }
            }
        }
        Err(last)
    }

    fn archive(&self) -> Result<PathBuf, Error> {
        let entries = fs::read_dir(&self.folder).doing(|| "looking for the source package".to_owned())?;
        let mut files = entries.filter_map(Result::ok).map(|entry| entry.path());
        files
            .find(|path| path.to_string_lossy().ends_with(".orig.tar.bz2"))
            .ok_or_else(|| Error::new("the source package holds no archive of PostgreSQL's own"))
    }
}

/// Takes the scripts out of the archive.
fn unpack(archive: &Path, folder: &Path, scripts: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).doing(|| format!("making {}", folder.display()))?;
    let mut tar = Command::new("tar");
    tar.arg("-xjf").arg(archive).arg("-C").arg(folder);
    tar.args(["--strip-components=5", "--wildcards", "*/src/test/regress/sql/*.sql"]);
    command::output(&mut tar)?;
    // A rename, so that a set-up that is stopped in the middle leaves no half of it.
    fs::rename(folder, scripts).doing(|| format!("keeping {}", scripts.display()))
}
