//! Reading a plan: from the server's JSON to what it means. Nothing here asks the server.

mod candidates;
mod explained;
mod finding;
mod findings;
mod node;
mod special;
mod text;

pub use finding::{Finding, FindingKind};

pub(crate) use candidates::{Candidate, candidates};
pub(crate) use explained::{Explained, RowEstimates, drop_output_lists};
pub(crate) use findings::findings;
pub(crate) use special::Method;
pub(crate) use text::plan_text;
