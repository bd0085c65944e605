//! Where a connection may go: hosts, addresses and ports, zipped as libpq zips them.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use super::error::SettingsError;
use super::options::Given;

/// The port of a server that does not say another.
pub(super) const DEFAULT_PORT: u16 = 5432;

/// What to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name to be looked up, or an address.
    Tcp(String),
    /// The folder that holds the server's Unix socket.
    Unix(PathBuf),
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(name) => formatter.write_str(name),
            Self::Unix(folder) => write!(formatter, "{}", folder.display()),
        }
    }
}

/// One server that may be connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The host, whose name the server's certificate is checked against.
    pub host: Host,
    /// The address to go to instead of looking up the host's name.
    pub address: Option<IpAddr>,
    /// The port, or the number in the socket's name.
    pub port: u16,
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Tcp(name) if name.contains(':') => write!(formatter, "[{name}]:{}", self.port),
            Host::Tcp(name) => write!(formatter, "{name}:{}", self.port),
            Host::Unix(folder) => {
                write!(formatter, "{}", folder.join(format!(".s.PGSQL.{}", self.port)).display())
            }
        }
    }
}

/// Folders in which the distributions put the socket, in the order of trying them.
pub(super) const SOCKET_FOLDERS: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

/// Zips `host`, `hostaddr` and `port` into targets; an empty host is the default one.
pub(super) fn targets(
    host: Option<&Given>,
    address: Option<&Given>,
    port: Option<&Given>,
) -> Result<Vec<Target>, SettingsError> {
    let list = |given: Option<&Given>| -> Vec<String> {
        given
            .filter(|given| !given.value.is_empty())
            .map(|given| given.value.split(',').map(|part| part.trim().to_owned()).collect())
            .unwrap_or_default()
    };
    let (hosts, addresses, ports) = (list(host), list(address), list(port));
    if !hosts.is_empty() && !addresses.is_empty() && hosts.len() != addresses.len() {
        return Err(SettingsError::Conflict {
            problem: format!(
                "there are {} hosts and {} addresses in `hostaddr`",
                hosts.len(),
                addresses.len()
            ),
            remedy: "give one address for each host, separated by commas".to_owned(),
        });
    }
    let count = hosts.len().max(addresses.len()).max(1);
    if ports.len() > 1 && ports.len() != count {
        return Err(SettingsError::Conflict {
            problem: format!("there are {count} hosts and {} ports", ports.len()),
            remedy: "give one port for all, or one for each host, separated by commas".to_owned(),
        });
    }

    (0..count)
        .map(|index| {
            let port =
                match ports.get(index).or_else(|| ports.first()).map(String::as_str) {
                    None | Some("") => DEFAULT_PORT,
                    Some(text) => text.parse().ok().filter(|port| *port > 0).ok_or_else(|| {
                        invalid(port, "port", "numbers from 1 to 65535, separated by commas")
                    })?,
                };
            let address = match addresses.get(index).map(String::as_str) {
                None | Some("") => None,
                Some(text) => Some(text.parse::<IpAddr>().map_err(|_| {
                    invalid(
                        address,
                        "hostaddr",
                        "IPv4 and IPv6 addresses, separated by commas; names go into `host`",
                    )
                })?),
            };
            let named = match (hosts.get(index).map(String::as_str), address) {
                (None | Some(""), Some(address)) => Host::Tcp(address.to_string()),
                (None | Some(""), None) => default_host(port),
                (Some(name), _) if name.starts_with('/') => Host::Unix(PathBuf::from(name)),
                (Some(name), _) if name.starts_with('@') => {
                    return Err(invalid(
                        host,
                        "host",
                        "host names, addresses and absolute folders; abstract sockets are not supported",
                    ));
                }
                (Some(name), _) => Host::Tcp(name.to_owned()),
            };
            Ok(Target { host: named, address, port })
        })
        .collect()
}

fn invalid(given: Option<&Given>, option: &'static str, allowed: &str) -> SettingsError {
    match given {
        Some(given) => given.invalid(option, allowed),
        None => SettingsError::Conflict {
            problem: format!("`{option}` is not usable"),
            remedy: format!("give {allowed}"),
        },
    }
}

/// The socket of a local server if there is one, as libpq would find it, or else `localhost`.
fn default_host(port: u16) -> Host {
    SOCKET_FOLDERS
        .iter()
        .map(PathBuf::from)
        .find(|folder| folder.join(format!(".s.PGSQL.{port}")).exists())
        .map_or_else(|| Host::Tcp("localhost".to_owned()), Host::Unix)
}
