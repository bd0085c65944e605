//! The keys of the configuration file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::connection::{ConnectionOptions, PasswordSource};
use super::super::environment::Environment;
use super::super::secret::Secret;
use super::document::{Document, Section};
use super::draft::{Draft, EntryDraft};
use super::error::ConfigurationError;

/// The most that fits the server's time-outs: a signed 32 bit number of milliseconds.
const MOST_MILLISECONDS: u64 = i32::MAX.unsigned_abs() as u64;

/// The longest that an open transaction may be left alone: the server ends a session that idles in one for longer.
const MOST_LEASE_MILLISECONDS: u64 = 300_000;

/// The longest answer or statement, in bytes: what fits one message of the protocol.
const MOST_BYTES: u64 = 1 << 30;

/// The most backends in a pool: PostgreSQL's own limit of connections.
const MOST_BACKENDS: u64 = 262_143;

/// Reads the file.
pub(super) fn read(file: &Path, environment: &Environment) -> Result<Draft, ConfigurationError> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| ConfigurationError::ReadFile { file: file.to_owned(), source })?;
    parse(file, text, environment)
}

/// Reads the file's text.
pub(super) fn parse(
    file: &Path,
    text: String,
    environment: &Environment,
) -> Result<Draft, ConfigurationError> {
    Document::new(file.to_owned(), text).read(|root| {
        let connections =
            root.sections("connections", |name, section| connection(name, section, environment))?;
        let mut draft = Draft {
            connections: connections.into_iter().collect(),
            defaults: root.section("defaults", entry)?.unwrap_or_default(),
            ..Draft::default()
        };
        root.section("server", |section| server(section, &mut draft))?;
        root.section("logging", |section| logging(section, &mut draft))?;
        Ok(draft)
    })
}

/// `[connections.NAME]`.
fn connection(
    name: &str,
    section: &Section<'_>,
    environment: &Environment,
) -> Result<EntryDraft, ConfigurationError> {
    let in_words = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if name.is_empty() || !in_words || name.chars().count() > 64 {
        return Err(ConfigurationError::Conflict {
            place: section.name().to_owned(),
            problem: "a connection's name has 1 to 64 letters, digits, `_`, `-` or `.`".to_owned(),
        });
    }
    let mut draft = entry(section)?;
    draft.label = section.get("label").map(|entry| entry.text().map(str::to_owned)).transpose()?;
    draft.search_path = section.get("search_path").map(|entry| entry.list()).transpose()?;
    draft.options = options(name, section, environment)?;
    Ok(draft)
}

/// `url` and libpq's options; the options win over the same ones in the URL.
fn options(
    name: &str,
    section: &Section<'_>,
    environment: &Environment,
) -> Result<ConnectionOptions, ConfigurationError> {
    let mut options = ConnectionOptions::new();
    if let Some(entry) = section.get("url") {
        options = ConnectionOptions::from_conninfo(entry.text()?).map_err(|source| {
            ConfigurationError::Connection {
                connection: name.to_owned(),
                place: format!("{}, `url`", entry.position()),
                source: Box::new(source),
            }
        })?;
    }
    let offered = ConnectionOptions::names().filter(|option| *option != "password");
    let given = offered
        .map(|option| (option, section.get(option)))
        .chain(ConnectionOptions::unsupported_names().map(|option| (option, section.get_unlisted(option))));
    for (option, entry) in given {
        if let Some(entry) = entry {
            options.set(option, entry.scalar()?).map_err(|source| ConfigurationError::Connection {
                connection: name.to_owned(),
                place: entry.position().to_string(),
                source: Box::new(source),
            })?;
        }
    }

    let mut sources = Vec::new();
    if let Some(entry) = section.get("password") {
        sources.push(("password", PasswordSource::Given(Secret::from(entry.text()?))));
    }
    if let Some(entry) = section.get("password_file") {
        sources.push(("password_file", PasswordSource::File(PathBuf::from(entry.text()?))));
    }
    if let Some(entry) = section.get("password_env") {
        let variable = entry.text()?;
        let password = environment.non_empty(variable).ok_or_else(|| {
            entry.invalid_shown("the name of a variable that is set and not empty when the program starts")
        })?;
        sources.push(("password_env", PasswordSource::Given(Secret::from(password))));
    }
    if let Some(entry) = section.get("password_command") {
        let command = entry.list()?;
        if command.is_empty() {
            return Err(entry.invalid("a list of the program and its arguments"));
        }
        sources.push(("password_command", PasswordSource::Command(command)));
    }
    match sources.as_slice() {
        [] | [_] => {}
        several => {
            let keys: Vec<&str> = several.iter().map(|(key, _)| *key).collect();
            return Err(ConfigurationError::Conflict {
                place: section.name().to_owned(),
                problem: format!(
                    "the password is given {} times, by {}: keep one of them",
                    keys.len(),
                    keys.join(" and ")
                ),
            });
        }
    }
    if let Some((_, source)) = sources.pop() {
        options.set_password(source);
    }
    Ok(options)
}

