//! From words to the arguments of an operation, with SQL and JSON from files and stdin in their places.
//!
//! Two passes, because an argument's own type checks it while it is parsed: the first finds which arguments name a file or
//! are missing, the second parses with the texts put in.

use std::any::TypeId;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, ColorChoice, Command, ValueHint, value_parser};
use pg_core::AnyOperation;

use crate::failure::Failure;
use crate::flags::{self, Flags};
use crate::policy::{self, PolicyRequest};
use crate::script::{self, ScriptRun};
use crate::{audit, command, comment, man, registry, schema, server, steps, text};

/// The arguments of the contract that hold the statement or statements to run.
const STATEMENT_ARGUMENTS: [&str; 2] = ["query", "queries"];
pub(crate) const FILE: &str = "cli.file";

/// What the command line asks for.
pub(crate) enum Request {
    /// To run an operation.
    Run(Box<Invocation>),
    /// To look at a policy.
    Policy(Box<PolicyRequest>),
    /// To print a completion script.
    Completions(clap_complete::Shell),
    /// To run the statements of a script.
    Script(Box<ScriptRun>),
    /// To run the steps of a file.
    Steps(Box<steps::Wanted>),
    /// To write pages of the manual.
    Man(man::Wanted),
    /// To print the JSON Schema of answers: of one operation, or of all.
    Schema(Option<String>),
    /// To serve MCP, which is another program's: the words for it.
    Server(Vec<OsString>),
    /// To verify an audit log.
    Audit(audit::Verification),
}

/// An operation to run, with its arguments.
pub(crate) struct Invocation {
    pub(crate) operation: &'static dyn AnyOperation,
    pub(crate) matches: ArgMatches,
    pub(crate) flags: Flags,
}

/// The argument of an operation that holds what to run, and that a file or stdin can therefore supply.
pub(crate) struct Statement {
    pub(crate) id: String,
}

impl Statement {
    /// The statement argument of a subcommand, if it has one.
    pub(crate) fn of(command: &Command) -> Option<Self> {
        STATEMENT_ARGUMENTS
            .into_iter()
            .find(|id| command.get_arguments().any(|argument| argument.get_id() == id))
            .map(|id| Self { id: id.to_owned() })
    }

    /// The flag that names a file for it.
    pub(crate) fn file_flag(&self) -> Arg {
        Arg::new(FILE)
            .short('f')
            .long("file")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::FilePath)
            .conflicts_with(self.id.clone())
            .help(format!("Read {} from a file, or from stdin with `-`", self.id.to_uppercase()))
    }
}

/// Parses a command line, program name first.
pub(crate) fn parse(words: &[OsString], colour: ColorChoice) -> Result<Request, Failure> {
    if words.len() <= 1 {
        return Err(Failure::NothingSaid(Box::new(command::brief_help(colour))));
    }
    let (words, commented) = comment::taken_out(words);
    let (words, first) = first_pass(words, colour)?;
    if let Some(request) = policy::request(&first, commented.clone()) {
        return Ok(Request::Policy(Box::new(request?)));
    }
    let Some((name, matches)) = first.subcommand() else {
        return Err(command().error(ErrorKind::MissingSubcommand, "no operation is named").into());
    };
    if name == audit::AUDIT {
        return audit::read(matches).map(Request::Audit).ok_or_else(|| {
            Failure::argument("nothing is named to verify", "see pg-cli audit verify --help")
        });
    }
    match name {
        steps::RUN => {
            let wanted = steps::read(&first, matches);
            let missing = || Failure::argument("the file is missing", "see pg-cli run --help");
            return wanted.map(|wanted| Request::Steps(Box::new(wanted))).ok_or_else(missing);
        }
        man::MAN => return Ok(Request::Man(man::read(matches))),
        schema::SCHEMA => return Ok(Request::Schema(schema::read(matches))),
        server::SERVER => return server::read(&first, matches).map(Request::Server),
        _ => {}
    }
    let Some(operation) = registry::find(name) else {
        let shell = matches.try_get_one::<clap_complete::Shell>("shell").ok().flatten();
        return shell.map(|shell| Request::Completions(*shell)).ok_or_else(|| {
            Failure::argument(format!("there is no operation `{name}`"), "see pg-cli --help")
        });
    };
    if script::takes(operation)
        && let Some(script) = script::read(operation, matches, &words, commented.as_deref(), &first)?
    {
        return Ok(Request::Script(Box::new(script)));
    }
    let inputs = Inputs::gather(operation, matches, commented)?;
    let words = inputs.put_into(&words);
    let second = command::build(|each, command| inputs.finish(operation, each, command), colour)
        .try_get_matches_from(words)?;
    let Some((_, matches)) = second.subcommand() else {
        return Err(command().error(ErrorKind::MissingSubcommand, "no operation is named").into());
    };
    let flags = flags::read(&second, matches);
    Ok(Request::Run(Box::new(Invocation { operation, matches: matches.clone(), flags })))
}

