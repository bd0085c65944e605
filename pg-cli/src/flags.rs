//! The flags that every subcommand has: connection, output, limits.
//!
//! Separate from clap's own `global`, because an operation may have an argument of the same name (a host to add, say): the
//! operation's wins after its subcommand, ours before it.
//! Invariant: our identifiers begin with `cli.`, so they never meet an operation's.

use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};
use pg_core::Access;

use crate::connection::ConnectionFlags;
use crate::format::Format;

const HOST: &str = "cli.host";
const PORT: &str = "cli.port";
const USER: &str = "cli.username";
const DATABASE: &str = "cli.dbname";
const NO_PASSWORD: &str = "cli.no-password";
const PASSWORD: &str = "cli.password";
const CONFIG: &str = "cli.config";
const ACCESS: &str = "cli.access";
const FORMAT: &str = "cli.format";
const OUTPUT: &str = "cli.output";
const QUIET: &str = "cli.quiet";
const YES: &str = "cli.yes";
const NO_COLOUR: &str = "cli.no-color";
const NO_PAGER: &str = "cli.no-pager";
const SCHEMA_VERSION: &str = "cli.schema-version";
const TIMEOUT: &str = "cli.timeout";
const HELP: &str = "cli.help";
const VERSION: &str = "cli.version";

/// What the flags say, as typed; what is not said is left to the configuration.
#[derive(Debug)]
pub(crate) struct Flags {
    pub(crate) connection: ConnectionFlags,
    pub(crate) format: Option<Format>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) quiet: bool,
    pub(crate) yes: bool,
    pub(crate) no_pager: bool,
    pub(crate) timeout: Option<Duration>,
}

/// Adds the flags to the program.
pub(crate) fn add_to_program(command: Command) -> Command {
    // Short, because its flags have nothing more to say.
    all().into_iter().fold(command, Command::arg).mut_arg(HELP, |help| help.action(ArgAction::HelpShort))
}

/// Adds the flags to a subcommand, less those whose names it uses itself. They are not in its help, which is about it.
pub(crate) fn add_to_subcommand(mut command: Command) -> Command {
    for flag in all() {
        let flag = if flag.get_id() == HELP { flag } else { flag.hide_short_help(true).hide_long_help(true) };
        let long_taken = command.get_arguments().any(|own| has_long(own, flag.get_long()));
        let short_taken = command.get_arguments().any(|own| has_short(own, flag.get_short()));
        command = match (long_taken, short_taken) {
            (true, _) => command,
            (false, true) => command.arg(flag.short(None)),
            (false, false) => command.arg(flag),
        };
    }
    command
}

fn has_long(own: &Arg, long: Option<&str>) -> bool {
    long.is_some_and(|long| {
        own.get_long() == Some(long) || own.get_all_aliases().is_some_and(|all| all.contains(&long))
    })
}

fn has_short(own: &Arg, short: Option<char>) -> bool {
    short.is_some_and(|short| {
        own.get_short() == Some(short) || own.get_all_short_aliases().is_some_and(|all| all.contains(&short))
    })
}

fn all() -> Vec<Arg> {
    let connection =
        |id, short, long, help| Arg::new(id).short(short).long(long).help(help).help_heading("Connection");
    let output = |id, long, help| Arg::new(id).long(long).help(help).help_heading("Output");
    vec![
        connection(HOST, 'h', "host", "Host of the server, or the folder of its socket").value_name("HOST"),
        connection(PORT, 'p', "port", "Port of the server")
            .value_name("PORT")
            .value_parser(value_parser!(u16).range(1..)),
        connection(USER, 'U', "username", "Role to connect as").value_name("ROLE"),
        connection(DATABASE, 'd', "dbname", "Database to connect to, or a whole connection string")
            .value_name("DATABASE"),
        connection(NO_PASSWORD, 'w', "no-password", "Never ask for a password").action(ArgAction::SetTrue),
        connection(PASSWORD, 'W', "password", "Ask for the password on the terminal")
            .action(ArgAction::SetTrue)
            .conflicts_with(NO_PASSWORD),
        Arg::new(CONFIG)
            .long("config")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::FilePath)
            .help("Configuration file with named connections and their policies")
            .help_heading("Connection"),
        Arg::new(ACCESS)
            .long("access")
            .value_name("LEVEL")
            .value_parser(access_levels())
            .help("How much the connection may do (read unless configured)")
            .help_heading("Connection"),
        output(FORMAT, "format", "Form of the data: table on a terminal and json elsewhere, unless said")
            .value_name("FORMAT")
            .value_parser(value_parser!(Format)),
        output(OUTPUT, "output", "Write the data to a file instead of to stdout")
            .short('o')
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::FilePath),
        output(QUIET, "quiet", "Say errors only, no counts or notes").short('q').action(ArgAction::SetTrue),
        Arg::new(YES)
            .long("yes")
            .help("Confirm changes without being asked, where the connection's policy allows that")
            .help_heading("Connection")
            .action(ArgAction::SetTrue),
        output(NO_COLOUR, "no-color", "No colour, even on a terminal").action(ArgAction::SetTrue),
        output(NO_PAGER, "no-pager", "No pager, even on a terminal").action(ArgAction::SetTrue),
        output(
            SCHEMA_VERSION,
            "schema-version",
            "Fail unless answers in JSON have this version of their schema",
        )
        .value_name("NUMBER")
        .value_parser(schema_version),
        Arg::new(TIMEOUT)
            .long("timeout")
            .value_name("SECONDS")
            .value_parser(seconds)
            .help("Stop the operation, and its statement in the server, after this time")
            .help_heading("Output"),
        Arg::new(HELP).short('?').long("help").action(ArgAction::Help).help("Print help"),
    ]
}

