//! What may not be looked at, or done, at all while columns are masked.
//!
//! Separate because it needs no facts. Invariant: what shows stored values past the relation that holds them is refused.

use crate::access::Access;
use crate::kind::{Object, StatementKind};
use crate::needs::{Demand, Need, Needs};
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Relations of the server that hold values of columns, and which.
const SHOWING: &[(&str, &str)] = &[
    ("pg_statistic", "it holds samples of the values of columns"),
    ("pg_statistic_ext_data", "it holds samples of the values of columns"),
    ("pg_stats", "it shows samples of the values of columns"),
    ("pg_stats_ext", "it shows samples of the values of columns"),
    ("pg_stats_ext_exprs", "it shows samples of the values of columns"),
    ("pg_largeobject", "it holds the pages of large objects"),
];

const ADMIN: &str = "it needs admin access, and this policy masks columns, which it could read past their masks or take the masks away";

/// Asks whether the statement shows what masks hide, or could take the masks away.
pub(super) fn allowed(needs: &Needs, access: Access) -> Result<(), Refusal> {
    for used in &needs.relations {
        let of_server = matches!(used.name.schema.as_deref(), None | Some("pg_catalog"));
        let showing = SHOWING.iter().find(|(name, _)| of_server && used.name.name == *name);
        let toast = used.name.schema.as_deref() == Some("pg_toast");
        let why =
            showing.map(|(_, why)| *why).or(toast.then_some("it holds the stored parts of long values"));
        if let Some(why) = why {
            return Err(Refusal::new(
                Rule::Mask,
                format!("the relation {}", used.name),
                format!("{why}, and this policy masks columns"),
                "select from the tables themselves, which shows masked values",
            )
            .at(used.position));
        }
    }
    // An administrator's functions count by what they need; the words are theirs.
    if access >= Access::Admin && needs.demands.iter().all(|demand| !of_admin(demand)) {
        return Err(Refusal::new(Rule::Mask, "the statement", ADMIN, "use a connection without masks"));
    }
    for demand in &needs.demands {
        if of_admin(demand) {
            return Err(Refusal::new(
                Rule::Mask,
                demand.met.clone().into_owned(),
                ADMIN,
                "use a connection without masks",
            )
            .at(demand.position));
        }
    }
    let kinds = needs.inner_kinds.iter().map(|(kind, _)| *kind).chain([needs.kind]);
    for kind in kinds {
        if kind == StatementKind::Alter(Object::Schema) {
            return Err(Refusal::new(
                Rule::Mask,
                kind.to_string(),
                "this policy masks columns by the names of their schemas",
                "use a connection without masks",
            ));
        }
    }
    Ok(())
}

fn of_admin(demand: &Demand) -> bool {
    matches!(demand.need, Need::Access(Access::Admin) | Need::Permit(_))
}
