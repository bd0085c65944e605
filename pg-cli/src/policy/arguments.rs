//! The words of the policy commands.

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand, ValueHint};

use crate::flags::{self, Flags};

/// The name of the group.
const NAME: &str = "policy";

const TEMPLATE: &str = "{about-with-newline}\n{usage-heading} {usage}\n\n{all-args}{after-help}\n";

const EXAMPLES: &str = "Examples:
  pg-cli policy check toolkit.toml
  pg-cli policy explain 'DELETE FROM orders' --profile standard
  pg-cli policy explain -f report.sql --connection shop       # asks its catalog
  pg-cli policy test tests/policy --profile production        # folders allowed/ and refused/
  pg-cli policy grants --connection shop --login --live | psql shop
  pg-cli policy schema > toolkit.schema.json

Exit codes: 0 allowed, or as it should be; 1 a corpus differs; 2 a wrong argument or file; 4 no connection;
5 refused, or cannot be judged.
None of these commands changes a policy, and none is offered to clients over MCP.";

/// What to do about policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check a configuration file, offline: its first mistake with line and column, or what holds in the end
    Check {
        /// The file; else that of --config or PG_TOOLKIT_CONFIG
        #[arg(value_hint = ValueHint::FilePath)]
        configuration: Option<PathBuf>,
    },
    /// Say what a policy makes of a statement, and why
    Explain {
        /// The statement; else -f FILE or stdin
        query: Option<String>,
        /// Read the statement from a file, or from stdin with `-`
        #[arg(short = 'f', long, value_hint = ValueHint::FilePath, conflicts_with = "query")]
        file: Option<PathBuf>,
        #[command(flatten)]
        of: Of,
        /// Ask the catalog of the connection; the default where --connection is given
        #[arg(long, conflicts_with = "offline")]
        live: bool,
        /// Ask no catalog
        #[arg(long)]
        offline: bool,
    },
    /// Judge a corpus, offline: folders named `allowed` and `refused` say what must become of their statements
    Test {
        /// A folder, or a file, of statements apart by lines `-- ;;`
        #[arg(value_hint = ValueHint::AnyPath)]
        corpus: PathBuf,
        #[command(flatten)]
        of: Of,
    },
    /// Print the SQL of a role that may do what a policy allows, and no more
    Grants {
        #[command(flatten)]
        of: Of,
        /// The role's name
        #[arg(long)]
        role: Option<String>,
        /// A schema that it may use; several times for several
        #[arg(long = "schema")]
        schemas: Vec<String>,
        /// The role logs in itself, and is no group for others
        #[arg(long)]
        login: bool,
        /// Ask the catalog of the connection: grants columns where the policy lists or masks some, and leaves out the views
        /// and foreign tables that the policy refuses
        #[arg(long)]
        live: bool,
    },
    /// Print the JSON Schema of the configuration file, for editors
    Schema,
}

/// Whose policy.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// The policy of a configured connection; by default that of the only one
    #[arg(long, value_name = "NAME", conflicts_with = "profile")]
    pub(crate) connection: Option<String>,
    /// The policy of a profile: read_only, standard, production or one of the configuration
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

/// A policy command with the flags that every command has.
pub(crate) struct PolicyRequest {
    pub(crate) command: PolicyCommand,
    pub(crate) flags: Flags,
    /// A statement that begins with a comment, and therefore looked like a flag.
    pub(crate) statement: Option<String>,
}

/// The group of commands.
pub(crate) fn command() -> Command {
    let group = PolicyCommand::augment_subcommands(Command::new(NAME))
        .about("Check, explain and test policies, and print what matches them; offline")
        .subcommand_required(true)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .after_help(EXAMPLES);
    let names: Vec<String> = group.get_subcommands().map(|each| each.get_name().to_owned()).collect();
    let group = names.into_iter().fold(group, |group, name| {
        group.mut_subcommand(name, |each| {
            flags::add_to_subcommand(each).disable_help_flag(true).help_template(TEMPLATE)
        })
    });
    flags::add_to_subcommand(group)
}

/// The request in the words, if they are for this group.
pub(crate) fn request(
    program: &ArgMatches,
    statement: Option<String>,
) -> Option<Result<PolicyRequest, clap::Error>> {
    let (NAME, group) = program.subcommand()? else { return None };
    let (_, matches) = group.subcommand()?;
    let flags = flags::read(program, matches);
    Some(PolicyCommand::from_arg_matches(group).map(|command| PolicyRequest { command, flags, statement }))
}
