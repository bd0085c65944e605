//! Masks, once everything else is known: they fit the access, and tokens have their key.
//!
//! Separate because a key comes from outside of the file. Invariant: no error shows the key.

use pg_policy::{Access, MaskKey};

use super::super::environment::Environment;
use super::entry::PolicyOptions;
use super::error::ConfigurationError;
use super::terms::{Terms, conflict};

/// Puts the key into the policy, and looks whether masks can hold.
pub(super) fn complete(
    policy: &mut PolicyOptions,
    terms: &Terms,
    access: Access,
    environment: &Environment,
) -> Result<(), ConfigurationError> {
    if let Some(mask) = terms.policy.masked_columns.first()
        && access >= Access::Admin
    {
        let problem = "columns cannot be masked with admin access, which reaches them in other ways: grant schema access \
                       or less, or take the masks out";
        return Err(conflict(mask, problem.to_owned()));
    }
    let (file, variable) = (&terms.policy.mask_key_file, &terms.policy.mask_key_env);
    let (at, text) = match (file, variable) {
        (Some(file), Some(_)) => {
            return Err(conflict(file, "mask_key_file and mask_key_env are both given: keep one".to_owned()));
        }
        (Some(file), None) => {
            let read = std::fs::read_to_string(&file.value);
            (file, read.map_err(|error| format!("the file {} cannot be read: {error}", file.value)))
        }
        (None, Some(variable)) => {
            let value = environment.non_empty(&variable.value).map(str::to_owned);
            (variable, value.ok_or_else(|| format!("the environment variable {} is not set", variable.value)))
        }
        (None, None) => return Ok(()),
    };
    let key = text.and_then(|text| MaskKey::new(text.trim().as_bytes()).map_err(|error| error.to_string()));
    policy.mask_key = Some(key.map_err(|problem| conflict(at, problem))?);
    Ok(())
}
