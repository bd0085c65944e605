//! The clients that are to start this program: whether what they are told still holds.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{Parser, ValueEnum};
use pg_core::Environment;

use super::sign::{Area, Sign};
use crate::{
    Arguments, Client,
    install::{Found, look},
    run::chain,
    settings,
};

/// What was seen of one client, or of all that have a file.
pub(super) fn look_at(wanted: Option<Client>, environment: &Environment) -> Vec<Sign> {
    let asked = wanted.map_or_else(|| Client::value_variants().to_vec(), |client| vec![client]);
    let mut signs = Vec::new();
    for client in asked {
        let title = client.title();
        match look(client, environment) {
            Err(problem) => signs.push(
                Sign::fail(Area::Client, title, problem)
                    .because("the client reads no server from it")
                    .mend("correct the file by hand; nothing here changes what it cannot read"),
            ),
            Ok(Some(entries)) if !entries.is_empty() => {
                signs.extend(entries.iter().flat_map(|entry| entered(client, entry, environment)));
            }
            Ok(_) if wanted.is_some() => signs.push(
                Sign::fail(Area::Client, title, "it is not told of this program").mend(install(client)),
            ),
            Ok(_) => {}
        }
    }
    if signs.is_empty() {
        signs.push(
            Sign::warn(Area::Client, "", "no client is told of this program")
                .because("clients start it by themselves, once it stands in their configuration")
                .mend("`pg-mcp install --client NAME`"),
        );
    }
    signs
}

fn install(client: Client) -> String {
    let name = client.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    format!("`pg-mcp install --client {name}`")
}

fn entered(client: Client, entry: &Found, environment: &Environment) -> Vec<Sign> {
    let about = format!("{} `{}`", client.title(), entry.name);
    let mut signs = Vec::new();
    if let Some(problem) = not_a_program(&entry.command, environment) {
        signs.push(
            Sign::fail(Area::Client, &about, format!("{} {problem}", entry.command))
                .because(format!("{} has the client start it", entry.file.display()))
                .mend(install(client)),
        );
    }
    if let Some(problem) = misunderstood(entry, environment) {
        signs.push(
            Sign::fail(Area::Client, &about, problem)
                .because(format!("{} has the client start this program with them", entry.file.display()))
                .mend(format!("correct the arguments there, or {}", install(client))),
        );
    }
    for variable in &entry.written_out {
        signs.push(
            Sign::warn(
                Area::Client,
                &about,
                format!("{variable} is written out in {}", entry.file.display()),
            )
            .because("whoever reads the file has what it holds, a password perhaps")
            .mend(format!("set it in your environment and run {}, or use --config FILE", install(client))),
        );
    }
    let unset: Vec<&str> = entry
        .referred
        .iter()
        .map(String::as_str)
        .filter(|name| environment.non_empty(name).is_none())
        .collect();
    if !unset.is_empty() {
        signs.push(
            Sign::warn(Area::Client, &about, format!("{} not set here", unset.join(", ")))
                .because("the client passes it on from its own environment, which may be another one")
                .mend("set it where the client is started"),
        );
    }
    if signs.is_empty() {
        signs.push(Sign::ok(Area::Client, &about, "what it starts is there and understands its arguments"));
    }
    signs
}

/// What is wrong with a command, if anything.
fn not_a_program(command: &str, environment: &Environment) -> Option<&'static str> {
    let path = Path::new(command);
    if path.is_absolute() {
        return (!path.is_file()).then_some("is not there");
    }
    if path.components().count() > 1 {
        return Some("is a relative path, and clients start programs from any folder");
    }
    let folders = environment.non_empty("PATH").unwrap_or_default();
    let there = std::env::split_paths(&folders).any(|folder| folder.join(command).is_file());
    (!there).then_some("is not on the PATH of this shell")
}

/// What this program would say to the arguments of an entry.
fn misunderstood(entry: &Found, environment: &Environment) -> Option<String> {
    let words = std::iter::once("pg-mcp").chain(entry.arguments.iter().map(String::as_str));
    match Arguments::try_parse_from(words.map(OsString::from)) {
        Err(problem) => Some(problem.to_string().lines().next().unwrap_or_default().to_owned()),
        Ok(arguments) if arguments.config.as_ref().is_some_and(|file: &PathBuf| file.is_relative()) => {
            Some("--config is a relative path, and clients start programs from any folder".to_owned())
        }
        Ok(arguments) => arguments
            .config
            .is_some()
            .then(|| settings::load(&arguments, environment.clone()).err())
            .flatten()
            .map(|error| chain(&error)),
    }
}
