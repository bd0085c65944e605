//! The rule about foreign tables: what reads them is a wrapper, which may read files or reach other hosts.
//!
//! Separate because a table's name does not show it. Invariant: only wrappers that the policy lists; those behind views and
//! partitions count.

use super::case::{Case, Outcome};
use crate::access::Access;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Asks about the foreign tables among the relations.
pub(super) fn foreign_tables(case: &Case<'_>, _: &mut Outcome) -> Result<(), Refusal> {
    if case.settings.access == Access::Admin || !case.runs() {
        return Ok(());
    }
    for used in &case.needs.relations {
        let relations = case.facts.relation(used.name.schema.as_deref(), &used.name.name);
        for relation in relations.unwrap_or_default() {
            let Some(wrapper) =
                relation.wrappers.iter().find(|wrapper| !case.settings.wrappers.contains(*wrapper))
            else {
                continue;
            };
            let met = format!("the foreign table {}.{}", relation.schema, relation.name);
            let why = match wrapper.as_str() {
                "file_fdw" => {
                    "its wrapper file_fdw reads files and runs programs on the server's host".to_owned()
                }
                other => format!(
                    "its wrapper {other} reaches beyond this database, where no rule and no transaction holds"
                ),
            };
            let instead = format!(
                "use a table of this database, or let the administrator list the wrapper in the connection's [policy]: allowed_wrappers = [\"{wrapper}\"]"
            );
            return Err(Refusal::new(Rule::ForeignTable, met, why, instead).at(used.position));
        }
    }
    Ok(())
}
