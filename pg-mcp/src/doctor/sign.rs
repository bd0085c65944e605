//! One thing that was looked at: how it is, why that matters, and how to mend it; and how such things are written.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// As it should be.
    Ok,
    /// It works, and could be better or safer.
    Warn,
    /// It does not work.
    Fail,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        }
    }
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Area {
    Configuration,
    Server,
    Policy,
    Connection,
    Tls,
    Privileges,
    Extensions,
    Client,
}

impl Area {
    fn word(self) -> &'static str {
        match self {
            Area::Configuration => "configuration",
            Area::Server => "server",
            Area::Policy => "policy",
            Area::Connection => "connection",
            Area::Tls => "tls",
            Area::Privileges => "privileges",
            Area::Extensions => "extensions",
            Area::Client => "client",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Sign {
    pub(super) level: Level,
    pub(super) area: Area,
    /// The connection, the token or the client.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) about: String,
    pub(super) what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mend: Option<String>,
}

impl Sign {
    fn new(level: Level, area: Area, about: &str, what: impl Into<String>) -> Self {
        Self { level, area, about: about.to_owned(), what: what.into(), why: None, mend: None }
    }

    pub(super) fn ok(area: Area, about: &str, what: impl Into<String>) -> Self {
        Self::new(Level::Ok, area, about, what)
    }

    pub(super) fn warn(area: Area, about: &str, what: impl Into<String>) -> Self {
        Self::new(Level::Warn, area, about, what)
    }

    pub(super) fn fail(area: Area, about: &str, what: impl Into<String>) -> Self {
        Self::new(Level::Fail, area, about, what)
    }

    pub(super) fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    pub(super) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}

fn count(signs: &[Sign], level: Level) -> usize {
    signs.iter().filter(|sign| sign.level == level).count()
}

/// The lines that people read; the last one sums up.
pub(super) fn text(signs: &[Sign]) -> String {
    let mut text = String::new();
    for sign in signs {
        let about = if sign.about.is_empty() { String::new() } else { format!(" {}", sign.about) };
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{:<5} {}{about}: {}", sign.level.word(), sign.area.word(), sign.what);
        for (word, said) in [("why", &sign.why), ("mend", &sign.mend)] {
            if let Some(said) = said {
                let _ = writeln!(text, "      {word}: {said}");
            }
        }
    }
    let (ok, warn, fail) = (count(signs, Level::Ok), count(signs, Level::Warn), count(signs, Level::Fail));
    let _ = writeln!(text, "{ok} ok, {warn} to look at, {fail} failed");
    text
}

/// The same as one JSON object.
pub(super) fn json(signs: &[Sign]) -> String {
    let failed = count(signs, Level::Fail);
    let whole = json!({
        "success": failed == 0,
        "ok": count(signs, Level::Ok),
        "warn": count(signs, Level::Warn),
        "fail": failed,
        "signs": signs,
    });
    format!("{whole:#}\n")
}