/// The first pass. As with psql, statements need no subcommand: `pg-cli -d shop -c 'SELECT 1'`.
fn first_pass(words: Vec<OsString>, colour: ColorChoice) -> Result<(Vec<OsString>, ArgMatches), Failure> {
    let parse =
        |words: &[OsString]| command::build(|_, command| raw(command), colour).try_get_matches_from(words);
    let error = match parse(&words) {
        Ok(first) => return Ok((words, first)),
        Err(error) => error,
    };
    if let Some(named) = script::with_subcommand(&words)
        && let Ok(first) = parse(&named)
    {
        return Ok((named, first));
    }
    Err(usage(error, &words))
}

/// A subcommand as people see it: what a file or stdin may supply is not required as an argument.
pub(crate) fn relaxed(command: Command) -> Command {
    if Statement::of(&command).is_none() {
        return command;
    }
    // All of them, because clap has no required positional argument after one that is not. What is still missing after the
    // second pass, the operation's own type says.
    command.mut_args(|argument| if argument.is_positional() { argument.required(false) } else { argument })
}

/// A subcommand of the first pass: arguments in JSON are not looked into, as they may be `@FILE`.
fn raw(command: Command) -> Command {
    relaxed(command).mut_args(|argument| {
        if is_json(&argument) { argument.value_parser(value_parser!(OsString)) } else { argument }
    })
}

/// Whether an operation cannot do without an argument.
fn is_required(command: &Command, id: &str) -> bool {
    command.get_arguments().any(|argument| argument.get_id() == id && argument.is_required_set())
}

/// Whether an argument's value has a structure: it is neither text, number nor word of a list.
fn is_json(argument: &Arg) -> bool {
    let plain = [
        TypeId::of::<String>(),
        TypeId::of::<OsString>(),
        TypeId::of::<PathBuf>(),
        TypeId::of::<bool>(),
        TypeId::of::<char>(),
        TypeId::of::<u8>(),
        TypeId::of::<u16>(),
        TypeId::of::<u32>(),
        TypeId::of::<u64>(),
        TypeId::of::<usize>(),
        TypeId::of::<i8>(),
        TypeId::of::<i16>(),
        TypeId::of::<i32>(),
        TypeId::of::<i64>(),
        TypeId::of::<f32>(),
        TypeId::of::<f64>(),
    ];
    let id = argument.get_id().as_str();
    !id.starts_with("cli.")
        && argument.get_action().takes_values()
        && argument.get_possible_values().is_empty()
        && !plain.iter().any(|plain| argument.get_value_parser().type_id() == *plain)
}

/// Texts that were read from elsewhere for an operation's arguments.
struct Inputs {
    /// For a statement argument that is not among the words, or is `-` there: its identifier and its text.
    statement: Option<(String, String)>,
    /// The word `-` stands for the statement, and is no file name.
    dash: bool,
    /// For words that name a file: the word, and what stands in its place.
    replacements: Vec<(OsString, String)>,
}

