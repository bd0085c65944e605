//! A policy looked at from outside: what a configuration comes to, what becomes of a statement, whether a corpus is judged as
//! it should be, and the role that matches a policy.
//!
//! Separate from the operations, because none of this is for a client: it is for whoever writes the policy. Invariant: nothing
//! here changes a policy, and nothing here is in the list of operations, so no client can reach it.

mod corpus;
mod explain;
mod grants;
mod options;
mod subject;
mod summary;

pub use corpus::{CorpusReport, Difference, Expected, test_corpus};
pub use explain::{ExplainedStatement, explain, explain_live};
pub use grants::{GrantOptions, grants, grants_live};
pub use subject::{Subject, SubjectName};
pub use summary::{ConfigurationSummary, ConnectionSummary, ProfileSummary, summary};

pub(crate) use options::{policy, watched};
