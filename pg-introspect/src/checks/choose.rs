//! Which checks are meant by names of checks and groups.

use pg_core::{Error, closest};

use super::{CHECKS, Check, Group};

/// The checks that names of checks and groups mean, in the order of the list; all where nothing is named.
///
/// # Errors
/// A name that is neither, with the nearest that is.
pub(crate) fn choose(names: &[String]) -> Result<Vec<&'static Check>, Error> {
    for name in names {
        let known = known();
        if !known.contains(&name.as_str()) {
            let meant = match closest(name, known.iter().copied(), 1).first() {
                Some(near) => format!("; `{near}` is the nearest"),
                None => String::new(),
            };
            let groups: Vec<&str> = Group::ALL.iter().map(|group| group.name()).collect();
            return Err(Error::argument(format!(
                "there is no check or group `{name}`{meant}; the groups are {}",
                groups.join(", ")
            )));
        }
    }
    let asked = |check: &Check| {
        names.is_empty() || names.iter().any(|name| name == check.id || name == check.group.name())
    };
    Ok(CHECKS.iter().copied().filter(|check| asked(check)).collect())
}

fn known() -> Vec<&'static str> {
    let groups = Group::ALL.iter().map(|group| group.name());
    CHECKS.iter().map(|check| check.id).chain(groups).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_means_its_checks_and_no_name_means_all() {
        assert_eq!(choose(&[]).unwrap().len(), CHECKS.len());
        let locks = choose(&["locks".to_owned(), "dead_tuples".to_owned()]).unwrap();
        assert!(locks.iter().any(|check| check.id == "blocking_chain"));
        assert!(locks.iter().any(|check| check.id == "dead_tuples"));
        assert!(locks.len() < 10);
    }

    #[test]
    fn a_wrong_name_is_told_with_the_nearest() {
        let error = choose(&["dead_tuple".to_owned()]).unwrap_err();
        assert!(error.report().message.contains("`dead_tuples`"), "{}", error.report());
    }

    #[test]
    fn the_configuration_knows_the_same_checks() {
        let mut ours: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
        let mut theirs = pg_core::CHECK_NAMES.to_vec();
        ours.sort_unstable();
        theirs.sort_unstable();
        assert_eq!(ours, theirs);
        ours.dedup();
        assert_eq!(ours.len(), CHECKS.len());
    }
}