impl Inputs {
    fn gather(
        operation: &'static dyn AnyOperation,
        matches: &ArgMatches,
        commented: Option<String>,
    ) -> Result<Self, Failure> {
        let command = command::subcommand(operation);
        let mut inputs = Self { statement: None, dash: false, replacements: Vec::new() };
        for argument in command.get_arguments().filter(|argument| is_json(argument)) {
            for word in given(matches, argument.get_id().as_str()) {
                if let Some(path) = word.to_str().and_then(|word| word.strip_prefix('@')) {
                    inputs.replacements.push((word.to_owned(), text::read(Path::new(path))?));
                }
            }
        }
        let Some(Statement { id }) = Statement::of(&command) else { return Ok(inputs) };
        let words = given(matches, &id);
        if let Some(text) = commented {
            if !words.is_empty() || matches.get_one::<PathBuf>(FILE).is_some() {
                let problem = format!("{} is given twice", id.to_uppercase());
                return Err(Failure::argument(problem, "a word that begins with `-- ` is SQL too; give one"));
            }
            inputs.statement = Some((id, text));
            return Ok(inputs);
        }
        if words == ["-"] {
            inputs.statement = Some((id, text::read_stdin()?));
            inputs.dash = true;
        } else if words.is_empty() {
            let text = match matches.try_get_one::<PathBuf>(FILE).ok().flatten() {
                Some(path) => text::read(path)?,
                None if io::stdin().is_terminal() && !is_required(&command, &id) => return Ok(inputs),
                None if io::stdin().is_terminal() => return Err(missing(&id)),
                None => text::read_stdin()?,
            };
            // Nothing to read is no statement, for an operation that has something else to do without one.
            if text.trim().is_empty() && !is_required(&command, &id) {
                return Ok(inputs);
            }
            inputs.statement = Some((id, text));
        }
        Ok(inputs)
    }

    fn put_into(&self, words: &[OsString]) -> Vec<OsString> {
        // A statement from stdin goes in as the argument's default value and not as a word: one that begins with a comment
        // would look like a flag.
        words
            .iter()
            .filter(|word| !self.dash || *word != "-")
            .map(|word| self.replaced(word).unwrap_or_else(|| word.clone()))
            .collect()
    }

    fn replaced(&self, word: &OsStr) -> Option<OsString> {
        let (flag, value) = match word.to_str() {
            Some(text) if text.starts_with("--") => {
                text.split_once('=').map(|(flag, value)| (Some(flag), value))?
            }
            Some(text) => (None, text),
            None => return None,
        };
        let (_, text) = self.replacements.iter().find(|(word, _)| word == value)?;
        Some(match flag {
            Some(flag) => format!("{flag}={text}").into(),
            None => text.into(),
        })
    }

    /// A subcommand of the second pass: as people see it, with the statement as the value it has unless given.
    fn finish(
        &self,
        asked: &'static dyn AnyOperation,
        operation: &'static dyn AnyOperation,
        command: Command,
    ) -> Command {
        let command = relaxed(command);
        match &self.statement {
            Some((id, text)) if operation.name() == asked.name() => {
                command.mut_arg(id, |argument| argument.required(false).default_value(text.clone()))
            }
            _ => command,
        }
    }
}

/// A mistake in the words, with a word on `-h` where somebody wanted help.
fn usage(mut error: clap::Error, words: &[OsString]) -> Failure {
    let wants_help = words.last().is_some_and(|word| word == "-h");
    if wants_help && error.kind() == ErrorKind::InvalidValue {
        let tip = StyledStr::from("-h is the host, as in psql; for help say --help or -?");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error.into()
}

fn given<'a>(matches: &'a ArgMatches, id: &str) -> Vec<&'a OsStr> {
    let from_command_line = matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine);
    if !from_command_line {
        return Vec::new();
    }
    matches.get_raw(id).into_iter().flatten().collect()
}

fn missing(id: &str) -> Failure {
    let problem = format!("{} is missing", id.to_uppercase());
    Failure::argument(problem, "give it as an argument, with -f FILE, or on stdin; see --help")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs() -> Inputs {
        Inputs {
            statement: Some(("query".to_owned(), "-- one\nSELECT 1".to_owned())),
            dash: true,
            replacements: vec![("@p.json".into(), "[1]".to_owned())],
        }
    }

    #[test]
    fn puts_texts_in_the_place_of_words_that_name_them() {
        let words: Vec<OsString> =
            ["query", "-", "--params", "@p.json", "--params=@p.json", "--schema=x", "@other", "--"]
                .map(Into::into)
                .into();
        assert_eq!(
            inputs().put_into(&words),
            ["query", "--params", "[1]", "--params=[1]", "--schema=x", "@other", "--"]
        );
    }

    #[test]
    fn takes_only_structured_values_from_files() {
        let json = Arg::new("params")
            .long("params")
            .value_parser(|text: &str| serde_json::from_str::<serde_json::Value>(text));
        assert!(is_json(&json));
        assert!(!is_json(&Arg::new("schema").long("schema").value_parser(value_parser!(String))));
        assert!(!is_json(&Arg::new("limit").long("limit").value_parser(value_parser!(u32))));
        assert!(!is_json(&Arg::new("level").long("level").value_parser(["a", "b"])));
    }
}
