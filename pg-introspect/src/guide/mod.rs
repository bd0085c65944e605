//! What leads a caller through a database besides operations: prompts, resources, and names to choose from.
//!
//! Separate because front ends show these where their protocol has a place for them. Everything here can be had by operations
//! as well. Invariant: what is read, is read by an operation, so that policy, limits and the audit log hold.

mod completion;
mod prompts;
mod resources;

pub use completion::{Term, complete};
pub use prompts::{PROMPTS, Prompt, PromptArgument};
pub use resources::{Resource, TEMPLATES, Template, is_missing, list, read};
