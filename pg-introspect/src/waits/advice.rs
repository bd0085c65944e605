//! The safe next step against a session that keeps others waiting.
//!
//! Separate because it is judgement and not reading. Invariant: what ends a session's work says so.

use crate::catalog::Session;

/// What to do about a session at the root, in words.
pub(crate) fn next_step(session: &Session, freed: usize) -> String {
    let pid = session.pid;
    let who = match (&session.application, &session.role) {
        (Some(application), _) if !application.is_empty() => format!("\"{application}\""),
        (_, Some(role)) => format!("the role \"{role}\""),
        _ => "its client".to_owned(),
    };
    let frees = match freed {
        0 => String::new(),
        1 => "; that frees 1 session".to_owned(),
        many => format!("; that frees {many} sessions"),
    };
    match (session.backend_type.as_deref(), session.state.as_deref()) {
        (Some("autovacuum worker"), _) => format!(
            "an autovacuum gives way by itself within a second unless it prevents wraparound; if it does not, let it finish, or \
             cancel_backend with pid={pid}, and it will come again{frees}"
        ),
        (_, Some("idle in transaction" | "idle in transaction (aborted)")) => format!(
            "it runs nothing and holds its transaction open: have {who} commit or roll back; if it cannot, terminate_backend with \
             pid={pid}, which undoes what that transaction wrote (cancel_backend has no effect on an idle session){frees}. A \
             setting idle_in_transaction_session_timeout prevents this"
        ),
        (_, Some("active")) => format!(
            "wait for its statement to end, or cancel_backend with pid={pid}, which undoes that statement; if the transaction then \
             stays open, terminate_backend{frees}"
        ),
        _ => format!("find out what {who} does; as a last resort terminate_backend with pid={pid}{frees}"),
    }
}

/// What to do about a prepared transaction at the root, in words.
pub(crate) fn next_step_for_prepared(name: Option<&str>) -> String {
    match name {
        Some(name) => {
            let quoted = name.replace('\'', "''");
            format!(
                "no session runs it: have the transaction manager that prepared it end it, or run COMMIT PREPARED '{quoted}' or \
                 ROLLBACK PREPARED '{quoted}' in its database, whichever the other databases of the transaction did"
            )
        }
        None => "a prepared transaction holds the lock; pg_prepared_xacts lists them, and COMMIT PREPARED or ROLLBACK PREPARED ends \
                 one"
        .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{next_step, next_step_for_prepared};
    use crate::catalog::Session;
    use serde_json::json;

    fn session(state: &str, backend_type: &str) -> Session {
        serde_json::from_value(json!({
            "pid": 7, "role": "r", "database": null, "application": "app", "client": null, "backend_type": backend_type,
            "state": state, "wait_event_type": null, "wait_event": null, "query_id": null, "query": null,
            "is_visible": true, "query_ms": null, "transaction_ms": null, "state_ms": null, "connected_since": null,
            "blocked_by": [], "total": 1
        }))
        .unwrap()
    }

    #[test]
    fn an_idle_transaction_is_ended_and_not_cancelled() {
        let step = next_step(&session("idle in transaction", "client backend"), 2);
        assert!(step.contains("terminate_backend with pid=7") && step.contains("frees 2 sessions"), "{step}");
    }

    #[test]
    fn a_statement_is_cancelled_and_autovacuum_left_alone() {
        assert!(next_step(&session("active", "client backend"), 0).contains("cancel_backend with pid=7"));
        assert!(next_step(&session("active", "autovacuum worker"), 0).contains("gives way by itself"));
    }

    #[test]
    fn the_name_of_a_prepared_transaction_is_quoted() {
        assert!(next_step_for_prepared(Some("it's")).contains("ROLLBACK PREPARED 'it''s'"));
    }
}
