//! Small values of the configuration that are more than a number: durations, addresses, log levels.
//!
//! Separate so that file, environment and command line read them alike. Errors are the words for what is allowed.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The unit of a duration that is given as a bare number.
#[derive(Debug, Clone, Copy)]
pub(super) enum BareUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

/// Reads `500ms`, `30s`, `2min`, or a bare whole number in the given unit; zero is not allowed.
pub(super) fn duration(text: &str, bare: BareUnit) -> Result<Duration, &'static str> {
    let allowed = match bare {
        BareUnit::Seconds => {
            "a positive whole number of seconds, or one with a unit such as 500ms, 30s or 2min"
        }
        BareUnit::Milliseconds => {
            "a positive whole number of milliseconds, or one with a unit such as 500ms, 30s or 2min"
        }
    };
    let text = text.trim();
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let milliseconds = match (unit.trim(), bare) {
        ("ms", _) | ("", BareUnit::Milliseconds) => 1,
        ("s", _) | ("", BareUnit::Seconds) => 1000,
        ("min" | "m", _) => 60_000,
        _ => return Err(allowed),
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(milliseconds))
        // What the server takes for a time-out: a signed 32 bit number of milliseconds.
        .filter(|number| (1..=i32::MAX.unsigned_abs().into()).contains(number))
        .map(Duration::from_millis)
        .ok_or(allowed)
}

/// Reads yes or no in the spellings that shells use.
pub(super) fn switch(text: &str) -> Result<bool, &'static str> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("true, false, yes, no, on, off, 1, 0"),
    }
}

/// Reads a whole number of at least one.
pub(super) fn count<T: TryFrom<u64>>(text: &str) -> Result<T, &'static str> {
    text.trim()
        .parse::<u64>()
        .ok()
        .filter(|number| *number > 0)
        .and_then(|number| T::try_from(number).ok())
        .ok_or("a positive whole number")
}

/// Where a server listens: a host (name or address) and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenAddress {
    /// The host's name or address, without brackets.
    pub host: String,
    /// The port; 0 takes any free one.
    pub port: u16,
}

impl Default for ListenAddress {
    fn default() -> Self {
        Self { host: "127.0.0.1".to_owned(), port: 3000 }
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(formatter, "[{}]:{}", self.host, self.port)
        } else {
            write!(formatter, "{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for ListenAddress {
    type Err = &'static str;

    /// Reads `host:port`, with an IPv6 address in brackets.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = "host:port, such as 127.0.0.1:3000 or [::1]:3000";
        let (host, port) = text.rsplit_once(':').ok_or(allowed)?;
        let host = match host.strip_prefix('[') {
            Some(address) => address.strip_suffix(']').ok_or(allowed)?,
            None if host.contains(':') => return Err(allowed),
            None => host,
        };
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c == '/') {
            return Err(allowed);
        }
        Ok(Self { host: host.to_owned(), port: port.parse().map_err(|_| allowed)? })
    }
}

/// The least severity that is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// Errors.
    Error,
    /// Warnings too.
    Warn,
    /// What happens, too.
    #[default]
    Info,
    /// Details too.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The word for the level, as `tracing` writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl FromStr for LogLevel {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "off" => Ok(Self::Off),
            "error" => Ok(Self::Error),
            "warn" | "warning" => Ok(Self::Warn),
            "info" => Ok(Self::Info),
            "debug" => Ok(Self::Debug),
            "trace" => Ok(Self::Trace),
            _ => Err("off, error, warn, info, debug, trace"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations_with_and_without_units() {
        for (text, milliseconds) in
            [("30", 30_000), ("30s", 30_000), ("500ms", 500), ("2min", 120_000), (" 1 s ", 1000)]
        {
            assert_eq!(duration(text, BareUnit::Seconds), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        assert_eq!(duration("30", BareUnit::Milliseconds), Ok(Duration::from_millis(30)));
        for text in ["", "0", "-1", "1.5", "1h", "s", "99999999999999999999", "2147484"] {
            assert!(duration(text, BareUnit::Seconds).is_err(), "{text}");
        }
    }

    #[test]
    fn reads_listen_addresses() {
        for text in ["127.0.0.1:3000", "[::1]:0", "localhost:80"] {
            assert_eq!(text.parse::<ListenAddress>().unwrap().to_string(), text);
        }
        for text in ["3000", "localhost", ":1", "::1:3000", "[::1:3000", "h:99999", "http://h:1"] {
            assert!(text.parse::<ListenAddress>().is_err(), "{text}");
        }
    }
}
