//! From the words of a command line to the statements that it asks for.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, ColorChoice, ValueHint, value_parser};
use pg_core::operations::{ExecuteQuery, ExecuteTransaction};
use pg_core::{AnyOperation, Operation, ScriptProblem, ScriptStatement, split_script};
use serde_json::{Value, json};

use super::variables::{self, Variables};
use crate::arguments::{FILE, Statement};
use crate::failure::Failure;
use crate::flags::{self, Flags};
use crate::session::Asked;
use crate::{arguments as words_of, command, registry, text};

const COMMAND: &str = "cli.command";
const VARIABLE: &str = "cli.variable";
const ONE_TRANSACTION: &str = "cli.single-transaction";
/// Arguments of the one-statement operation that the transaction has too.
const SHARED: [&str; 3] = ["connection_id", "dry_run", "confirm"];

/// Where a statement of a script stands.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The file, `<stdin>`, or which `-c`.
    pub(super) source: String,
    pub(super) line: usize,
    /// Which statement of its source, counted from 1.
    pub(super) number: usize,
    /// Whether it has variables, which stand where only values can.
    pub(super) has_variables: bool,
}

/// Statements to run.
pub(crate) struct ScriptRun {
    pub(crate) flags: Flags,
    pub(super) operation: &'static dyn AnyOperation,
    /// The calls in order; one where all are one transaction.
    pub(super) calls: Vec<Asked>,
    /// Where each statement stands.
    pub(super) places: Vec<Place>,
    pub(super) stop_on_error: bool,
}

/// Whether an operation runs what scripts hold.
pub(crate) fn takes(operation: &dyn AnyOperation) -> bool {
    operation.name() == ExecuteQuery::NAME
}

/// The arguments of a subcommand that takes scripts.
pub(crate) fn arguments(statement: &Statement) -> [Arg; 4] {
    let with = |id, short, long| Arg::new(id).short(short).long(long).help_heading("Script");
    [
        with(COMMAND, 'c', "command")
            .value_name("SQL")
            .action(ArgAction::Append)
            .allow_hyphen_values(true)
            .conflicts_with(statement.id.clone())
            .help("Run these statements; may be repeated, and mixed with -f"),
        with(FILE, 'f', "file")
            .value_name("FILE")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::FilePath)
            .conflicts_with(statement.id.clone())
            .help("Run the statements of a file, or of stdin with `-`; may be repeated"),
        with(ONE_TRANSACTION, '1', "single-transaction")
            .action(ArgAction::SetTrue)
            .help("Run all statements as one transaction: all of them are kept, or none"),
        with(VARIABLE, 'v', "set")
            .value_name("NAME=VALUE")
            .visible_alias("variable")
            .action(ArgAction::Append)
            .value_parser(variables::parse)
            .help("A variable: bound as a parameter where a statement has :NAME or :'NAME'"),
    ]
}

/// The words with the subcommand that runs statements, where they say statements and may say no subcommand.
pub(crate) fn with_subcommand(words: &[OsString]) -> Option<Vec<OsString>> {
    let says = words.iter().skip(1).filter_map(|word| word.to_str()).any(|word| {
        ["-c", "-f"].iter().any(|flag| word.starts_with(flag))
            || word.starts_with("--command")
            || word.starts_with("--file")
    });
    let program = words.first().filter(|_| says)?;
    let subcommand = OsString::from(ExecuteQuery::NAME.replace('_', "-"));
    Some([program.clone(), subcommand].into_iter().chain(words.iter().skip(1).cloned()).collect())
}

/// A text of statements, and where it is from.
struct Source {
    name: String,
    text: String,
}

