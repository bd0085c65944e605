//! The documentation of every check, made from the checks.

use std::fmt::Write;

use super::{CHECKS, Group, NOT_CHECKED};

/// The documentation of every check, as the page `CHECKS.md`.
#[must_use]
pub fn checks_page() -> String {
    let mut page = String::from(
        "# The checks\n\nEvery check of `check_database`. Written by `cargo xtask docs` from `src/checks/list`; a test holds this page \
         to them.\nThresholds are set by `[checks.NAME]` (`warning`, `critical`, `enabled`) in the configuration file, and for one \
         connection by\n`[connections.ID.checks.NAME]`.\n",
    );
    for group in Group::ALL {
        // Writing to a string does not fail.
        let _ = write!(page, "\n## {}\n", group.name());
        for check in CHECKS.iter().filter(|check| check.group == group) {
            let levels = [
                ("info", check.thresholds.info),
                ("warning", check.thresholds.warning),
                ("critical", check.thresholds.critical),
            ];
            let word = if check.thresholds.below { "below" } else { "from" };
            let levels: Vec<String> = levels
                .iter()
                .filter_map(|(name, level)| level.map(|level| format!("{name} {word} {level}")))
                .collect();
            let lock = if check.lock.is_empty() { String::new() } else { format!(" Lock: {}.", check.lock) };
            let _ = write!(
                page,
                "\n### `{}`\n\n{}: {}.\n\n- measures: {} ({})\n- reads: {}; privilege: {}\n- mend: {}.{lock}\n",
                check.id,
                check.title,
                check.why,
                check.measures,
                levels.join(", "),
                check.views,
                check.needs.words(),
                check.mend,
            );
        }
    }
    page.push_str("\n## What is not checked\n\n");
    for (name, reason) in NOT_CHECKED {
        let _ = writeln!(page, "- `{name}`: {reason}.");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::checks_page;

    #[test]
    fn the_page_is_as_the_checks_are() {
        let page = include_str!("../../CHECKS.md");
        assert!(page == checks_page(), "CHECKS.md is stale: run `cargo xtask docs`");
    }
}
