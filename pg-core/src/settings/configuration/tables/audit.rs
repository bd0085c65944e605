//! `[audit]`.

use serde::Deserialize;

use super::super::audit::AuditParameters;
use super::{Bytes, Count, Parsed};

/// The audit log: every decision on a statement and every operation that ran, as JSON lines chained by HMAC-SHA-256.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct AuditTable {
    /// The file that is written, with mode 0600; no log where this is not given.
    pub(in super::super) file: Option<String>,
    /// The file with the key of the chain; made with a random key where there is none.
    pub(in super::super) key_file: Option<String>,
    /// The environment variable with the key.
    pub(in super::super) key_env: Option<String>,
    /// Whether a statement that cannot be recorded, as on a full disk, is refused; else one warning is logged.
    pub(in super::super) required: bool,
    /// What is recorded of parameters: never (the default), types, or values.
    pub(in super::super) parameters: Option<Parsed<AuditParameters>>,
    /// From how many bytes on another file is begun; 64 MiB by default.
    pub(in super::super) max_bytes: Option<Bytes>,
    /// How many files are kept, the one that is written included; 10 by default.
    pub(in super::super) files: Option<Count<1000>>,
}
