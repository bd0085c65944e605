//! The command line of `pg-mcp`.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use pg_core::{Access, Toolset};

use crate::{doctor::DoctorArguments, install::InstallArguments};

/// Lets MCP clients work with PostgreSQL. Alone, it speaks MCP on standard input and output.
#[derive(Debug, Parser)]
#[command(name = "pg-mcp", version, max_term_width = 100)]
pub struct Arguments {
    /// Speak MCP over HTTP at this address, under /mcp, instead of on standard input and output. Port 0 takes any free
    /// port. The address that was taken is written on standard error.
    /// Without a value it is the one of the configuration, else 127.0.0.1:3000.
    #[arg(long, value_name = "HOST:PORT", num_args = 0..=1, default_missing_value = "")]
    pub http: Option<String>,
    /// Read the configuration from this file.
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// What statements may do at most, on every connection.
    #[arg(long, value_name = "LEVEL", global = true)]
    pub access: Option<AccessLevel>,
    /// Offer the tools of these sets only: core, schema, query, health, data, admin.
    #[arg(long, value_name = "SETS", value_delimiter = ',', value_parser = toolset)]
    pub toolsets: Vec<Toolset>,
    /// Name tools that are seldom asked for in the list too; they can be called in any case.
    #[arg(long)]
    pub list_all_tools: bool,
    /// What to do instead of serving.
    #[command(subcommand)]
    pub task: Option<Task>,
}

fn toolset(text: &str) -> Result<Toolset, String> {
    text.parse().map_err(|allowed| format!("the sets are {allowed}"))
}

/// What the program does besides serving.
#[derive(Debug, Subcommand)]
#[non_exhaustive]
pub enum Task {
    /// Make a token for a caller over HTTP, and print it with what to put into the configuration.
    Token {
        /// The caller's name.
        name: String,
    },
    /// Enter this program into an MCP client's configuration.
    Install(InstallArguments),
    /// Say what is wrong with the set-up, and how to mend it. Ends with 1 where something does not work.
    Doctor(DoctorArguments),
}

/// The levels of access, as they are written on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AccessLevel {
    /// Read rows.
    Read,
    /// Also change rows.
    Write,
    /// Also change the schema.
    Schema,
    /// Also administer roles and the server.
    Admin,
}

impl From<AccessLevel> for Access {
    fn from(level: AccessLevel) -> Self {
        match level {
            AccessLevel::Read => Access::Read,
            AccessLevel::Write => Access::Write,
            AccessLevel::Schema => Access::Schema,
            AccessLevel::Admin => Access::Admin,
        }
    }
}
