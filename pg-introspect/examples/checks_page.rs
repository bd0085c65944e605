//! Prints the documentation of every check, which `cargo xtask docs` keeps as `CHECKS.md`.

#![expect(clippy::print_stdout, reason = "this is a program")]

fn main() {
    print!("{}", pg_introspect::checks_page());
}
