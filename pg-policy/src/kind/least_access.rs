//! The least access with which a kind of statement can pass.
//!
//! Separate because a policy's list of kinds is compared with its access before any statement is seen.
//! Invariant: never more than what a statement of the kind is found to need, which the corpora hold.

use super::StatementKind;
use crate::access::Access;

impl StatementKind {
    /// The least access with which a statement of this kind can pass; `None` where no level allows it.
    pub fn least_access(self) -> Option<Access> {
        use StatementKind as K;
        Some(match self {
            K::Select | K::Values | K::Show | K::Explain => Access::Read,
            K::Insert
            | K::Update
            | K::Delete
            | K::Merge
            | K::Call
            | K::Notify
            | K::Lock
            | K::SetConstraints => Access::Write,
            K::Truncate | K::Comment | K::Refresh | K::Vacuum | K::Analyze | K::Cluster | K::Reindex => {
                Access::Schema
            }
            K::Do
            | K::Copy
            | K::Grant
            | K::Revoke
            | K::ReassignOwned
            | K::SecurityLabel
            | K::Checkpoint
            | K::ImportForeignSchema => Access::Admin,
            K::Create(object) | K::Alter(object) | K::Drop(object) => object.access(),
            K::Set
            | K::Reset
            | K::Begin
            | K::Commit
            | K::Rollback
            | K::Savepoint
            | K::Release
            | K::PrepareTransaction
            | K::CommitPrepared
            | K::RollbackPrepared
            | K::Prepare
            | K::Execute
            | K::Deallocate
            | K::Declare
            | K::Fetch
            | K::Close
            | K::Listen
            | K::Unlisten
            | K::Load
            | K::Discard
            | K::FunctionBody => return None,
        })
    }
}