/// The flag that only the program itself has.
pub(crate) fn version() -> Arg {
    Arg::new(VERSION).short('V').long("version").action(ArgAction::Version).help("Print the version")
}

/// Whether the arguments say that there is to be no colour; asked before they are parsed, because help has colour too.
pub(crate) fn say_no_colour(arguments: &[std::ffi::OsString]) -> bool {
    arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--no-color")
}

fn access_levels() -> impl clap::builder::TypedValueParser<Value = Access> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(["read", "write", "schema", "admin"]).map(|level| match level.as_str() {
        "write" => Access::Write,
        "schema" => Access::Schema,
        "admin" => Access::Admin,
        _ => Access::Read,
    })
}

fn schema_version(text: &str) -> Result<u32, String> {
    let version = crate::schema::VERSION;
    match text.parse::<u32>() {
        Ok(asked) if asked == version => Ok(version),
        _ => Err(format!("answers of this program have version {version}; see pg-cli json-schema")),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let form = || "say a number of seconds above 0, such as 30 or 0.5".to_owned();
    let seconds: f64 = text.parse().map_err(|_| form())?;
    if seconds > 0.0 { Duration::try_from_secs_f64(seconds).map_err(|_| form()) } else { Err(form()) }
}

/// Reads the flags: those after the subcommand win over those before it.
pub(crate) fn read(program: &ArgMatches, subcommand: &ArgMatches) -> Flags {
    let said = Said { subcommand, program };
    Flags {
        connection: ConnectionFlags {
            host: said.value(HOST),
            port: said.value(PORT),
            user: said.value(USER),
            database: said.value(DATABASE),
            ask_password: said.switch(PASSWORD),
            config: said.value(CONFIG),
            access: said.value(ACCESS),
        },
        format: said.value(FORMAT),
        output: said.value(OUTPUT),
        quiet: said.switch(QUIET),
        yes: said.switch(YES),
        no_pager: said.switch(NO_PAGER),
        timeout: said.value(TIMEOUT),
    }
}

struct Said<'a> {
    subcommand: &'a ArgMatches,
    program: &'a ArgMatches,
}

impl Said<'_> {
    fn value<T: Clone + Send + Sync + 'static>(&self, id: &str) -> Option<T> {
        // A flag that gave way to an operation's argument is unknown after the subcommand: that is no error.
        [self.subcommand, self.program]
            .into_iter()
            .find_map(|matches| matches.try_get_one::<T>(id).ok().flatten().cloned())
    }

    fn switch(&self, id: &str) -> bool {
        [self.subcommand, self.program].into_iter().any(|matches| {
            matches.try_contains_id(id).is_ok() && matches.value_source(id) == Some(ValueSource::CommandLine)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Flags {
        let own =
            Command::new("add").arg(Arg::new("host").long("host")).arg(Arg::new("h").short('p').long("pp"));
        let program = add_to_program(Command::new("pg-cli").disable_help_flag(true))
            .subcommand(add_to_subcommand(own.disable_help_flag(true)))
            .subcommand(add_to_subcommand(Command::new("query").disable_help_flag(true)));
        program.clone().debug_assert();
        let matches = program.get_matches_from(arguments);
        read(&matches, matches.subcommand().unwrap().1)
    }

    #[test]
    fn flags_stand_before_or_after_the_subcommand_and_the_later_wins() {
        let flags = parse(&["pg-cli", "-h", "one", "-p", "1", "query", "-h", "two", "-q"]);
        assert_eq!((flags.connection.host.as_deref(), flags.connection.port), (Some("two"), Some(1)));
        assert!(flags.quiet);
    }

    #[test]
    fn an_operations_own_argument_wins_after_its_subcommand() {
        let flags = parse(&["pg-cli", "-h", "one", "add", "--host", "new", "-p", "x", "--port", "7"]);
        assert_eq!((flags.connection.host.as_deref(), flags.connection.port), (Some("one"), Some(7)));
    }

    #[test]
    fn a_time_limit_is_a_positive_number_of_seconds() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["0", "-1", "NaN", "inf", "1e300", "soon", ""] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
