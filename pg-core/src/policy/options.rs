//! From the configuration's words to a policy.

use pg_policy::{Access, Policy, StatementKinds};

use crate::{PolicyOptions, masks::key_of_process};

/// The policy that the configuration describes.
pub(crate) fn policy(access: Access, options: &PolicyOptions) -> Policy {
    built(access, options, options.blocked_operations.clone())
}

/// The same policy without the kinds that must be confirmed: what it refuses and the other one does not holds one of them,
/// at whatever depth. None where no kind must be.
pub(crate) fn watched(access: Access, options: &PolicyOptions) -> Option<Policy> {
    let mut blocked = options.blocked_operations.clone();
    blocked.extend(options.confirmation.kinds.iter());
    (!options.confirmation.kinds.is_empty()).then(|| built(access, options, blocked))
}

fn built(access: Access, options: &PolicyOptions, blocked: StatementKinds) -> Policy {
    let mut policy = Policy::builder()
        .access(access)
        .max_statement_bytes(options.max_statement_bytes)
        .blocked_kinds(blocked)
        .functions(options.allowed_functions.iter().cloned());
    if let Some(allowed) = &options.allowed_operations {
        policy = policy.allowed_kinds(allowed.clone());
    }
    let rules = &options.rules;
    policy = policy
        .denied_functions(rules.denied_functions.iter().cloned())
        .denied_schemas(rules.denied_schemas.iter().cloned())
        .denied_tables(rules.denied_tables.iter().cloned())
        .allowed_columns(rules.allowed_columns.iter().cloned())
        .denied_columns(rules.denied_columns.iter().cloned())
        .allowed_settings(rules.allowed_settings.iter().cloned())
        .allowed_wrappers(rules.allowed_wrappers.iter().cloned());
    if let Some(schemas) = &rules.allowed_schemas {
        policy = policy.allowed_schemas(schemas.iter().cloned());
    }
    if let Some(tables) = &rules.allowed_tables {
        policy = policy.allowed_tables(tables.iter().cloned());
    }
    policy = policy.triggers(rules.triggers);
    if rules.require_where {
        policy = policy.require_where();
    }
    if !rules.truncate {
        policy = policy.without_truncate();
    }
    if !rules.drop {
        policy = policy.without_drop();
    }
    policy = policy.masked_predicates(rules.masked_predicates);
    if !options.masked_columns.is_empty() {
        policy = policy.masks(options.masked_columns.iter().cloned());
        if let Some(key) = options.mask_key.clone().or_else(key_of_process) {
            policy = policy.mask_key(key);
        }
    }
    policy.build()
}
