//! Answers that can be looked at as well as read.
//!
//! Separate from [`Report`](crate::Report), which is findings in words that a front end renders: what has charts renders itself.

use std::fmt;

/// An answer as a page, as text and as Markdown. What came from a database is escaped for each.
pub trait Rendering: fmt::Debug + Send + Sync {
    /// A whole HTML document that needs nothing beside itself.
    fn html(&self) -> String;
    /// Lines for a terminal of this width in columns, or for no terminal.
    fn text(&self, width: Option<usize>) -> String;
    /// A Markdown document.
    fn markdown(&self) -> String;
}
