//! What a connection's policy hides, for those who tell of its data in other ways than rows.

use pg_policy::MaskKey;

use super::Connection;
use crate::Error;

impl Connection {
    /// Whether its policy masks columns: then nothing may tell their values past a judged statement.
    #[must_use]
    pub fn masks_columns(&self) -> bool {
        !self.inner.policy.masks().is_empty()
    }

    /// Takes out of an error what the server says of stored rows, where the policy masks columns: also a commit and a
    /// trigger may speak of them.
    pub(crate) fn hide_rows(&self, error: &mut Error) {
        if let Some(sql) = error.sql_mut().filter(|_| !self.inner.policy.masks().is_empty()) {
            sql.detail = None;
        }
    }

    /// The key by which values of it are replaced by others, where one is configured (`mask_key_file`, `mask_key_env`).
    #[must_use]
    pub fn mask_key(&self) -> Option<&MaskKey> {
        self.inner.mask_key.as_ref()
    }
}
