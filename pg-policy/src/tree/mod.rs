//! The parser's tree and the walk over it.

mod edit;
mod messages;
mod position;
mod walk;

pub(crate) use edit::{Edit, Editor, same_but_for_places};
pub(crate) use messages::{Message, Statement};
pub(crate) use position::{Positions, first_word};
pub(crate) use walk::{Visitor, Walk};
