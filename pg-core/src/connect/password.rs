//! Reading the password where the settings say it is, anew for every connection.
//!
//! Invariant: what the file or the command holds is in no error, nor anything that the command complained of; a command that
//! hangs or floods is ended. No shell is in between unless the configuration names one.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::settings::{
    PasswordSource, Secret, Told,
    private_file::{REMEDY, is_private},
};

/// The most that a file or a command may give; tokens of the large clouds have a few thousand bytes.
const LONGEST: u64 = 64 << 10;

/// How long a command may take where connecting itself may take for ever.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// The password of a source. A command is ended after `limit`.
///
/// # Errors
///
/// What is wrong, in words.
pub(super) async fn read(source: &PasswordSource, limit: Option<Duration>) -> Result<Secret, Told> {
    match source {
        PasswordSource::Given(secret) | PasswordSource::Variable { value: secret, .. } => Ok(secret.clone()),
        PasswordSource::File(path) => from_file(path).await,
        PasswordSource::Command(command) => from_command(command, limit.unwrap_or(COMMAND_LIMIT)).await,
    }
}

async fn from_file(path: &Path) -> Result<Secret, Told> {
    let problem = |what: &str| Told::naming(|names| format!("the password file{} {what}", names.file(path)));
    let unreadable = |error: std::io::Error| problem(&format!("cannot be read: {error}"));
    // Looked at before it is opened: opening a pipe would wait for somebody to write into it.
    let metadata = tokio::fs::metadata(path).await.map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(problem("is not a plain file"));
    }
    if !is_private(&metadata) {
        return Err(problem(&format!("can be read by others, so it is not used: {REMEDY}")));
    }
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let bytes = bounded(file).await.map_err(unreadable)?;
    let bytes = bytes.ok_or_else(|| problem(&format!("is longer than {LONGEST} bytes")))?;
    first_line(bytes).ok_or_else(|| problem("holds no line of text"))
}

async fn from_command(command: &[String], limit: Duration) -> Result<Secret, Told> {
    let [program, arguments @ ..] = command else {
        return Err(Told::plain("the password command is empty"));
    };
    let problem =
        |what: &str| Told::naming(|names| format!("the password command{} {what}", names.program(program)));
    let begun = Instant::now();
    let ran = async {
        let mut child = tokio::process::Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // What a program of this kind complains of may quote its secrets.
            .stderr(Stdio::null())
            // Dropped before it has ended, it is ended.
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| problem(&format!("cannot be run: {error}")))?;
        let unreadable = |error: std::io::Error| problem(&format!("cannot be read from: {error}"));
        let stdout = child.stdout.take().ok_or_else(|| problem("has no output"))?;
        let bytes = bounded(stdout).await.map_err(unreadable)?;
        let bytes =
            bytes.ok_or_else(|| problem(&format!("wrote more than {LONGEST} bytes, and was ended")))?;
        let status = child.wait().await.map_err(unreadable)?;
        if !status.success() {
            return Err(problem(&format!(
                "failed with {status}; run it by hand to see what it complains of, as the user of this process"
            )));
        }
        first_line(bytes).ok_or_else(|| problem("wrote no line of text"))
    };
    tokio::time::timeout(limit, ran).await.unwrap_or_else(|_| {
        Err(problem(&format!("did not end within {} s, and was ended", begun.elapsed().as_secs().max(1))))
    })
}

/// All bytes; nothing where they are too many.
async fn bounded(source: impl AsyncRead + Unpin) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source.take(LONGEST + 1).read_to_end(&mut bytes).await?;
    Ok(u64::try_from(bytes.len()).is_ok_and(|length| length <= LONGEST).then_some(bytes))
}

fn first_line(bytes: Vec<u8>) -> Option<Secret> {
    let text = String::from_utf8(bytes).ok()?;
    text.lines().next().filter(|line| !line.is_empty()).map(Secret::from)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn command(words: &[&str]) -> PasswordSource {
        PasswordSource::Command(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[tokio::test]
    async fn takes_the_first_line_of_a_command() {
        let password = read(&command(&["printf", "hunter2\\nmore\\n"]), None).await.unwrap();
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
            let problem = read(&command(words), None).await.unwrap_err();
            assert!(!problem.local.contains("hunter2"), "{problem:?}");
            assert!(!problem.remote.contains("no-such-program"), "{problem:?}");
        }
    }

    #[tokio::test]
    async fn ends_a_command_that_hangs() {
        let hanging = command(&["sleep", "1000"]);
        let problem = read(&hanging, Some(Duration::from_millis(10))).await.unwrap_err();
        assert!(problem.local.contains("`sleep` did not end within"), "{problem:?}");
    }

    #[tokio::test]
    async fn ends_a_command_that_floods() {
        let problem = read(&command(&["cat", "/dev/zero"]), None).await.unwrap_err();
        assert!(problem.local.contains("more than 65536 bytes"), "{problem:?}");
    }

    #[tokio::test]
    async fn no_shell_reads_the_words_of_a_command() {
        let password = read(&command(&["printf", "%s", "$(id) && x"]), None).await.unwrap();
        assert_eq!(password.expose(), "$(id) && x");
    }

    #[tokio::test]
    async fn reads_a_file_only_if_it_is_private_plain_and_short() {
        let folder = std::env::temp_dir().join(format!("pgt-password-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let file = folder.join("secret");
        std::fs::write(&file, "hunter2\r\nmore\n").unwrap();
        let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let source = PasswordSource::File(file.clone());
        mode(0o644);
        let open = read(&source, None).await.unwrap_err();
        mode(0o600);
        let password = read(&source, None).await.unwrap();
        std::fs::write(&file, vec![b'x'; 1 << 20]).unwrap();
        let long = read(&source, None).await.unwrap_err();
        std::fs::write(&file, "\n").unwrap();
        let empty = read(&source, None).await.unwrap_err();
        let not_plain = read(&PasswordSource::File(folder.clone()), None).await.unwrap_err();
        std::fs::remove_dir_all(&folder).unwrap();
        let missing = read(&source, None).await.unwrap_err();
        assert_eq!(password.expose(), "hunter2");
        for (problem, words) in [
            (open, "chmod 0600"),
            (long, "longer than"),
            (empty, "no line of text"),
            (not_plain, "not a plain file"),
            (missing, "cannot be read"),
        ] {
            assert!(problem.local.contains(words) && problem.local.contains("pgt-password"), "{problem:?}");
            assert!(
                problem.remote.contains(words) && !problem.remote.contains("pgt-password"),
                "{problem:?}"
            );
        }
    }
}
