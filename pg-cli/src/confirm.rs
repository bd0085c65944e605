//! Asking the user whether a change is to be made: on the terminal, or not at all where `--yes` has said it.
//!
//! Separate because it is the one place where a command waits for a person. Invariant: anything but a plain yes is a no.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use pg_core::{Asker, Confirmation, Environment};

use crate::printable;

/// Whom the command can ask: nobody where its input or its messages are not a terminal.
pub(crate) fn asker(yes: bool) -> Option<Arc<dyn Asker>> {
    if yes {
        return Some(Arc::new(Yes));
    }
    (io::stdin().is_terminal() && io::stderr().is_terminal()).then(|| Arc::new(Terminal) as Arc<dyn Asker>)
}

/// Where codes wait for the next command of the same user.
pub(crate) fn codes_folder(environment: &Environment) -> Option<PathBuf> {
    let state = environment.non_empty("XDG_STATE_HOME").map(PathBuf::from);
    let home = || environment.non_empty("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    Some(state.filter(|state| state.is_absolute()).or_else(home)?.join("pg-toolkit/confirmations"))
}

/// What `--yes` says.
#[derive(Debug)]
struct Yes;

#[async_trait]
impl Asker for Yes {
    async fn confirm(&self, _connection: &str, _confirmation: &Confirmation) -> bool {
        true
    }

    fn assumes_yes(&self) -> bool {
        true
    }
}

/// The person at the terminal.
#[derive(Debug)]
struct Terminal;

#[async_trait]
impl Asker for Terminal {
    async fn confirm(&self, connection: &str, confirmation: &Confirmation) -> bool {
        let samples = serde_json::to_string_pretty(&confirmation.preview.samples).unwrap_or_default();
        let question =
            printable::lines(&format!("{connection}: {confirmation}\n{samples}\nMake this change? [y/N] "))
                .into_owned();
        // A read of the terminal blocks, and must not hold up what else the runtime does.
        let answer = tokio::task::spawn_blocking(move || ask(&question)).await;
        matches!(answer, Ok(Ok(answer)) if ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
    }
}

fn ask(question: &str) -> io::Result<String> {
    let mut terminal = io::stderr().lock();
    terminal.write_all(question.as_bytes())?;
    terminal.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer)
}
