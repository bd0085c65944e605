//! A script as psql takes it, as the statements that are judged one by one: apart at their semicolons, with `:name` and
//! `:'name'` as parameters.
//!
//! Separate from parsing, because it only cuts and numbers: what comes out is vetted like every other text. Invariant: the text
//! is read by the server's own scanner, so that what stands in strings, dollar quotes, comments and casts stays as it is; a
//! variable's value never comes into the text.

mod error;
mod split;

pub use error::{ScriptError, ScriptProblem};

use crate::parse::{self, Token, Word};

/// One statement of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptStatement {
    /// Its text, without the semicolon, with `$n` where variables stood.
    pub text: String,
    /// The line on which it begins, counted from 1.
    pub line: usize,
    /// The variables that are its last parameters, in order: the first of them is the one after [`Self::own_parameters`].
    pub variables: Vec<String>,
    /// The highest `$n` that the statement itself has.
    pub own_parameters: usize,
}

/// Cuts a script into its statements, with each variable that `is_given` says there is as a parameter.
///
/// Variables are numbered after the `$1`, `$2`, … that the statement has itself, each once however often it stands there.
/// Following psql: <https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-INTERPOLATION>, apart from values not
/// being put into the text.
///
/// # Errors
/// A [`ScriptError`] where the text cannot be scanned, a variable is not given, a variable stands for a name, or there is a
/// command of psql's own.
pub fn split_script(
    text: &str,
    is_given: &dyn Fn(&str) -> bool,
) -> Result<Vec<ScriptStatement>, ScriptError> {
    let Some(words) = parse::tokens(text) else { return Err(error::unscannable(text)) };
    split::statements(text, &words)?.iter().map(|words| statement(text, words, is_given)).collect()
}

/// A reference to a variable.
struct Reference<'t> {
    name: &'t str,
    /// Bytes of the text that it takes.
    start: usize,
    end: usize,
}

fn statement(
    text: &str,
    words: &[Word],
    is_given: &dyn Fn(&str) -> bool,
) -> Result<ScriptStatement, ScriptError> {
    let start = words.first().map_or(0, |word| word.start);
    let end = words.last().map_or(start, |word| word.end);
    let own_parameters = words
        .iter()
        .filter(|word| word.kind == Token::Param)
        .filter_map(|word| text.get(word.start + 1..word.end)?.parse().ok())
        .max()
        .unwrap_or(0);
    let mut made = ScriptStatement {
        text: String::new(),
        line: error::line_of(text, start),
        variables: Vec::new(),
        own_parameters,
    };
    let mut copied = start;
    for reference in references(text, words, is_given)? {
        let index = match made.variables.iter().position(|name| name == reference.name) {
            Some(index) => index,
            None => {
                made.variables.push(reference.name.to_owned());
                made.variables.len() - 1
            }
        };
        made.text.push_str(text.get(copied..reference.start).unwrap_or_default());
        made.text.push_str(&parameter(text, &reference, own_parameters + index + 1));
        copied = reference.end;
    }
    made.text.push_str(text.get(copied..end).unwrap_or_default());
    Ok(made)
}

/// `$n`, apart from what stands directly at it: `:n5` is one word, and `$1` before a letter or digit is another than `$1`.
fn parameter(text: &str, reference: &Reference<'_>, number: usize) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let before = text.get(..reference.start).unwrap_or_default().chars().next_back().is_some_and(is_word);
    let after = text.get(reference.end..).unwrap_or_default().chars().next().is_some_and(is_word);
    format!("{}${number}{}", if before { " " } else { "" }, if after { " " } else { "" })
}

/// The references of a statement: a colon and, directly after it, a word or a string.
fn references<'t>(
    text: &'t str,
    words: &[Word],
    is_given: &dyn Fn(&str) -> bool,
) -> Result<Vec<Reference<'t>>, ScriptError> {
    let mut found = Vec::new();
    let mut brackets = 0_usize;
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        match word.kind {
            Token::Ascii91 => brackets += 1,
            Token::Ascii93 => brackets = brackets.saturating_sub(1),
            Token::Ascii58 => {}
            _ => continue,
        }
        let Some(next) = rest.peek().filter(|next| word.kind == Token::Ascii58 && next.start == word.end)
        else {
            continue;
        };
        let said = text.get(next.start..next.end).unwrap_or_default();
        let fault = |problem| ScriptError { line: error::line_of(text, word.start), problem };
        let (name, quoted) = match name(said) {
            Name::Plain(name) => (name, false),
            Name::Quoted(name) => (name, true),
            Name::Identifier(name) => return Err(fault(ScriptProblem::Identifier { name: name.to_owned() })),
            Name::None => continue,
        };
        if is_given(name) {
            found.push(Reference { name, start: word.start, end: next.end });
        } else if quoted || brackets == 0 {
            // In brackets it is the upper bound of a slice, as to psql; elsewhere it can be nothing else.
            return Err(fault(ScriptProblem::NotGiven { name: name.to_owned() }));
        }
    }
    Ok(found)
}

/// What a word after a colon says.
enum Name<'t> {
    Plain(&'t str),
    Quoted(&'t str),
    Identifier(&'t str),
    None,
}

fn name(said: &str) -> Name<'_> {
    let within = |quote| said.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    if let Some(name) = within('\'') {
        return if is_name(name) { Name::Quoted(name) } else { Name::None };
    }
    if let Some(name) = within('"') {
        return Name::Identifier(name);
    }
    if is_name(said) { Name::Plain(said) } else { Name::None }
}

/// Whether a text can be the name of a variable: letters, digits and underscores, and no digit first.
fn is_name(text: &str) -> bool {
    let first = text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    first && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests;