/// The script in the words; none where they ask for one statement as it stands there.
pub(crate) fn read(
    operation: &'static dyn AnyOperation,
    matches: &ArgMatches,
    words: &[OsString],
    commented: Option<&str>,
    program: &ArgMatches,
) -> Result<Option<ScriptRun>, Failure> {
    let id = Statement::of(&command::subcommand(operation)).map(|statement| statement.id).unwrap_or_default();
    let given = matches.get_many::<(String, String)>(VARIABLE).into_iter().flatten().cloned();
    let variables = Variables::of(given);
    let one_transaction = matches.get_flag(ONE_TRANSACTION);
    let asks_for_script = one_transaction || !variables.is_empty();
    let sources = sources(matches, &id, commented, asks_for_script)?;
    let Some(sources) = sources else { return Ok(None) };
    let mut statements = Vec::new();
    for source in &sources {
        match split_script(&source.text, &|name| variables.has(name)) {
            Ok(found) => statements.extend(located(source, found)),
            // What nobody can read is refused by the parser, which says more of it.
            Err(error)
                if error.problem == ScriptProblem::Unscannable && sources.len() == 1 && !asks_for_script => {}
            Err(error) => {
                let problem = format!("{}:{}: {}", source.name, error.line, error.problem);
                return Err(Failure::argument(problem, error.problem.instead()));
            }
        }
    }
    let flags = flags::read(program, matches);
    let standing = matches.get_one::<String>(&id).map(String::as_str).filter(|word| *word != "-");
    let parse = |text: &str, params: Option<&str>| parse(operation, &id, words, standing, text, params);
    let with_parameters = matches.value_source("params") == Some(ValueSource::CommandLine);
    let is_script = asks_for_script || (statements.len() > 1 && !with_parameters);
    if let ([source], false) = (&sources[..], is_script) {
        // As it is, so that places in it are as its writer sees them.
        let calls = vec![parse(&source.text, None)?];
        return Ok(Some(ScriptRun { flags, operation, calls, places: Vec::new(), stop_on_error: true }));
    }
    refuse_shared_parameters(matches, &statements)?;
    let places = statements.iter().map(|(place, _)| place.clone()).collect();
    if one_transaction {
        let (operation, call) = transaction(matches, &statements, &variables)?;
        return Ok(Some(ScriptRun { flags, operation, calls: vec![call], places, stop_on_error: true }));
    }
    let calls = statements
        .iter()
        .map(|(_, statement)| {
            let bound = (!statement.variables.is_empty())
                .then(|| variables.parameters(&statement.variables).to_string());
            parse(&statement.text, bound.as_deref())
        })
        .collect::<Result<_, _>>()?;
    Ok(Some(ScriptRun { flags, operation, calls, places, stop_on_error: variables.stop_on_error() }))
}

/// Texts of `-c` and `-f` in their order, else of stdin; none where the statement is a word of its own and nothing asks for
/// more than it is.
fn sources(
    matches: &ArgMatches,
    id: &str,
    commented: Option<&str>,
    asks_for_script: bool,
) -> Result<Option<Vec<Source>>, Failure> {
    let mut found: Vec<(usize, Source)> = Vec::new();
    let indices = |id| matches.indices_of(id).into_iter().flatten();
    let commands = matches.get_many::<String>(COMMAND).into_iter().flatten();
    for (number, (index, text)) in indices(COMMAND).zip(commands).enumerate() {
        found.push((index, Source { name: format!("-c {}", number + 1), text: text.clone() }));
    }
    for (index, path) in indices(FILE).zip(matches.get_many::<PathBuf>(FILE).into_iter().flatten()) {
        let name = if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() };
        found.push((index, Source { name, text: text::read(path)? }));
    }
    if !found.is_empty() {
        found.sort_by_key(|(index, _)| *index);
        return Ok(Some(found.into_iter().map(|(_, source)| source).collect()));
    }
    let word = matches.get_one::<String>(id).cloned().or_else(|| commented.map(str::to_owned));
    let source = match word {
        Some(word) if word != "-" => {
            if !asks_for_script {
                return Ok(None);
            }
            Source { name: "QUERY".to_owned(), text: word }
        }
        None if io::stdin().is_terminal() => return Ok(None),
        _ => Source { name: "<stdin>".to_owned(), text: text::read_stdin()? },
    };
    Ok(Some(vec![source]))
}

