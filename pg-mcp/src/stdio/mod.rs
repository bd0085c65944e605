//! MCP on standard input and output.

mod lines;
mod message;
mod serve;
mod streams;
mod transport;

pub use serve::serve_stdio;
