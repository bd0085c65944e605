//! Prints the documentation of every rule, which `cargo xtask docs` keeps as `RULES.md`.

#![expect(clippy::print_stdout, reason = "this is a program")]

fn main() {
    print!("{}", pg_policy::rules_page());
}
