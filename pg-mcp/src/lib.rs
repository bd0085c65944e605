#![doc = include_str!("../README.md")]

mod answer;
mod arguments;
mod confirm;
#[cfg(feature = "conformance")]
pub mod conformance;
mod disconnect;
mod doctor;
mod error;
mod guide;
mod http;
mod install;
mod instructions;
mod logging;
mod names;
mod progress;
mod run;
mod schema;
mod server;
mod settings;
mod stdio;
#[cfg(test)]
mod testing;
mod tools;

pub use arguments::{AccessLevel, Arguments, Task};
pub use doctor::{DoctorArguments, ReportFormat};
pub use error::Error;
pub use http::{HttpOptions, Listener, serve_http};
pub use install::{Client, InstallArguments};
pub use pg_core::Environment;
pub use run::run;
pub use server::Server;
pub use stdio::serve_stdio;
