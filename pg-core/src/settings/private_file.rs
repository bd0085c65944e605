//! Whether a file that holds a secret is one that others can read.
//!
//! Follows libpq's rule for key files: only the owner may, or root's group where root owns the file.
//! Source: <https://www.postgresql.org/docs/current/libpq-ssl.html>, "Client Certificates".

use std::fs::Metadata;

/// What to do about such a file.
pub(crate) const REMEDY: &str =
    "run `chmod 0600` on it (a mounted secret: give it the mode 0400, or 0440 where root owns it)";

/// Whether nobody reads or changes the file whom its owner did not choose.
#[cfg(unix)]
pub(crate) fn is_private(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let forbidden = if metadata.uid() == 0 { 0o027 } else { 0o077 };
    metadata.mode() & forbidden == 0
}

/// Modes are Unix's: elsewhere this cannot be told.
#[cfg(not(unix))]
pub(crate) fn is_private(_: &Metadata) -> bool {
    true
}
