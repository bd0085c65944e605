//! In which order servers and their addresses are tried.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::IpAddr;

use crate::settings::{ConnectionSettings, Host, HostOrder, Target};

/// The targets, in the order of trying.
pub(super) fn targets(settings: &ConnectionSettings) -> Vec<&Target> {
    let mut targets: Vec<&Target> = settings.targets.iter().collect();
    if settings.host_order == HostOrder::Random {
        shuffle(&mut targets);
    }
    targets
}

/// The addresses of a TCP target, in the order of trying; `None` for a socket.
///
/// # Errors
///
/// The error of the look-up; a name without addresses is `NotFound`.
pub(super) async fn resolve(target: &Target, order: HostOrder) -> io::Result<Vec<Option<IpAddr>>> {
    let name = match (&target.host, target.address) {
        (Host::Unix(_), _) => return Ok(vec![None]),
        (Host::Tcp(_), Some(address)) => return Ok(vec![Some(address)]),
        (Host::Tcp(name), None) => name.as_str(),
    };
    let mut addresses: Vec<Option<IpAddr>> = Vec::new();
    for address in tokio::net::lookup_host((name, target.port)).await? {
        if !addresses.contains(&Some(address.ip())) {
            addresses.push(Some(address.ip()));
        }
    }
    if addresses.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
    }
    if order == HostOrder::Random {
        shuffle(&mut addresses);
    }
    Ok(addresses)
}

/// Fisher and Yates' shuffle; the standard library's hasher is seeded at random, which is random enough to spread load.
fn shuffle<T>(items: &mut [T]) {
    let random = RandomState::new();
    for last in (1..items.len()).rev() {
        let bound = u64::try_from(last + 1).unwrap_or(u64::MAX);
        let other = usize::try_from(random.hash_one(last) % bound).unwrap_or(0);
        items.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffles_to_every_place() {
        let mut first = [0_u32; 3];
        for _ in 0..300 {
            let mut items = [0, 1, 2];
            shuffle(&mut items);
            first[items[0]] += 1;
        }
        assert!(first.iter().all(|count| *count > 30), "{first:?}");
    }
}
