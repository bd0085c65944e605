//! `[audit]`: where the audit log goes and what is in it.
//!
//! Invariant: a log without a key is an error, since nobody could verify it.

use std::path::PathBuf;
use std::str::FromStr;

use super::super::environment::Environment;
use super::super::secret::Secret;
use super::error::ConfigurationError;
use super::tables::AuditTable;

/// The audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditSettings {
    /// The file that is written; rotated ones have `.1`, `.2` … behind its name, and its head `.head`.
    pub file: PathBuf,
    /// The key of its chain.
    pub key: AuditKey,
    /// Whether a statement that cannot be recorded is refused.
    pub required: bool,
    /// What is recorded of parameters.
    pub parameters: AuditParameters,
    /// From how many bytes on another file is begun.
    pub max_bytes: u64,
    /// How many files are kept.
    pub files: u32,
}

/// Where the key of the audit log is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditKey {
    /// In a file, which is made with a random key where there is none.
    File(PathBuf),
    /// Here.
    Given(Secret),
}

/// What the audit log holds of parameters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AuditParameters {
    /// Nothing.
    #[default]
    Never,
    /// The JSON types that they came as.
    Types,
    /// Their values.
    Values,
}

impl FromStr for AuditParameters {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "never" => Ok(Self::Never),
            "types" => Ok(Self::Types),
            "values" => Ok(Self::Values),
            _ => Err("never, types or values"),
        }
    }
}

/// A file of the log holds 64 MiB where nothing is said.
const MAX_BYTES: u64 = 64 << 20;
/// Files that are kept where nothing is said.
const FILES: u32 = 10;

/// What `[audit]` says, if it says anything.
pub(super) fn settings(
    table: AuditTable,
    environment: &Environment,
) -> Result<Option<AuditSettings>, ConfigurationError> {
    let conflict = |problem: &str| {
        Err(ConfigurationError::Conflict { place: "[audit]".to_owned(), problem: problem.to_owned() })
    };
    let AuditTable { file, key_file, key_env, required, parameters, max_bytes, files } = table;
    let Some(file) = file else {
        if key_file.is_some() || key_env.is_some() || required {
            return conflict("`file` is missing: say where the log goes, or take the section out");
        }
        return Ok(None);
    };
    let key = match (key_file, key_env) {
        (Some(file), None) => AuditKey::File(PathBuf::from(file)),
        (None, Some(variable)) => match environment.non_empty(&variable) {
            Some(key) => AuditKey::Given(Secret::from(key)),
            None => return conflict("the variable that `key_env` names is not set, or empty"),
        },
        (None, None) => {
            return conflict(
                "a key is missing: set `key_file` (made with a random key where there is none) or `key_env`",
            );
        }
        (Some(_), Some(_)) => return conflict("the key is given twice: keep `key_file` or `key_env`"),
    };
    Ok(Some(AuditSettings {
        file: PathBuf::from(file),
        key,
        required,
        parameters: parameters.map(|word| word.0).unwrap_or_default(),
        max_bytes: max_bytes.map_or(MAX_BYTES, |bytes| bytes.get()),
        files: files.and_then(|files| u32::try_from(files.get()).ok()).unwrap_or(FILES),
    }))
}
