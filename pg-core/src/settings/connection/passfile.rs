//! The password file.
//!
//! Follows <https://www.postgresql.org/docs/current/libpq-pgpass.html>. A file that others can read is not used; this is
//! told as a warning to hand on, since the connection may need no password.
//! Invariant: warnings hold no line of the file.

use std::path::{Path, PathBuf};

use super::super::{secret::Secret, told::Told};
use super::target::{Host, SOCKET_FOLDERS, Target};

/// A password file that may or may not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passfile {
    path: PathBuf,
}

impl Passfile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The password for one target, database and user, if the file is there, private, and has one.
    ///
    /// # Errors
    ///
    /// A warning in words, if the file is there and cannot be used.
    pub(crate) fn find(&self, target: &Target, database: &str, user: &str) -> Result<Option<Secret>, Told> {
        Ok(self.read()?.and_then(|text| lookup(&text, target, database, user)))
    }

    /// The warning that [`Passfile::find`] would give.
    pub(super) fn warning(&self) -> Option<String> {
        self.read().err().map(|warning| warning.local)
    }

    fn read(&self) -> Result<Option<String>, Told> {
        let ignored = |why: &str| {
            Told::naming(|names| format!("the password file{} is not used: {why}", names.file(&self.path)))
        };
        let metadata = match std::fs::metadata(&self.path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ignored(&error.to_string())),
        };
        if !metadata.is_file() {
            return Err(ignored("it is not a plain file"));
        }
        if !is_private(&metadata) {
            return Err(ignored("others can read it; run `chmod 0600` on it"));
        }
        std::fs::read_to_string(&self.path).map(Some).map_err(|error| ignored(&error.to_string()))
    }
}

#[cfg(unix)]
fn is_private(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 == 0
}

#[cfg(not(unix))]
fn is_private(_: &std::fs::Metadata) -> bool {
    true
}

/// The password of the first line that matches; an empty one counts as none.
fn lookup(text: &str, target: &Target, database: &str, user: &str) -> Option<Secret> {
    let port = target.port.to_string();
    let host = match &target.host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(folder) if SOCKET_FOLDERS.iter().any(|known| folder == Path::new(known)) => {
            "localhost".to_owned()
        }
        Host::Unix(folder) => folder.display().to_string(),
    };
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let mut rest = line;
            for wanted in [host.as_str(), port.as_str(), database, user] {
                let (field, after) = field(rest)?;
                if field.text != wanted && !field.is_wildcard {
                    return None;
                }
                rest = after;
            }
            Some(unescaped(rest))
        })
        .filter(|password| !password.is_empty())
        .map(Secret::from)
}

struct Field {
    text: String,
    is_wildcard: bool,
}

/// Splits off the text up to the next `:` that is not escaped.
fn field(line: &str) -> Option<(Field, &str)> {
    let mut escaped = false;
    let end = line.char_indices().find_map(|(at, character)| {
        let ends = character == ':' && !escaped;
        escaped = character == '\\' && !escaped;
        ends.then_some(at)
    })?;
    let (field, rest) = line.split_at(end);
    Some((Field { text: unescaped(field), is_wildcard: field == "*" }, rest.get(1..)?))
}

fn unescaped(text: &str) -> String {
    let mut characters = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        plain.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(host: &str, port: u16) -> Target {
        Target { host: Host::Tcp(host.to_owned()), address: None, port }
    }

    fn found(text: &str, target: &Target, database: &str, user: &str) -> Option<String> {
        lookup(text, target, database, user).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn takes_the_first_line_that_matches() {
        let text = "# comment:*:*:*:no\nh:5432:d:u:first\nh:*:d:*:second\n*:*:*:*:last\n";
        assert_eq!(found(text, &tcp("h", 5432), "d", "u").as_deref(), Some("first"));
        assert_eq!(found(text, &tcp("h", 1), "d", "x").as_deref(), Some("second"));
        assert_eq!(found(text, &tcp("other", 1), "d", "x").as_deref(), Some("last"));
        assert_eq!(found("h:5432:d:u:first\n", &tcp("h", 5433), "d", "u"), None);
    }

    #[test]
    fn reads_escapes() {
        let text = "::1:5432:d:u:no\n\\:\\:1:5432:a\\\\b:\\*:p\\:w\\\\d\n";
        assert_eq!(found(text, &tcp("::1", 5432), r"a\b", "*").as_deref(), Some(r"p:w\d"));
        assert_eq!(found(text, &tcp("::1", 5432), r"a\b", "anyone"), None);
        assert_eq!(found("h:1:d:u:a:b\n", &tcp("h", 1), "d", "u").as_deref(), Some("a:b"));
    }

    #[test]
    fn knows_default_sockets_as_localhost_and_others_by_folder() {
        let text = "localhost:5432:d:u:local\n/srv/pg:5432:d:u:own\n";
        let unix =
            |folder: &str| Target { host: Host::Unix(PathBuf::from(folder)), address: None, port: 5432 };
        assert_eq!(found(text, &unix("/var/run/postgresql"), "d", "u").as_deref(), Some("local"));
        assert_eq!(found(text, &unix("/srv/pg"), "d", "u").as_deref(), Some("own"));
        assert_eq!(found(text, &unix("/srv/other"), "d", "u"), None);
    }

    #[test]
    fn ignores_short_lines_and_empty_passwords() {
        assert_eq!(found("h:5432:d\nh:5432:d:u:\n", &tcp("h", 5432), "d", "u"), None);
    }

    #[cfg(unix)]
    #[test]
    fn warns_of_a_file_that_others_can_read() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("pgpass-{}", std::process::id()));
        std::fs::write(&path, "*:*:*:*:hunter2\n").unwrap();
        let passfile = Passfile::new(path.clone());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let warning = passfile.find(&tcp("h", 1), "d", "u").unwrap_err();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let password = passfile.find(&tcp("h", 1), "d", "u").unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(warning.local.contains("chmod 0600") && !warning.local.contains("hunter2"), "{warning:?}");
        assert!(warning.local.contains("pgpass-") && !warning.remote.contains("pgpass-"), "{warning:?}");
        assert_eq!(password, Some(Secret::from("hunter2")));
        assert_eq!(passfile.find(&tcp("h", 1), "d", "u"), Ok(None));
    }
}
