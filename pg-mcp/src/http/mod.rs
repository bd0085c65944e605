//! MCP over HTTP, with the routes beside it.

mod administrators;
mod callers;
mod faults;
mod guard;
mod listener;
#[cfg(feature = "oauth")]
mod oauth;
mod prometheus;
mod reports;
mod serve;
mod status;
mod throttle;

pub use listener::Listener;
#[cfg(feature = "oauth")]
pub(crate) use oauth::count_keys;
#[cfg(feature = "conformance")]
pub(crate) use serve::serve;
pub use serve::{HttpOptions, serve_http};
