//! Skeleton.
/// Placeholder until the crate lands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Reads.
    #[default]
    Read,
    /// Writes.
    Write,
    /// Schema.
    Schema,
    /// Admin.
    Admin,
}
