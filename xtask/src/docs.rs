//! The task `docs`: writes the documentation that is generated from the code.
//!
//! Separate because tests only compare with it. Invariant: a file is written whole, from what a program of the workspace printed.

use crate::cargo::Cargo;
use crate::error::{Doing, Error};
use crate::guard::Guard;
use crate::project::Project;
use crate::say;
use crate::setup::{self, Purpose};

/// Programs that print documentation, and the files that keep it.
const PAGES: &[(&[&str], &str)] = &[
    (&["run", "--quiet", "--package", "pg-policy", "--example", "rules_page"], "pg-policy/RULES.md"),
    (
        &["run", "--quiet", "--package", "pg-introspect", "--example", "checks_page"],
        "pg-introspect/CHECKS.md",
    ),
];

/// Writes every page.
///
/// # Errors
/// A program fails, or a file cannot be written.
pub fn docs(project: &Project, guard: &Guard) -> Result<(), Error> {
    let tools = setup::set_up(project, Purpose::Build)?;
    let cargo = Cargo { project, guard, variables: tools.build_variables() };
    for (arguments, file) in PAGES {
        let mut page = String::new();
        if !cargo.run(arguments, &mut |line| page.push_str(line))? {
            return Err(Error::new(format!("`cargo {}` failed", arguments.join(" "))));
        }
        std::fs::write(project.root().join(file), page).doing(|| format!("writing {file}"))?;
        say::step(&format!("wrote {file}"));
    }
    Ok(())
}
