//! What plans and suites say in SQL, held against what may stand in a statement that is composed around it.
//!
//! Separate so that every fragment is held against it in the same words, before anything is asked of a server.

/// That an expression is one by itself.
///
/// # Errors
/// In words, with the key that holds it.
pub(crate) fn expression(key: &str, text: Option<&String>) -> Result<(), String> {
    judged(key, text, pg_policy::one_expression)
}

/// That a query is one by itself; a semicolon may stand behind it.
///
/// # Errors
/// In words, with the key that holds it.
pub(crate) fn query(key: &str, text: Option<&String>) -> Result<(), String> {
    judged(key, text, |text| pg_policy::one_query(text.trim_end().trim_end_matches(';')))
}

fn judged(
    key: &str,
    text: Option<&String>,
    judge: impl Fn(&str) -> Result<(), pg_policy::Refusal>,
) -> Result<(), String> {
    match text.map(|text| judge(text)) {
        Some(Err(refusal)) => {
            Err(format!("`{key}`: {}: {}; {}", refusal.met(), refusal.why(), refusal.instead()))
        }
        Some(Ok(())) | None => Ok(()),
    }
}
