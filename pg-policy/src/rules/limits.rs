//! Rules about size: length, NUL bytes, nesting.
//!
//! Separate because they are asked before and around the parser.
//! Invariant: no text reaches the parser that has not passed `text`.

use crate::needs::Needs;
use crate::parse;
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::rule::Rule;

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
    Ok(())
}

/// Asks whether the tree is flat enough.
pub(super) fn nesting(needs: &Needs, settings: &Settings) -> Result<(), Refusal> {
    if needs.depth > settings.max_nesting { Err(parse::too_deep()) } else { Ok(()) }
}
