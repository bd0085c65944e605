//! `policy.confirm`: which changes are shown first and made only once confirmed.

use serde::Deserialize;

use super::super::entry::ConfirmationOptions;
use super::super::located::Located;
use super::super::terms::kinds;
use super::{Count, KindWord, Rows};

/// Which changes are previewed and must be confirmed before they are made. What several tables say adds up.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct ConfirmationTable {
    /// Kinds of statements that must be confirmed, such as `DELETE` or `DROP`.
    pub(in super::super) kinds: Vec<Located<KindWord>>,
    /// Whether everything that may change something must be confirmed.
    pub(in super::super) writes: bool,
    /// Any change that touches more rows than this must be confirmed, cascades and triggers included.
    pub(in super::super) rows_above: Option<Rows>,
    /// For how many seconds a code is good; 300 by default.
    pub(in super::super) expires_after_s: Option<Count<86_400>>,
    /// Whether only a person may confirm, whom the front end asks: a caller gets no code.
    pub(in super::super) person: bool,
    /// Whether `pg-cli --yes` may confirm without asking; no, unless every table that speaks of confirmation says so.
    pub(in super::super) assume_yes: bool,
}

impl ConfirmationTable {
    /// What both tables ask for.
    pub(in super::super) fn and(mut self, other: &Self) -> Self {
        let least = |a: Option<Rows>, b: Option<Rows>| a.into_iter().chain(b).min_by_key(|rows| rows.get());
        self.kinds.extend(other.kinds.iter().cloned());
        self.rows_above = least(self.rows_above, other.rows_above);
        self.expires_after_s =
            self.expires_after_s.into_iter().chain(other.expires_after_s).min_by_key(|time| time.get());
        self.writes |= other.writes;
        self.person |= other.person;
        self.assume_yes &= other.assume_yes;
        self
    }

    /// What is asked for, in the program's terms.
    pub(in super::super) fn options(&self) -> ConfirmationOptions {
        let default = ConfirmationOptions::default();
        ConfirmationOptions {
            kinds: kinds(&self.kinds),
            writes: self.writes,
            rows_above: self.rows_above.map(|rows| rows.get()),
            expiry: self
                .expires_after_s
                .map_or(default.expiry, |time| std::time::Duration::from_secs(time.get())),
            person: self.person,
            assume_yes: self.assume_yes,
        }
    }
}
