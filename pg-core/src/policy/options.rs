//! From the configuration's words to a policy.

use pg_policy::{Access, Policy};

use crate::PolicyOptions;

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
    policy.build()
}
