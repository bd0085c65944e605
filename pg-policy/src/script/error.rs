//! Why a script is not taken, with the line and what to do instead.

use crate::parse;

/// Why a script is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
#[non_exhaustive]
pub struct ScriptError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong on it.
    #[source]
    pub problem: ScriptProblem,
}

/// What is wrong in a script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptProblem {
    /// A variable without a value.
    #[error("the variable `{name}` is not given")]
    NotGiven {
        /// The variable.
        name: String,
    },
    /// A variable that stands for a name, which no parameter can be.
    #[error("`:\"{name}\"` puts a name into the statement, and values are only ever bound as parameters")]
    Identifier {
        /// The variable.
        name: String,
    },
    /// A command of psql's own.
    #[error("`{command}` is a command of psql, not SQL")]
    MetaCommand {
        /// The command, with its backslash.
        command: String,
        /// What does the same here.
        instead: String,
    },
    /// A string, comment, quoted name or dollar quote that does not end, or a character that begins nothing.
    #[error("a string, a comment or a quoted name does not end, or a character belongs to no word")]
    Unscannable,
}

impl ScriptProblem {
    /// What to do instead.
    #[must_use]
    pub fn instead(&self) -> String {
        match self {
            Self::NotGiven { name } => format!("give it with -v {name}=VALUE"),
            Self::Identifier { .. } => {
                "write the name itself; for several tables run one statement for each".to_owned()
            }
            Self::MetaCommand { instead, .. } => instead.clone(),
            Self::Unscannable => "close what is open; the line is where it begins".to_owned(),
        }
    }
}

/// The line of a byte, counted from 1.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}

/// The error for the backslash at a byte.
pub(super) fn meta_command(text: &str, byte: usize) -> ScriptError {
    let rest = text.get(byte..).unwrap_or_default();
    let command: String = rest.chars().take_while(|c| !c.is_whitespace()).collect();
    let instead = instead_of(&command);
    ScriptError { line: line_of(text, byte), problem: ScriptProblem::MetaCommand { command, instead } }
}

/// Lines that are looked at behind the last one up to which a text can be read.
const LOOKED_AT: usize = 1_000;

/// The error of a text that the scanner does not take: the command of psql that confuses it, or the line from which on it
/// cannot be read.
pub(super) fn unscannable(text: &str) -> ScriptError {
    let (mut readable, mut begin, mut looked_at) = (0, 0, 0);
    for line in text.split_inclusive('\n') {
        if readable == begin && line.trim_start().starts_with('\\') {
            return meta_command(text, begin + line.len() - line.trim_start().len());
        }
        begin += line.len();
        looked_at += 1;
        // What could be read needs no second look: a text is scanned in pieces that each end between words.
        if text.get(readable..begin).is_some_and(|piece| parse::tokens(piece).is_some()) {
            (readable, looked_at) = (begin, 0);
        }
        if looked_at > LOOKED_AT {
            break;
        }
    }
    ScriptError { line: line_of(text, readable), problem: ScriptProblem::Unscannable }
}

/// What does here what a command of psql does there: its words on the command line.
fn instead_of(command: &str) -> String {
    let word = command.trim_start_matches('\\').trim_end_matches(['+', 'S']);
    let said = match word {
        "d" => "use pg-cli describe NAME, or pg-cli tables without a name",
        "dt" | "dv" | "dm" | "ds" | "dE" => "use pg-cli tables",
        "dn" => "use pg-cli list-schemas",
        "di" => "use pg-cli list-indexes",
        "df" | "sf" | "sv" => "use pg-cli get-object-definition, or pg-cli search-objects",
        "l" => "use pg-cli check-databases, or a query on pg_database",
        "c" | "connect" => "one command has one connection: use -d, or --connection-id",
        "copy" => "use pg-cli copy-in, or pg-cli query with --format csv -o FILE",
        "i" | "ir" | "include" => "give each file with its own -f; they run in order",
        "set" => "use -v NAME=VALUE",
        "x" => "use --format expanded",
        "o" | "out" => "use -o FILE",
        "timing" => "every answer in JSON has duration_ms",
        "g" | "gx" | "gexec" | "gset" => {
            "end the statement with a semicolon; a step of pg-cli run can use its result"
        }
        "if" | "elif" | "else" | "endif" => "use the conditions of pg-cli run",
        "watch" => "run the command again, by watch(1)",
        "e" | "echo" | "q" | "quit" | "!" | "pset" | "a" | "t" | "h" | "?" => "leave it out",
        "conninfo" => "use pg-cli test-connection",
        "du" | "dg" | "dp" | "z" => "use a query on pg_roles or information_schema.role_table_grants",
        "dx" => "use a query on pg_extension",
        _ => "leave it out; pg-cli --help names every operation",
    };
    said.to_owned()
}
