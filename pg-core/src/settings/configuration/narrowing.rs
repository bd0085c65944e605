//! What a connection says beside its profile: it may narrow it and never widen it.
//!
//! Separate because it is the promise that makes a profile worth naming. Invariant: what passes here and is then laid over the
//! profile's terms lets nothing through that the profile does not.

use pg_policy::StatementKind;

use super::error::ConfigurationError;
use super::lists;
use super::located::Located;
use super::tables::Count;
use super::terms::{Terms, conflict, kinds};

/// Lays what a connection says over its profile.
pub(super) fn narrow(mut own: Terms, profile: &Terms, name: &str) -> Result<Terms, ConfigurationError> {
    check(&own, profile, name)?;
    // A verb may stand for more kinds than the profile allows: those that it allows are meant.
    if let (Some(words), Some(allowed)) =
        (&mut own.policy.allowed_operations, &profile.policy.allowed_operations)
    {
        let allowed = kinds(&allowed.value);
        for word in &mut words.value {
            word.value.kinds = word.value.kinds.iter().filter(|kind| allowed.contains(*kind)).collect();
        }
    }
    Ok(own.over(profile))
}

/// Looks for what would widen the profile.
fn check(own: &Terms, profile: &Terms, name: &str) -> Result<(), ConfigurationError> {
    let wider =
        |what: String| format!("{what}: a connection may narrow its profile, not widen it; {}", remedy(name));
    let granted = profile.access.as_ref().map(|access| access.value).unwrap_or_default();
    if let Some(access) = own.access.as_ref().filter(|access| access.value > granted) {
        let asked = access.value;
        let what = format!("access = \"{asked}\" is more than the {granted} access of the profile `{name}`");
        return Err(conflict(access, wider(what)));
    }
    limits(own, profile, name)?;

    let allowed = profile.policy.allowed_operations.as_ref().map(|words| kinds(&words.value));
    let blocked = kinds(&profile.policy.blocked_operations);
    for word in own.policy.allowed_operations.iter().flat_map(|words| &words.value) {
        let outside = |kind: StatementKind| {
            blocked.contains(kind) || allowed.as_ref().is_some_and(|allowed| !allowed.contains(kind))
        };
        if word.value.kinds.iter().all(outside) {
            let what = format!("the profile `{name}` does not allow `{}`", word.value.word);
            return Err(conflict(word, wider(what)));
        }
    }
    lists::narrowing(&own.policy, &profile.policy, &wider)?;
    let listed = profile.policy.allowed_functions.as_ref();
    for function in own.policy.allowed_functions.iter().flat_map(|functions| &functions.value) {
        let known = listed.is_some_and(|listed| {
            listed.value.iter().any(|other| {
                other.value == function.value || function.value.ends_with(&format!(".{}", other.value))
            })
        });
        if !known {
            let what = format!("the profile `{name}` does not list the function `{}`", function.value);
            return Err(conflict(function, wider(what)));
        }
    }
    Ok(())
}

fn limits(own: &Terms, profile: &Terms, name: &str) -> Result<(), ConfigurationError> {
    let (mine, theirs) = (&own.limits, &profile.limits);
    less(mine.rows.as_ref(), theirs.max_rows.as_ref(), "limits.rows", name)?;
    less(mine.max_rows.as_ref(), theirs.max_rows.as_ref(), "limits.max_rows", name)?;
    less(mine.max_bytes.as_ref(), theirs.max_bytes.as_ref(), "limits.max_bytes", name)?;
    less(mine.max_result_bytes.as_ref(), theirs.max_result_bytes.as_ref(), "limits.max_result_bytes", name)?;
    less(
        mine.max_message_bytes.as_ref(),
        theirs.max_message_bytes.as_ref(),
        "limits.max_message_bytes",
        name,
    )?;
    less(
        mine.statement_timeout_ms.as_ref(),
        theirs.statement_timeout_ms.as_ref(),
        "limits.statement_timeout_ms",
        name,
    )?;
    less(mine.lock_timeout_ms.as_ref(), theirs.lock_timeout_ms.as_ref(), "limits.lock_timeout_ms", name)?;
    less(
        mine.open_transactions.as_ref(),
        theirs.open_transactions.as_ref(),
        "limits.open_transactions",
        name,
    )?;
    less(
        mine.transaction_lease_ms.as_ref(),
        theirs.transaction_lease_ms.as_ref(),
        "limits.transaction_lease_ms",
        name,
    )?;
    less(mine.max_concurrent.as_ref(), theirs.max_concurrent.as_ref(), "limits.max_concurrent", name)?;
    less(
        mine.statements_per_minute.as_ref(),
        theirs.statements_per_minute.as_ref(),
        "limits.statements_per_minute",
        name,
    )?;
    less(mine.max_cost.as_ref(), theirs.max_cost.as_ref(), "limits.max_cost", name)?;
    less(
        mine.max_rows_estimate.as_ref(),
        theirs.max_rows_estimate.as_ref(),
        "limits.max_rows_estimate",
        name,
    )?;
    let (mine, theirs) = (&own.policy, &profile.policy);
    less(
        mine.max_statement_bytes.as_ref(),
        theirs.max_statement_bytes.as_ref(),
        "policy.max_statement_bytes",
        name,
    )
}

fn less<const MOST: u64>(
    own: Option<&Located<Count<MOST>>>,
    profile: Option<&Located<Count<MOST>>>,
    key: &str,
    name: &str,
) -> Result<(), ConfigurationError> {
    let (Some(own), Some(most)) = (own, profile) else { return Ok(()) };
    if own.value <= most.value {
        return Ok(());
    }
    let (asked, most) = (own.value.get(), most.value.get());
    Err(conflict(
        own,
        format!(
            "{key} = {asked} is more than the {most} of the profile `{name}`: a connection may narrow its profile, not \
             widen it; {}",
            remedy(name)
        ),
    ))
}

fn remedy(name: &str) -> String {
    format!("make it narrower, or name a profile of your own that extends `{name}`")
}
