//! What several tests share: the two programs as callers run them, the library as a service embeds it, and the server
//! watched from beside.
//!
//! Separate because each of these is used by more than one test file.

pub(crate) mod command;
pub(crate) mod configuration;
pub(crate) mod mcp;
pub(crate) mod service;
pub(crate) mod watch;
