//! The whole command line, made from the list of operations.
//!
//! Invariant: the command that is shown in help is the command that parses.

use clap::builder::StyledStr;
use clap::{ColorChoice, Command};
use pg_core::{AnyOperation, Exit};

use crate::arguments::{self, Statement};
use crate::{audit, examples, flags, man, policy, registry, schema, script, server, steps};

/// The subcommand that is not an operation.
pub(crate) const COMPLETIONS: &str = "completions";

const TEMPLATE: &str =
    "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}\n";

/// Under the help of a subcommand, in place of the flags that it shares with all.
const MORE_FLAGS: &str = "\
Before or after OPERATION, explained in pg-cli --help:
  connection  -h HOST, -p PORT, -U ROLE, -d DATABASE, -w, -W, --config FILE, --access LEVEL
  output      --format table|expanded|json|ndjson|csv|tsv|markdown, -o FILE, -q, --no-color, --no-pager
  time limit  --timeout SECONDS
Exit codes, formats and variables: pg-cli --help";

/// The command line as help, completions and man pages show it.
#[must_use]
pub fn command() -> Command {
    build(|_, command| arguments::relaxed(command), ColorChoice::Auto)
}

/// The command line, with each operation's subcommand as `finish` leaves it.
pub(crate) fn build(
    finish: impl Fn(&'static dyn AnyOperation, Command) -> Command,
    colour: ColorChoice,
) -> Command {
    let program = Command::new("pg-cli")
        .about("PostgreSQL for scripts and operators: safe by default, the same operations as over MCP")
        .version(env!("CARGO_PKG_VERSION"))
        .color(colour)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .subcommand_required(true)
        .subcommand_value_name("OPERATION")
        .subcommand_help_heading("Operations")
        .after_help(conventions());
    let program = flags::add_to_program(program).arg(flags::version());
    let program = registry::operations()
        .fold(program, |program, operation| program.subcommand(finish(operation, subcommand(operation))));
    program
        .subcommand(policy::command())
        .subcommand(audit::command())
        .subcommand(steps::command())
        .subcommand(schema::command())
        .subcommand(server::command())
        .subcommand(completions())
        .subcommand(man::command())
}

/// The subcommand of an operation.
pub(crate) fn subcommand(operation: &dyn AnyOperation) -> Command {
    let command = operation.augment(Command::new(registry::subcommand_name(operation)));
    let examples = examples::section(operation, &command);
    let command = match operation.short_name() {
        Some(short) => command.visible_alias(short),
        None => command,
    };
    let command = match Statement::of(&command) {
        Some(statement) if script::takes(operation) => command.args(script::arguments(&statement)),
        Some(statement) => command.arg(statement.file_flag()),
        None => command,
    };
    flags::add_to_subcommand(command)
        .disable_help_flag(true)
        .help_template(TEMPLATE)
        .before_help(StyledStr::from(examples))
        .after_help(MORE_FLAGS)
}

/// The help of a command that says nothing: what operations there are, and where to read on.
pub(crate) fn brief_help(colour: ColorChoice) -> StyledStr {
    build(|_, command| command, colour)
        .help_template(
            "{about-with-newline}\n{usage-heading} {usage}\n\nOperations:\n{subcommands}\n\n{after-help}\n",
        )
        .after_help(
            "  pg-cli OPERATION --help   help on one, with examples\n  \
             pg-cli --help             flags, formats, exit codes, variables\n\
             -h is the host, as in psql.",
        )
        .render_help()
}

fn completions() -> Command {
    let shell = clap::Arg::new("shell")
        .required(true)
        .value_parser(clap::value_parser!(clap_complete::Shell))
        .help("The shell that completes");
    flags::add_to_subcommand(
        Command::new(COMPLETIONS).about("Print a completion script for a shell").arg(shell),
    )
    .disable_help_flag(true)
}

fn conventions() -> String {
    let codes: String =
        Exit::ALL.iter().map(|exit| format!("  {:>3}  {}\n", exit.code(), exit.meaning())).collect();
    let columnar = if cfg!(feature = "parquet") {
        "  parquet, arrow  by column, rows of a statement only; what has no type there is text\n"
    } else {
        ""
    };
    format!(
        "Exit codes:\n{codes}  130  interrupted twice\n\n\
Formats (--format):
  table   aligned columns for people; NULL stands for NULL, and long values are cut to the width of a terminal
  expanded  one value a line, as psql's \\x
  json    the whole answer as one object; of a script one object a statement, one a line
  ndjson  one object a row, written as rows arrive
  csv     header line, NULL as empty field, the empty string as \"\"
  tsv     header line, escaped as in COPY, NULL as \\N
{columnar}  Data goes to stdout, everything else to stderr. With --format json or ndjson errors are JSON too, on stderr.

Scripts:
  -c and -f may be repeated and hold several statements; they run in order, until one fails. -1 makes them one transaction.
  -v name=value is bound as a parameter where a statement has :name or :'name'; it never comes into the text.

SQL and JSON from files:
  SQL comes from the argument, from -f FILE, or from stdin (`-`, or nothing where stdin is not a terminal). It may begin
  with a comment: `-- ` is no flag.
  Where an argument takes JSON, @FILE reads it from a file.

Variables:
  PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD, PGPASSFILE, PGSERVICE, PGSSLMODE … as in psql
  DATABASE_URL  the connection `default`
  NO_COLOR      no colour
  PSQL_PAGER, PAGER  what shows long answers on a terminal; empty for none
  A password comes from PGPASSWORD, a passfile, the configuration, or -W (asks); never from a flag."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_operation_and_argument_has_help() {
        for subcommand in command().get_subcommands() {
            let name = subcommand.get_name();
            assert!(subcommand.get_about().is_some_and(|about| !about.to_string().is_empty()), "{name}");
            for argument in subcommand.get_arguments() {
                assert!(argument.get_help().is_some(), "{name} {}", argument.get_id());
            }
        }
    }

    #[test]
    fn help_shows_examples_before_the_usage() {
        for operation in registry::operations().filter(|operation| !operation.examples().is_empty()) {
            let name = registry::subcommand_name(operation);
            let help = command().find_subcommand_mut(&name).unwrap().render_long_help().to_string();
            let (examples, usage) = (help.find("Examples:"), help.find("Usage:"));
            assert!(examples.unwrap() < usage.unwrap(), "{help}");
            assert!(help.contains(&format!("  pg-cli {name}")), "{help}");
        }
    }

    #[test]
    fn help_names_every_exit_code() {
        let help = command().render_long_help().to_string();
        for exit in Exit::ALL {
            assert!(help.contains(&format!("  {:>3}  {}", exit.code(), exit.meaning())), "{help}");
        }
    }

    #[test]
    fn the_readme_has_the_same_exit_codes() {
        let readme = include_str!("../README.md");
        for exit in Exit::ALL {
            assert!(readme.contains(&format!("| {} | {}", exit.code(), exit.meaning())), "{exit:?}");
        }
    }

    #[test]
    fn no_flag_of_ours_takes_a_password() {
        let flags = flags::add_to_program(Command::new("none"));
        let flag = flags.get_arguments().find(|flag| flag.get_long() == Some("password")).unwrap();
        assert!(!flag.get_action().takes_values());
    }
}
