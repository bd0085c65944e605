//! Rules about size: length, NUL bytes, nesting, parameters.
//!
//! Separate because they are asked before and around the parser.
//! Invariant: no text reaches the parser that has not passed `text`.

use super::case::{Case, Outcome};
use crate::parse;
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::tree::Positions;

/// Asks what must hold before the parser sees a text.
pub(crate) fn text(text: &str, settings: &Settings) -> Result<(), Refusal> {
    let (bytes, most) = (text.len(), settings.max_statement_bytes);
    if bytes > most {
        return Err(Refusal::new(
            Rule::Length,
            format!("a statement of {bytes} bytes"),
            format!("the policy's limit is {most} bytes"),
            "send values as parameters, and many rows in several statements with batch_execute",
        ));
    }
    if let Some(offset) = text.bytes().position(|byte| byte == 0) {
        let position = text.chars().take_while(|character| *character != '\0').count() + 1;
        return Err(Refusal::new(
            Rule::NulByte,
            format!("a NUL byte (byte {offset} of the text)"),
            "PostgreSQL ends a statement's text at a NUL byte, so that what runs is not what was judged",
            "remove it; a text value in PostgreSQL cannot hold it, a bytea parameter can",
        )
        .at(Some(position)));
    }
    runs(text)
}

/// Signs in a row, and openings of comments in a row, that pass.
const IN_A_ROW: usize = 16;

/// Texts that the PostgreSQL lexer takes very long to read, here and in the server, which has the same
/// one: a run of `+` and `-` takes the cube of its length, a run of `/*/*/*` the square, so that a few
/// thousand characters keep it busy for minutes. Two minus signs begin a comment and end a run of signs.
fn runs(text: &str) -> Result<(), Refusal> {
    let (mut signs, mut openings, mut last) = (0_usize, 0_usize, 0_u8);
    for (offset, byte) in text.bytes().enumerate() {
        signs = match (byte, last) {
            (b'-', b'-') => 0,
            (b'+' | b'-', _) => signs + 1,
            _ => 0,
        };
        openings = match (byte, last) {
            (b'*', b'/') => openings + 1,
            _ if OPERATOR_CHARACTERS.contains(&byte) => openings,
            _ => 0,
        };
        last = byte;
        let what = match (signs > IN_A_ROW, openings > IN_A_ROW) {
            (false, false) => continue,
            (true, _) => "signs",
            (false, true) => "openings of comments",
        };
        return Err(Refusal::new(
            Rule::Nesting,
            format!("a run of more than {IN_A_ROW} {what}"),
            "reading it would keep the parser busy, here and in the server",
            "leave it out; send a text that has it as a parameter",
        )
        .at(Positions::of(text).character(i32::try_from(offset).unwrap_or(-1))));
    }
    Ok(())
}

/// The characters of which the lexer makes operators.
const OPERATOR_CHARACTERS: &[u8] = b"~!@#^&|`?+-*/%<>=";

/// Asks whether the tree is flat enough.
pub(super) fn nesting(case: &Case<'_>, _: &mut Outcome) -> Result<(), Refusal> {
    if case.needs.depth > case.settings.max_nesting { Err(parse::too_deep()) } else { Ok(()) }
}

/// The most parameters that the protocol counts.
const MOST_PARAMETERS: usize = 65_535;

/// Asks whether the protocol can carry the parameters.
pub(super) fn parameters(case: &Case<'_>, _: &mut Outcome) -> Result<(), Refusal> {
    let highest = case.needs.highest_parameter;
    if highest <= MOST_PARAMETERS {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::Parameters,
        format!("the parameter ${highest}"),
        format!("the protocol carries {MOST_PARAMETERS} parameters at most"),
        "send many values in one array, as in `= ANY ($1)`, or many rows with batch_execute",
    ))
}