/// What `[defaults]` and `[connections.NAME]` have in common.
fn entry(section: &Section<'_>) -> Result<EntryDraft, ConfigurationError> {
    let mut draft = EntryDraft {
        access: section
            .get("access")
            .map(|entry| {
                entry.parsed(|word| word.parse().map_err(|_| "read, write, schema or admin".to_owned()))
            })
            .transpose()?,
        pool_size: section.get("pool_size").map(|entry| entry.count(MOST_BACKENDS)).transpose()?,
        ..EntryDraft::default()
    };
    section.section("limits", |limits| {
        let count = |key, most| limits.get(key).map(|entry| entry.count(most)).transpose();
        draft.rows = count("rows", u64::from(u32::MAX))?;
        draft.max_rows = count("max_rows", u64::from(u32::MAX))?;
        draft.max_bytes = limits.get("max_bytes").map(|entry| entry.count(MOST_BYTES)).transpose()?;
        draft.statement_timeout =
            count("statement_timeout_ms", MOST_MILLISECONDS)?.map(Duration::from_millis);
        draft.lock_timeout = count("lock_timeout_ms", MOST_MILLISECONDS)?.map(Duration::from_millis);
        draft.open_transactions =
            limits.get("open_transactions").map(|entry| entry.count(MOST_BACKENDS)).transpose()?;
        draft.transaction_lease =
            count("transaction_lease_ms", MOST_LEASE_MILLISECONDS)?.map(Duration::from_millis);
        Ok(())
    })?;
    section.section("policy", |policy| {
        let list = |key| policy.get(key).map(|entry| entry.list()).transpose();
        draft.allowed_operations = list("allowed_operations")?;
        draft.blocked_operations = list("blocked_operations")?.unwrap_or_default();
        draft.allowed_functions = list("allowed_functions")?;
        draft.max_statement_bytes =
            policy.get("max_statement_bytes").map(|entry| entry.count(MOST_BYTES)).transpose()?;
        Ok(())
    })?;
    Ok(draft)
}

/// `[server]`.
fn server(section: &Section<'_>, draft: &mut Draft) -> Result<(), ConfigurationError> {
    let list = |key| section.get(key).map(|entry| entry.list()).transpose();
    draft.listen = section
        .get("listen")
        .map(|entry| entry.parsed(|text| text.parse().map_err(str::to_owned)))
        .transpose()?;
    draft.allowed_origins = list("allowed_origins")?.unwrap_or_default();
    draft.connect_hosts = list("connect_hosts")?.unwrap_or_default();
    Ok(())
}

/// `[logging]`.
fn logging(section: &Section<'_>, draft: &mut Draft) -> Result<(), ConfigurationError> {
    draft.log_level = section
        .get("level")
        .map(|entry| entry.parsed(|text| text.parse().map_err(str::to_owned)))
        .transpose()?;
    draft.log_statements = section.get("log_statements").map(|entry| entry.flag()).transpose()?;
    draft.slow_statement = section
        .get("slow_statement_ms")
        .map(|entry| entry.count(MOST_MILLISECONDS).map(Duration::from_millis))
        .transpose()?;
    Ok(())
}
