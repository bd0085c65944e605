//! Temporary stand-in.
#![expect(missing_docs, reason = "temporary")]
mod access;
mod facts;
mod kind;
mod names;
mod refusal;
mod rule;
pub use access::*;
pub use facts::*;
pub use kind::*;
pub use names::*;
pub use refusal::*;
pub use rule::*;
#[derive(Clone, Debug)]
pub struct Policy(Access);
#[derive(Clone, Debug)]
pub struct Vetted(String, Access);
pub struct OutputColumn {
    pub as_text: bool,
}
impl Policy {
    pub fn new(a: Access) -> Self {
        Self(a)
    }
    pub fn access(&self) -> Access {
        self.0
    }
    pub fn with_max_statement_bytes(self, _: usize) -> Self {
        self
    }
    pub fn with_blocked_kinds(self, _: StatementKinds) -> Self {
        self
    }
    pub fn with_allowed_kinds(self, _: StatementKinds) -> Self {
        self
    }
    pub fn with_allowed_functions(self, _: impl Iterator<Item = String>) -> Self {
        self
    }
    pub fn vet(&self, t: &str, _: &dyn Facts) -> Result<Vetted, Refusal> {
        Ok(Vetted(
            t.to_owned(),
            if t.trim_start().to_lowercase().starts_with("select") { Access::Read } else { Access::Write },
        ))
    }
}
impl Vetted {
    pub fn text(&self) -> &str {
        &self.0
    }
    pub fn kind(&self) -> StatementKind {
        StatementKind::Select
    }
    pub fn access(&self) -> Access {
        self.1
    }
    pub fn relations(&self) -> &[RelationName] {
        &[]
    }
    pub fn only_built_in(&self) -> bool {
        true
    }
    pub fn runs_outside_transaction(&self) -> bool {
        false
    }
    pub fn with_text_columns(&self, _: &[OutputColumn]) -> Result<Vetted, Refusal> {
        Ok(self.clone())
    }
}
impl StatementKind {
    pub fn is_data_change(self) -> bool {
        false
    }
}
