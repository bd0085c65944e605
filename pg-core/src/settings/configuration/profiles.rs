//! The profiles: named policies, built in or of the file, each with what it extends.
//!
//! Separate because connections only name them. Invariant: a profile that is handed out is whole (it grants an access), and
//! the chain behind it has an end.

use std::collections::BTreeMap;

use super::super::nearest::nearest;
use super::contradictions;
use super::document::Document;
use super::error::ConfigurationError;
use super::located::Located;
use super::name;
use super::tables::{File, ProfileTable};
use super::terms::{Terms, conflict};

/// The built-in profiles, as the file would say them.
const BUILT_IN: &str = include_str!("profiles.toml");

/// The profile that those begin with which extend none.
const LEAST: &str = "read_only";

/// Every profile by name, laid over what it extends.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    whole: BTreeMap<String, Terms>,
}

impl Profiles {
    /// Takes the file's profiles in beside the built-in ones.
    pub(super) fn new(of_file: BTreeMap<String, ProfileTable>) -> Result<Self, ConfigurationError> {
        let built_in = Document::new("built-in profiles".into(), BUILT_IN.to_owned()).read::<File>()?;
        let mut tables = built_in.profiles;
        for (profile, table) in of_file {
            name::check("profiles", &profile)?;
            if tables.contains_key(&profile) {
                return Err(ConfigurationError::Conflict {
                    place: format!("[profiles.{profile}]"),
                    problem: format!(
                        "the profile `{profile}` is built in: choose another name, and say extends = \"{profile}\""
                    ),
                });
            }
            tables.insert(profile, table);
        }
        let mut profiles = Profiles::default();
        for name in tables.keys() {
            profiles.settle(name, &tables)?;
        }
        Ok(profiles)
    }

    /// The profile that a key names.
    pub(super) fn named(&self, name: &Located<String>) -> Result<&Terms, ConfigurationError> {
        self.whole.get(&name.value).ok_or_else(|| unknown(name, self.whole.keys()))
    }

    /// Every profile.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Terms)> {
        self.whole.iter()
    }

    /// Lays a profile over those that it extends, the first of them first.
    fn settle(
        &mut self,
        name: &str,
        tables: &BTreeMap<String, ProfileTable>,
    ) -> Result<(), ConfigurationError> {
        let mut chain: Vec<(&str, &ProfileTable)> = Vec::new();
        let mut next = tables.get_key_value(name);
        while let Some((name, table)) = next {
            chain.push((name, table));
            next = match &table.extends {
                // Whatever is said nowhere is as in the least of them.
                None => tables.get_key_value(LEAST).filter(|_| name != LEAST),
                Some(extends) => {
                    if chain.iter().any(|(name, _)| *name == extends.value) {
                        return Err(conflict(extends, circle(&chain, &extends.value)));
                    }
                    let found = tables.get_key_value(&extends.value);
                    Some(found.ok_or_else(|| unknown(extends, tables.keys()))?)
                }
            };
        }
        let mut whole = Terms::default();
        for (_, table) in chain.into_iter().rev() {
            let own = own(table);
            whole = own.clone().over(&whole);
            contradictions::check(&own, &whole)?;
        }
        self.whole.insert(name.to_owned(), whole);
        Ok(())
    }
}

/// What a profile's own table says.
fn own(table: &ProfileTable) -> Terms {
    Terms { access: table.access.clone(), limits: table.limits.clone(), policy: table.policy.clone() }
}

fn circle(chain: &[(&str, &ProfileTable)], again: &str) -> String {
    let names: Vec<String> = chain.iter().map(|(name, _)| format!("`{name}`")).collect();
    format!(
        "the profiles extend each other in a circle: {} and again `{again}`; let one of them extend none",
        names.join(" extends ")
    )
}

fn unknown<'a>(
    name: &Located<String>,
    known: impl Iterator<Item = &'a String> + Clone,
) -> ConfigurationError {
    let given = &name.value;
    let near = nearest(given, known.clone().map(String::as_str));
    let known: Vec<&str> = known.map(String::as_str).collect();
    let instead = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.join(", ")),
    };
    conflict(name, format!("there is no profile `{given}`: {instead}"))
}