fn located(source: &Source, found: Vec<ScriptStatement>) -> impl Iterator<Item = (Place, ScriptStatement)> {
    found.into_iter().enumerate().map(|(index, statement)| {
        let place = Place {
            source: source.name.clone(),
            line: statement.line,
            number: index + 1,
            has_variables: !statement.variables.is_empty(),
        };
        (place, statement)
    })
}

/// Positional parameters are those of one statement.
fn refuse_shared_parameters(
    matches: &ArgMatches,
    statements: &[(Place, ScriptStatement)],
) -> Result<(), Failure> {
    for argument in ["params", "param_types"] {
        if matches.value_source(argument) == Some(ValueSource::CommandLine) {
            return Err(Failure::argument(
                format!("--{} is for a single statement without variables", argument.replace('_', "-")),
                "use -v NAME=VALUE, and :NAME in the statements",
            ));
        }
    }
    match statements.iter().find(|(_, statement)| statement.own_parameters > 0) {
        Some((place, statement)) => Err(Failure::argument(
            format!("{place}: ${} has no value", statement.own_parameters),
            "in scripts use -v NAME=VALUE, and :NAME in the statement",
        )),
        None => Ok(()),
    }
}

/// All statements as one call.
fn transaction(
    matches: &ArgMatches,
    statements: &[(Place, ScriptStatement)],
    variables: &Variables,
) -> Result<(&'static dyn AnyOperation, Asked), Failure> {
    let shared = |id: &str| SHARED.contains(&id) || id.starts_with("cli.");
    let typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let other = matches.ids().map(clap::Id::as_str).find(|id| !shared(id) && typed(id) && *id != "query");
    if let Some(id) = other {
        return Err(Failure::argument(
            format!("--{} has no meaning for a transaction (-1)", id.replace('_', "-")),
            "leave it out, or leave out -1",
        ));
    }
    let queries: Vec<Value> = statements
        .iter()
        .map(|(_, statement)| {
            json!({ "query": statement.text, "params": variables.parameters(&statement.variables) })
        })
        .collect();
    let text = |id: &str| matches.try_get_one::<String>(id).ok().flatten();
    let arguments = json!({
        "connection_id": text("connection_id"),
        "queries": queries,
        "dry_run": typed("dry_run"),
        "confirm": text("confirm"),
    });
    let operation = registry::operations().find(|each| each.name() == ExecuteTransaction::NAME);
    let operation =
        operation.ok_or_else(|| Failure::argument("there are no transactions here", "leave out -1"))?;
    Ok((operation, Asked::Json(arguments)))
}

/// The words of the command line for one statement of its script, which takes the place of the one that stands among them.
fn parse(
    operation: &'static dyn AnyOperation,
    id: &str,
    words: &[OsString],
    standing: Option<&str>,
    statement: &str,
    params: Option<&str>,
) -> Result<Asked, Failure> {
    let as_it_stands = standing.and_then(|standing| words.iter().rposition(|word| word == standing));
    let words = words
        .iter()
        .enumerate()
        .filter(|(index, word)| Some(*index) != as_it_stands && (*word != "-" || has_other_use(words)))
        .map(|(_, word)| word);
    let build = |each: &'static dyn AnyOperation, command: clap::Command| {
        let command = words_of::relaxed(command);
        if each.name() != operation.name() {
            return command;
        }
        let command = command.mut_arg(id, |argument| argument.default_value(statement.to_owned()));
        match params {
            Some(params) => command.mut_arg("params", |argument| argument.default_value(params.to_owned())),
            None => command,
        }
    };
    let matches = command::build(build, ColorChoice::Never).try_get_matches_from(words)?;
    let (_, matches) =
        matches.subcommand().ok_or_else(|| Failure::argument("no operation is named", "see --help"))?;
    Ok(Asked::Words(matches.clone()))
}

/// Whether `-` stands for a file of `-f` and not for the statement.
fn has_other_use(words: &[OsString]) -> bool {
    words.windows(2).any(|pair| pair == ["-f", "-"] || pair == ["--file", "-"])
}
