//! A watch as it goes on: redrawn on a terminal, a line each time elsewhere, one JSON object a line for programs.
//!
//! Separate from the answer, which is told once. Invariant: it goes where the answer goes, and a reader who leaves ends the watch.

use std::io::{self, Write};

use pg_core::{Call, Update};

use crate::format::Format;
use crate::printable;

/// The call, with its updates told on standard output.
pub(crate) fn told(call: Call, format: Format, terminal: bool) -> Call {
    let token = call.cancellation().clone();
    call.with_updates(move |update| {
        if write(&text(&update, format, terminal)).is_err() {
            token.cancel();
        }
    })
}

fn text(update: &Update, format: Format, terminal: bool) -> String {
    match format {
        // One document is one object: the answer.
        Format::Json => String::new(),
        Format::Ndjson => format!("{}\n", update.json),
        // The cursor goes home, and what was there is wiped.
        _ if terminal => format!("\u{1b}[H\u{1b}[2J{}", printable::lines(&update.screen)),
        _ => format!("{}\n", printable::one_line(&update.line)),
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_redrawn_on_a_terminal_only() {
        let update = Update {
            json: serde_json::value::to_raw_value(&serde_json::json!({"a": 1})).unwrap(),
            line: "calm".to_owned(),
            screen: "calm\n".to_owned(),
        };
        assert_eq!(text(&update, Format::Ndjson, true), "{\"a\":1}\n");
        assert_eq!(text(&update, Format::Table, false), "calm\n");
        assert!(text(&update, Format::Table, true).starts_with("\u{1b}[H"));
    }
}
