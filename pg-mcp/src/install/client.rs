//! The clients: where each keeps its configuration, and what an entry looks like there.
//!
//! Invariant: what differs between clients is said here and nowhere else.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::Environment;

/// An MCP client whose configuration is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum Client {
    /// Claude Desktop.
    ClaudeDesktop,
    /// Claude Code, the project in the current folder.
    ClaudeCode,
    /// Cursor.
    Cursor,
    /// Visual Studio Code, the workspace in the current folder.
    Vscode,
    /// Windsurf.
    Windsurf,
    /// Zed.
    Zed,
    /// Codex.
    Codex,
    /// Gemini CLI.
    Gemini,
}

/// What a client starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The program's path.
    pub(super) command: String,
    /// Its arguments.
    pub(super) arguments: Vec<String>,
    /// The variables that it is given, by name.
    pub(super) variables: Vec<&'static str>,
}

impl Entry {
    /// Whether the server is told of no database.
    pub(super) fn passes_nothing_on(&self) -> bool {
        self.variables.is_empty() && !self.arguments.iter().any(|argument| argument == "--config")
    }
}

/// The folders that configurations lie in.
pub(super) struct Places {
    home: PathBuf,
    /// Where programs of this user keep their settings, as the system has it.
    settings: PathBuf,
    /// The current folder.
    project: PathBuf,
}

impl Places {
    pub(super) fn of(environment: &Environment) -> Result<Self, String> {
        let set = |name| environment.non_empty(name).map(PathBuf::from);
        let home = set("HOME")
            .or_else(|| set("USERPROFILE"))
            .or_else(|| environment.home().map(PathBuf::from))
            .ok_or("there is no home folder: give the client's configuration file by --file")?;
        let settings = if cfg!(target_os = "macos") {
            home.join("Library/Application Support")
        } else if cfg!(windows) {
            set("APPDATA").unwrap_or_else(|| home.join("AppData/Roaming"))
        } else {
            set("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"))
        };
        let project =
            std::env::current_dir().map_err(|error| format!("the current folder is not known: {error}"))?;
        Ok(Self { home, settings, project })
    }
}

/// How an entry is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As JSON, in the object of this name, with these members besides.
    Json { within: &'static str, besides: Option<(&'static str, &'static str)> },
    /// As TOML, in the table of this name.
    Toml { within: &'static str },
}

impl Client {
    /// The name that its makers give it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Client::ClaudeDesktop => "Claude Desktop",
            Client::ClaudeCode => "Claude Code",
            Client::Cursor => "Cursor",
            Client::Vscode => "Visual Studio Code",
            Client::Windsurf => "Windsurf",
            Client::Zed => "Zed",
            Client::Codex => "Codex",
            Client::Gemini => "Gemini CLI",
        }
    }

    /// Where it keeps its configuration.
    pub(super) fn file(self, places: &Places) -> Result<PathBuf, String> {
        let Places { home, settings, project } = places;
        Ok(match self {
            Client::ClaudeDesktop => settings.join("Claude/claude_desktop_config.json"),
            Client::ClaudeCode => project.join(".mcp.json"),
            Client::Cursor => home.join(".cursor/mcp.json"),
            Client::Vscode => project.join(".vscode/mcp.json"),
            Client::Windsurf => home.join(".codeium/windsurf/mcp_config.json"),
            // Zed keeps to the XDG folder on every Unix.
            Client::Zed if cfg!(target_os = "macos") => home.join(".config/zed/settings.json"),
            Client::Zed => settings.join("zed/settings.json"),
            Client::Codex => home.join(".codex/config.toml"),
            Client::Gemini => home.join(".gemini/settings.json"),
        })
    }

    pub(super) fn form(self) -> Form {
        match self {
            Client::ClaudeDesktop | Client::Cursor | Client::Windsurf | Client::Gemini => {
                Form::Json { within: "mcpServers", besides: None }
            }
            Client::ClaudeCode => Form::Json { within: "mcpServers", besides: Some(("type", "stdio")) },
            Client::Vscode => Form::Json { within: "servers", besides: Some(("type", "stdio")) },
            Client::Zed => Form::Json { within: "context_servers", besides: Some(("source", "custom")) },
            Client::Codex => Form::Toml { within: "mcp_servers" },
        }
    }

    /// How the file refers to a variable; `None` where it cannot.
    pub(super) fn reference(self, variable: &str) -> Option<String> {
        match self {
            Client::ClaudeCode => Some(format!("${{{variable}}}")),
            Client::Cursor | Client::Vscode | Client::Windsurf => Some(format!("${{env:{variable}}}")),
            Client::Gemini => Some(format!("${variable}")),
            Client::Codex => Some(variable.to_owned()),
            Client::ClaudeDesktop | Client::Zed => None,
        }
    }

    /// Whether the file can refer to variables.
    pub(super) fn passes_variables_on(self) -> bool {
        self.reference("").is_some()
    }

    /// What to do for the client to see the entry.
    pub(super) fn next_step(self) -> &'static str {
        match self {
            Client::ClaudeDesktop => "quit and start Claude Desktop",
            Client::ClaudeCode => "start a new session in this folder and approve the server",
            Client::Cursor => "reload the window",
            Client::Vscode => "start the server from the file, or reload the window",
            Client::Windsurf => "refresh the servers in the settings",
            Client::Zed => "Zed sees it at once",
            Client::Codex => "start a new session",
            Client::Gemini => "start a new session",
        }
    }
}
