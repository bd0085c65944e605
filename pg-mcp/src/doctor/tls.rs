//! Whether what crosses the network can be read or changed on its way.

use pg_core::{ConnectionSettings, Host, Probe, SslMode};

use super::sign::{Area, Sign};

/// What was seen of the encryption of a connection that was opened.
pub(super) fn look_at(id: &str, settings: &ConnectionSettings, probe: &Probe) -> Sign {
    let stays = settings.targets().iter().all(|target| match (&target.host, target.address) {
        (Host::Unix(_), _) => true,
        (Host::Tcp(_), Some(address)) => address.is_loopback(),
        (Host::Tcp(name), None) => is_loopback(name),
    });
    let mode = settings.ssl_mode();
    if stays {
        return Sign::ok(Area::Tls, id, "the server is on this machine, and nothing crosses a network");
    }
    if !probe.encrypted {
        return Sign::warn(Area::Tls, id, format!("the connection is not encrypted (sslmode={mode})"))
            .because("whoever is on the way reads and changes what is asked and answered")
            .mend("switch TLS on in the server, and set sslmode=verify-full with sslrootcert");
    }
    if mode == SslMode::VerifyFull {
        return Sign::ok(Area::Tls, id, "encrypted, and the server's certificate is checked with its name");
    }
    Sign::warn(Area::Tls, id, format!("encrypted, but anybody may stand in for the server (sslmode={mode})"))
        .because(match mode {
            SslMode::VerifyCa => "the name in the server's certificate is not checked",
            _ => "the server's certificate is not checked, or a connection without TLS would do as well",
        })
        .mend("set sslmode=verify-full, with sslrootcert=FILE, or sslrootcert=system for a public authority")
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
