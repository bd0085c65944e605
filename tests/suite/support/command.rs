//! pg-cli as a script runs it, with an environment of its own so that nothing of the machine's leaks in.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// The JSON on stdout.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error report on stderr, as `--format json` prints it.
    pub(crate) fn error(&self) -> Value {
        let report: Value =
            serde_json::from_str(&self.stderr).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        report["error"].clone()
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

/// The command, with nothing of this process's environment and these variables instead.
pub(crate) fn command<'a>(variables: impl IntoIterator<Item = (&'a str, String)>) -> Command {
    let mut command = Command::new(pg_tests::binary("pg-cli"));
    command.env_clear().envs(variables).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the command with `DATABASE_URL` set.
pub(crate) fn on(url: &str, arguments: &[impl AsRef<OsStr>]) -> Ended {
    command([("DATABASE_URL", url.to_owned())]).args(arguments).output().expect("pg-cli starts").into()
}

/// Runs the command with a text on its standard input.
pub(crate) fn fed(command: &mut Command, stdin: &[u8]) -> Ended {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("pg-cli starts");
    // A command that refuses its arguments does not read.
    let _ = child.stdin.take().expect("stdin is a pipe").write_all(stdin);
    child.wait_with_output().expect("pg-cli ends").into()
}
