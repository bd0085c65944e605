//! What a client's configuration says of this program, read back.
//!
//! Separate from entering: it changes nothing. Invariant: no value of a variable leaves this module, only whether it is written out.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use jsonc_parser::{ParseOptions, parse_to_serde_value};
use serde::Deserialize;
use serde_json::Value;

use super::{
    client::{Client, Form, Places},
    file,
};
use crate::Environment;

/// Variables that hold a secret, or may.
const SECRET: [&str; 4] = ["DATABASE_URL", "DATABASE_URI", "PGPASSWORD", "DB_PASSWORD"];

/// What a client is told of this program.
#[derive(Debug)]
pub(crate) struct Found {
    /// The file that says it.
    pub(crate) file: PathBuf,
    /// The name of the entry.
    pub(crate) name: String,
    /// What the client starts.
    pub(crate) command: String,
    /// With which arguments.
    pub(crate) arguments: Vec<String>,
    /// The secrets that the file holds as they are, by the names of their variables.
    pub(crate) written_out: Vec<String>,
    /// The variables that the file refers to.
    pub(crate) referred: Vec<String>,
}

/// An entry as clients have it.
#[derive(Deserialize)]
struct Written {
    command: Option<String>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, Value>,
    #[serde(default)]
    env_vars: Vec<String>,
}

/// The entries for this program in a client's file; `None` where the client has no file.
///
/// # Errors
/// What is wrong with the file, in words.
pub(crate) fn look(client: Client, environment: &Environment) -> Result<Option<Vec<Found>>, String> {
    let path = client.file(&Places::of(environment)?)?;
    let Some(text) = file::read(&path)? else { return Ok(None) };
    let wrong = |problem: String| format!("{} {problem}", path.display());
    let (within, whole): (_, Value) = match client.form() {
        Form::Json { within, .. } => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let whole = parse_to_serde_value(text, &ParseOptions::default());
            (within, whole.map_err(|problem| wrong(format!("is no JSON: {problem}")))?)
        }
        Form::Toml { within } => {
            let whole = pg_core::read_toml(Path::new(""), &text);
            // What the file holds besides may be secret, and the error quotes it.
            (within, whole.map_err(|_| wrong("is no TOML".to_owned()))?)
        }
    };
    let Some(servers) = whole.get(within) else { return Ok(Some(Vec::new())) };
    let servers =
        servers.as_object().ok_or_else(|| wrong(format!("has a `{within}` that is no table of servers")))?;
    let entries = servers.iter().filter_map(|(name, entry)| {
        let Written { command, args, env, env_vars } = Written::deserialize(entry).ok()?;
        let command = command.filter(|command| is_ours(command))?;
        let secret = |(name, value): &(&String, &Value)| {
            SECRET.contains(&name.as_str()) && value.as_str().is_some_and(|text| !text.starts_with('$'))
        };
        let refers = |(name, value): (&String, &Value)| {
            let text = value.as_str()?;
            text.starts_with('$').then(|| name.clone())
        };
        Some(Found {
            file: path.clone(),
            name: name.clone(),
            command,
            arguments: args,
            written_out: env.iter().filter(secret).map(|(name, _)| name.clone()).collect(),
            referred: env.iter().filter_map(refers).chain(env_vars).collect(),
        })
    });
    Ok(Some(entries.collect()))
}

/// Whether a command starts this program, by its file's name.
fn is_ours(command: &str) -> bool {
    let name = Path::new(command).file_stem().and_then(|name| name.to_str());
    name.is_some_and(|name| name.eq_ignore_ascii_case("pg-mcp"))
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn knows_this_program_by_its_name() {
        for (command, ours) in
            [("/opt/bin/pg-mcp", true), ("pg-mcp", true), ("pg-mcp.exe", true), ("npx", false), ("", false)]
        {
            assert_eq!(is_ours(command), ours, "{command}");
        }
    }
}
