//! Reading the password where the settings say it is, anew for every connection.
//!
//! Invariant: what the file or the command holds is in no error.

use std::process::Stdio;

use crate::settings::{PasswordSource, Secret};

/// The password of a source.
///
/// # Errors
///
/// What is wrong, in words.
pub(super) async fn read(source: &PasswordSource) -> Result<Secret, String> {
    match source {
        PasswordSource::Given(secret) => Ok(secret.clone()),
        PasswordSource::File(path) => {
            let text = tokio::fs::read_to_string(path)
                .await
                .map_err(|error| format!("the password file {} cannot be read: {error}", path.display()))?;
            first_line(&text).ok_or_else(|| format!("the password file {} is empty", path.display()))
        }
        PasswordSource::Command(command) => from_command(command).await,
    }
}

async fn from_command(command: &[String]) -> Result<Secret, String> {
    let [program, arguments @ ..] = command else {
        return Err("the password command is empty".to_owned());
    };
    let output = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        // What a program of this kind complains of may quote its secrets.
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| format!("the password command `{program}` cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("the password command `{program}` failed with {}", output.status));
    }
    String::from_utf8(output.stdout)
        .ok()
        .and_then(|text| first_line(&text))
        .ok_or_else(|| format!("the password command `{program}` wrote no line of text"))
}

fn first_line(text: &str) -> Option<Secret> {
    text.lines().next().filter(|line| !line.is_empty()).map(Secret::from)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn command(words: &[&str]) -> PasswordSource {
        PasswordSource::Command(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[tokio::test]
    async fn takes_the_first_line_of_a_command() {
        let password = read(&command(&["printf", "hunter2\\nmore\\n"])).await.unwrap();
        assert_eq!(password.expose(), "hunter2");
    }

    #[tokio::test]
    async fn tells_a_command_that_fails_without_what_it_wrote() {
        for words in [
            &["sh", "-c", "echo hunter2; echo hunter2 >&2; exit 3"][..],
            &["no-such-program"],
            &["true"],
            &[],
        ] {
            let problem = read(&command(words)).await.unwrap_err();
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
