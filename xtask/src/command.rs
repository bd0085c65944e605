//! Running other programs: arguments as a list, never a line for a shell to read.
//!
//! Separate so that a failed program is reported alike everywhere: its name, its exit status and, where its
//! output was captured, the last lines of what it said.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Doing, Error};

/// Runs a program that shows its own output, and waits for it.
///
/// # Errors
/// The program cannot be started, or ends with a status other than 0.
pub fn run(command: &mut Command) -> Result<(), Error> {
    let status =
        command.stdin(Stdio::null()).status().doing(|| format!("cannot start `{}`", line(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::new(format!("`{}` ended with {status}", line(command))))
    }
}

/// Runs a program without showing its output, and gives what it wrote to standard output.
///
/// # Errors
/// The program cannot be started, or ends with a status other than 0; the message holds the last lines it wrote.
pub fn output(command: &mut Command) -> Result<String, Error> {
    let output =
        command.stdin(Stdio::null()).output().doing(|| format!("cannot start `{}`", line(command)))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(stdout);
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let said = if stderr.trim().is_empty() { stdout.as_str() } else { stderr.as_ref() };
    Err(Error::new(format!("`{}` ended with {}\n{}", line(command), output.status, last_lines(said, 12))))
}

/// Looks a program up in a `PATH`-like list of folders.
pub fn on_path(name: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    std::env::split_paths(path?).map(|folder| folder.join(name)).find(|candidate| is_program(candidate))
}

/// Says whether a file is there and may be run by somebody.
pub fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Gives the command as a reader would type it.
pub fn line(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        text.push(' ');
        if argument.is_empty()
            || argument.contains(|c: char| c.is_whitespace() || "\"'$`*?;&|<>()[]{}".contains(c))
        {
            text.push('\'');
            text.push_str(&argument.replace('\'', "'\\''"));
            text.push('\'');
        } else {
            text.push_str(&argument);
        }
    }
    text
}

/// Gives the last `count` lines of a text.
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_line_can_be_typed() {
        let mut command = Command::new("pg-cli");
        command.args(["query", "SELECT 'x' WHERE $1", "--format", "json", ""]);
        assert_eq!(line(&command), r"pg-cli query 'SELECT '\''x'\'' WHERE $1' --format json ''");
    }

    #[test]
    fn failure_carries_what_the_program_said() {
        let failure =
            output(Command::new("sh").args(["-c", "echo sad >&2; exit 3"])).unwrap_err().to_string();
        assert!(failure.contains("exit status: 3") && failure.ends_with("sad"), "{failure}");
    }

    #[test]
    fn program_is_found_on_path_only_when_it_can_be_run() {
        assert!(on_path("sh", Some(OsStr::new("/nowhere:/bin"))).is_some());
        assert_eq!(on_path("passwd", Some(OsStr::new("/etc"))), None);
        assert_eq!(on_path("sh", None), None);
    }
}
