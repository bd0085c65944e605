//! The connection service file.
//!
//! Follows <https://www.postgresql.org/docs/current/libpq-pgservice.html>: first `PGSERVICEFILE` or
//! `~/.pg_service.conf`, then `pg_service.conf` in `PGSYSCONFDIR`; the first file that has the section counts.

use std::path::{Path, PathBuf};

use super::super::environment::Environment;
use super::error::{Origin, SettingsError};
use super::keyword;
use super::options::ConnectionOptions;

/// Where distributions keep the file that is shared by all users.
const SYSTEM_FOLDER: &str = "/etc/postgresql-common";

/// Reads the section `service`.
///
/// `file` is a service file that was asked for by name, and so has to be there.
pub(super) fn read(
    service: &str,
    file: Option<&str>,
    environment: &Environment,
) -> Result<ConnectionOptions, SettingsError> {
    let own = match file {
        Some(file) => Some((PathBuf::from(file), true)),
        None => environment.home().map(|home| (home.join(".pg_service.conf"), false)),
    };
    let system =
        Path::new(environment.non_empty("PGSYSCONFDIR").unwrap_or(SYSTEM_FOLDER)).join("pg_service.conf");

    let mut searched = Vec::new();
    for (file, required) in own.into_iter().chain([(system, false)]) {
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => continue,
            Err(error) => {
                return Err(SettingsError::ServiceFile { file, problem: format!("cannot be read: {error}") });
            }
        };
        match section(&text, service) {
            Ok(Some(options)) => return Ok(options),
            Ok(None) => searched.push(file),
            Err(problem) => return Err(SettingsError::ServiceFile { file, problem }),
        }
    }
    Err(SettingsError::UnknownService { service: service.to_owned(), files: searched })
}

/// The options of one section, or `None` if there is no such section.
fn section(text: &str, service: &str) -> Result<Option<ConnectionOptions>, String> {
    let mut options: Option<ConnectionOptions> = None;
    for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            if options.is_some() {
                break;
            }
            if name.strip_suffix(']').is_some_and(|name| name == service) {
                options = Some(ConnectionOptions::new());
            }
            continue;
        }
        let Some(options) = options.as_mut() else { continue };
        let Some((name, value)) = line.split_once('=') else {
            return Err(format!("has no `=` in line {number}: write option=value"));
        };
        let (name, value) = (name.trim(), value.trim());
        if matches!(name, "service" | "servicefile") {
            return Err(format!(
                "names another service in line {number}, which libpq does not allow: remove the line"
            ));
        }
        let keyword = keyword::find(name).ok_or_else(|| {
            let hint = keyword::nearest_name(name)
                .map(|name| format!(": did you mean `{name}`?"))
                .unwrap_or_default();
            format!("has an unknown connection option `{name}` in line {number}{hint}")
        })?;
        // The first line of a name counts, as in libpq.
        let set =
            if keyword.name == "password" { options.password.is_some() } else { options.get(name).is_some() };
        if !set {
            options
                .insert(keyword, value.to_owned(), Origin::Service(service.to_owned()))
                .map_err(|error| format!("is not usable in line {number}: {error}"))?;
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# comment\n[mydb]\nhost=somehost\nport=5433\nuser=admin\npassword=hunter2\nport=1\n\n[other]\ndbname=x\n";

    #[test]
    fn reads_the_section_asked_for_and_the_first_of_two_lines() {
        let options = section(FILE, "mydb").unwrap().unwrap();
        assert_eq!(options.get("host"), Some("somehost"));
        assert_eq!(options.get("port"), Some("5433"));
        assert_eq!(options.get("dbname"), None);
        assert!(options.password.is_some());
        assert!(section(FILE, "none").unwrap().is_none());
    }

    #[test]
    fn names_the_line_of_a_mistake() {
        for (text, wanted) in [
            ("[a]\nhost\n", "line 2"),
            ("[a]\n\nhots=x\n", "`host`"),
            ("[a]\nservice=b\n", "another service"),
        ] {
            let error = section(text, "a").unwrap_err();
            assert!(error.contains(wanted), "{error}");
        }
    }
}
