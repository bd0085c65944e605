//! The words of `pg-cli run`.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};

use crate::flags::{self, Flags};
use crate::script;

/// The subcommand.
pub(crate) const RUN: &str = "run";

const EXAMPLES: &str = "Examples:
  pg-cli run examples/3.1-health-check.toml --config toolkit.toml
  pg-cli run examples/3.2-maintenance.toml -v days=90 --dry-run
  pg-cli run nightly.toml --format json -o result.json";

const FORM: &str = "A file has [variables] and any number of [[step]]:
  name          what later steps call it
  operation     which operation, or `alert` with the words of a finding
  arguments     those of the operation; { var = \"NAME\" }, { file = \"FILE\" } and
                { step = \"NAME\", pointer = \"/rows/0/n\" } stand for values
  connection    on which connection, or for_each_connection = [\"a\", \"b\"], [\"*\"] for all
  if, unless    { step, pointer, and one of equals, not_equals, greater_than, at_least, less_than,
                at_most, exists, is_empty, failed }
  output        { file, format }: `{connection}` in the name of the file is the connection
  on_error      stop (the default) or continue
Exit code: that of the first step that failed; 1 where an alert was raised or a step had findings.";

/// What is to be run.
pub(crate) struct Wanted {
    pub(super) file: PathBuf,
    pub(super) variables: Vec<(String, String)>,
    pub(super) dry_run: bool,
    pub(crate) flags: Flags,
}

/// The subcommand, with its arguments.
pub(crate) fn command() -> Command {
    let file = Arg::new("file")
        .required(true)
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .value_hint(ValueHint::FilePath)
        .help("The file with the steps");
    let variable = Arg::new("variable")
        .short('v')
        .long("set")
        .value_name("NAME=VALUE")
        .action(ArgAction::Append)
        .value_parser(script::variable)
        .help("The value of a variable of the file");
    let dry_run = Arg::new("dry-run")
        .long("dry-run")
        .action(ArgAction::SetTrue)
        .help("Check the file and say what would run, without a connection");
    let command = Command::new(RUN)
        .about("Run the operations of a file one after the other, with conditions, for cron and CI")
        .before_help(EXAMPLES)
        .after_help(FORM)
        .args([file, variable, dry_run]);
    flags::add_to_subcommand(command).disable_help_flag(true).help_template(
        "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}\n",
    )
}

/// What the words ask for.
pub(crate) fn read(program: &ArgMatches, matches: &ArgMatches) -> Option<Wanted> {
    Some(Wanted {
        file: matches.get_one::<PathBuf>("file")?.clone(),
        variables: matches.get_many("variable").into_iter().flatten().cloned().collect(),
        dry_run: matches.get_flag("dry-run"),
        flags: flags::read(program, matches),
    })
}
