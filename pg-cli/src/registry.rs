//! Every operation that there is, as the subcommands of this program.
//!
//! Separate because it is the only place that knows which library crates have operations.
//! Invariant: operations are told apart by their own names only; none is written here.

use pg_core::AnyOperation;

/// Every operation that a command can do, in the order in which help shows them.
pub(crate) fn operations() -> impl Iterator<Item = &'static dyn AnyOperation> {
    pg_core::operations::OPERATIONS
        .iter()
        .chain(pg_introspect::OPERATIONS)
        .chain(pg_data::OPERATIONS)
        .chain(pg_report::OPERATIONS)
        .copied()
        .filter(|operation| !operation.spans_calls())
}

/// The name of an operation's subcommand: dashes instead of underscores.
pub(crate) fn subcommand_name(operation: &dyn AnyOperation) -> String {
    operation.name().replace('_', "-")
}

/// The operation of a subcommand.
pub(crate) fn find(subcommand: &str) -> Option<&'static dyn AnyOperation> {
    operations().find(|operation| subcommand_name(*operation) == subcommand)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_short_names_are_unique() {
        let mut seen = BTreeSet::new();
        for operation in operations() {
            let short = operation.short_name().map(str::to_owned);
            for name in [Some(subcommand_name(operation)), short].into_iter().flatten() {
                assert!(seen.insert(name.clone()), "{name} names two subcommands");
            }
        }
        assert!(!seen.is_empty());
    }

    #[test]
    fn a_subcommand_finds_its_operation() {
        for operation in operations() {
            assert_eq!(find(&subcommand_name(operation)).unwrap().name(), operation.name());
        }
    }
}
