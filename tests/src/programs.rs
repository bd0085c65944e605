//! The programs that tests run from outside: our own binaries, Pythons that hold the official MCP
//! client, the protocol's conformance suite.
//!
//! Separate because finding them has nothing to do with databases.
#![expect(clippy::panic, reason = "without its program a test cannot go on, and says why")]

use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::error::Error;
use xtask::node::NodePackages;
use xtask::project::Project;

/// Gives the path of a built program (`pg-mcp`, `pg-cli`) of the profile that the running test was built with.
///
/// # Panics
/// It has not been built.
pub fn binary(name: &str) -> PathBuf {
    // The test runs as target/<profile>/deps/<test>; the programs are beside `deps`.
    let test = match std::env::current_exe() {
        Ok(test) => test,
        Err(failure) => panic!("the running test's own path is not known: {failure}"),
    };
    let folder = test.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    let program = folder.join(name);
    assert!(
        program.is_file(),
        "{} is missing: run the tests by `cargo xtask test`, or `cargo build --workspace --bins --tests` first",
        program.display()
    );
    program
}

/// Gives the Python interpreter that holds the official MCP client (PyPI `mcp`) of a major version, 1 or 2.
///
/// # Errors
/// It has not been set up; the message says how.
pub fn python(client_major: u32) -> Result<PathBuf, String> {
    let interpreter = Project::find()
        .map_err(|failure: Error| failure.chain())?
        .python_environment(client_major)
        .join("bin/python");
    if interpreter.exists() {
        return Ok(interpreter);
    }
    Err(format!(
        "the official MCP client of major version {client_major} is missing: `cargo xtask test` sets it up in {}",
        interpreter.display()
    ))
}

/// A Node that finds the protocol's official TypeScript client by `NODE_MODULES`; `None` where the set-up could not install it, which
/// needs npm.
///
/// # Errors
/// The project's folders cannot be found.
pub fn typescript_client() -> Result<Option<Command>, String> {
    Ok(node_packages()?.map(|packages| packages.typescript_client()))
}

/// The protocol's official inspector; `None` where the set-up could not install it, which needs npm.
///
/// # Errors
/// The project's folders cannot be found.
pub fn inspector() -> Result<Option<Command>, String> {
    Ok(node_packages()?.map(|packages| packages.inspector()))
}

/// The official conformance suite of the protocol; `None` where the set-up could not install it, which needs npm.
///
/// # Errors
/// The project's folders cannot be found.
pub fn conformance_suite() -> Result<Option<Command>, String> {
    Ok(node_packages()?.map(|packages| packages.conformance_suite()))
}

#[expect(clippy::print_stderr, reason = "what is left out is said to whoever runs the tests")]
fn node_packages() -> Result<Option<NodePackages>, String> {
    let project = Project::find().map_err(|failure: Error| failure.chain())?;
    let packages = NodePackages::find(&project);
    if packages.is_none() {
        eprintln!(
            "not run: what the protocol's makers publish for Node could not be installed here, which needs npm"
        );
    }
    Ok(packages)
}
