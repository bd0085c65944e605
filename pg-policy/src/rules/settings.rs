//! The rule about settings that a transaction changes for itself.
//!
//! Separate because it is the one change of state that a pooled session survives. Invariant: only what the policy lists, by
//! its name in the statement, and only until the transaction ends.

use super::case::{Case, Outcome};
use crate::access::Access;
use crate::needs::{SettingChange, SettingScope};
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Settings that what was judged rests on, or that end the limits: no policy may hand them to a caller.
pub(crate) const NEVER: &[&str] = &[
    "backslash_quote",
    "client_encoding",
    "default_transaction_read_only",
    "escape_string_warning",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "lock_timeout",
    "quote_all_identifiers",
    "role",
    "row_security",
    "search_path",
    "session_authorization",
    "session_replication_role",
    "standard_conforming_strings",
    "statement_timeout",
    "transaction_deferrable",
    "transaction_isolation",
    "transaction_read_only",
    "transaction_timeout",
];

/// Asks about the settings that a statement changes by `SET LOCAL`, or stores for later sessions.
pub(super) fn settings(case: &Case<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    for (change, position) in &case.needs.settings {
        let allowed = is_allowed(change, case.settings);
        match change.scope {
            // The rule about functions judges set_config, and nothing allows SET for a session.
            SettingScope::Session => {}
            SettingScope::Transaction if allowed => outcome.needs(Access::Read),
            SettingScope::Transaction
                if case.needs.kind == crate::StatementKind::Set
                    || case.needs.kind == crate::StatementKind::Reset =>
            {
                return Err(refusal(change).at(*position));
            }
            SettingScope::Transaction | SettingScope::Stored | SettingScope::Server => {}
        }
    }
    Ok(())
}

/// Whether the policy lets a transaction change the setting.
pub(super) fn is_allowed(change: &SettingChange, settings: &Settings) -> bool {
    let listed = |name: &String| settings.settings.contains(name) && !NEVER.contains(&name.as_str());
    change.scope == SettingScope::Transaction && change.name.as_ref().is_some_and(listed)
}

fn refusal(change: &SettingChange) -> Refusal {
    let name = change.name.as_deref().unwrap_or("all settings");
    let met = format!("the setting {name}");
    if NEVER.contains(&name) {
        let why = "what is judged, and the limits of a statement, rest on it";
        let instead = "use the connection's configuration for it";
        return Refusal::new(Rule::Setting, met, why, instead);
    }
    let why = "the policy does not let a transaction change it";
    let instead = format!(
        "leave it out, or let the administrator list it in the connection's [policy]: allowed_settings = [\"{name}\"]"
    );
    Refusal::new(Rule::Setting, met, why, instead)
}
