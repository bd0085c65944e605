//! From the configuration's words to a policy.

use pg_policy::{Access, Policy};

use crate::{PolicyOptions, masks::key_of_process};

/// The policy that the configuration describes.
pub(crate) fn policy(access: Access, options: &PolicyOptions) -> Policy {
    let mut policy = Policy::builder()
        .access(access)
        .max_statement_bytes(options.max_statement_bytes)
        .blocked_kinds(options.blocked_operations.clone())
        .functions(options.allowed_functions.iter().cloned());
    if let Some(allowed) = &options.allowed_operations {
        policy = policy.allowed_kinds(allowed.clone());
    }
    if !options.masked_columns.is_empty() {
        policy = policy.masks(options.masked_columns.iter().cloned());
        if let Some(key) = options.mask_key.clone().or_else(key_of_process) {
            policy = policy.mask_key(key);
        }
    }
    policy.build()
}
