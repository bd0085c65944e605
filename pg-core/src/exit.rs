//! Exit codes: what a caller of the command line learns without reading a word. The one place where they are written down.

/// How a command ended, as its process exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Exit {
    /// It did what was asked.
    Ok = 0,
    /// It did what was asked, and what it looked at is not as it should be.
    Findings = 1,
    /// The command, an argument, a parameter or the configuration is wrong; nothing was sent.
    Usage = 2,
    /// PostgreSQL refused or failed the statement.
    Sql = 3,
    /// No session could be had, or it was lost.
    Connection = 4,
    /// The policy of the connection refused the statement.
    Refused = 5,
    /// A time limit was reached, or the caller cancelled.
    Stopped = 6,
    /// A change waits to be confirmed, or was declined; nothing was changed.
    Unconfirmed = 7,
}

impl Exit {
    /// Every exit code, in order.
    pub const ALL: [Exit; 8] = [
        Exit::Ok,
        Exit::Findings,
        Exit::Usage,
        Exit::Sql,
        Exit::Connection,
        Exit::Refused,
        Exit::Stopped,
        Exit::Unconfirmed,
    ];

    /// The process exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What the code means, for `--help` and the README.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Ok => "done",
            Exit::Findings => "done, with findings",
            Exit::Usage => "wrong command, argument, parameter or configuration",
            Exit::Sql => "PostgreSQL refused or failed the statement",
            Exit::Connection => "no connection, or it was lost",
            Exit::Refused => "refused by the connection's policy",
            Exit::Stopped => "time limit reached, or cancelled",
            Exit::Unconfirmed => "confirmation needed; nothing was changed",
        }
    }
}
