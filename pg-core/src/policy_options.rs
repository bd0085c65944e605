//! From the words of the configuration to a policy.

use pg_policy::{Access, Policy, StatementKinds};

use crate::PolicyOptions;

/// The policy that these words describe, or what is wrong with them.
pub(crate) fn policy(access: Access, options: &PolicyOptions) -> Result<Policy, String> {
    let kinds =
        |words: &[String]| words.join(",").parse::<StatementKinds>().map_err(|error| error.to_string());
    let mut policy = Policy::builder()
        .access(access)
        .max_statement_bytes(options.max_statement_bytes)
        .blocked_kinds(kinds(&options.blocked_operations)?)
        .functions(options.allowed_functions.iter().cloned());
    if let Some(allowed) = &options.allowed_operations {
        policy = policy.allowed_kinds(kinds(allowed)?);
    }
    Ok(policy.build())
}
