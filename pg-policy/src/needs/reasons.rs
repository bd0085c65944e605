//! Why some statements are refused at every access level, and what to do instead.
//!
//! Separate because the words are long and the tables that use them should not be.
//! Invariant: every reason points to something that works.

use super::Reason;
use crate::rule::Rule;

pub(super) const TRANSACTION: Reason = Reason {
    rule: Rule::TransactionControl,
    why: "sessions are pooled and every call has its own transaction",
    instead: "give the statements to execute_transaction, which begins, commits and rolls back",
};

pub(super) const SETTING: Reason = Reason {
    rule: Rule::SessionState,
    why: "it changes the state of a pooled session, which others use next",
    instead: "use the arguments of the call or the connection's configuration for settings",
};

pub(super) const PREPARED: Reason = Reason {
    rule: Rule::SessionState,
    why: "prepared statements belong to one session, and sessions are pooled",
    instead: "send the statement itself with its parameters; it is prepared for you",
};

pub(super) const CURSOR: Reason = Reason {
    rule: Rule::SessionState,
    why: "cursors belong to one session, and sessions are pooled",
    instead: "send the query itself and page with fetch_size and the cursor of the answer",
};

pub(super) const LISTENING: Reason = Reason {
    rule: Rule::SessionState,
    why: "listening belongs to one session, and sessions are pooled",
    instead: "poll a table with a query",
};

pub(super) const LIBRARY: Reason = Reason {
    rule: Rule::SessionState,
    why: "it loads native code into a pooled session",
    instead: "ask the administrator to set shared_preload_libraries or session_preload_libraries",
};

pub(super) const TEMPORARY: Reason = Reason {
    rule: Rule::SessionState,
    why: "a temporary object outlives the call in a pooled session",
    instead: "add ON COMMIT DROP to a temporary table inside execute_transaction, or use a WITH clause",
};

pub(super) const COPY: Reason = Reason {
    rule: Rule::Copy,
    why: "COPY moves data over a protocol of its own, not as rows of an answer",
    instead: "use SELECT to read, INSERT with batch_execute to write",
};

pub(super) const FUNCTION_BODY: Reason =
    Reason { rule: Rule::Unknown, why: "it stands in function bodies only", instead: "use SELECT" };

pub(super) const PLANNED: Reason = Reason {
    rule: Rule::Unknown,
    why: "no text that the server's grammar accepts has such a part, so it cannot be judged",
    instead: "write the statement in another way",
};
