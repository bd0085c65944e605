//! The rule about access levels, with what no level allows.
//!
//! Separate because it is the first thing that most refused callers meet.
//! Invariant: the worst demand decides; what no level allows is refused first.

use super::case::{Case, Outcome};
use crate::access::Access;
use crate::needs::{Demand, Need, Permit};
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Asks about the access that the statement and what is inside it need.
pub(super) fn demands(case: &Case<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    if !case.runs() {
        return Ok(());
    }
    let (demands, settings) = (&case.needs.demands, case.settings);
    for demand in demands {
        match demand.need {
            Need::Never(reason) => {
                let met = demand.met.clone().into_owned();
                return Err(Refusal::new(reason.rule, met, reason.why, reason.instead).at(demand.position));
            }
            Need::Permit(permit)
                if settings.access < Access::Admin || !settings.permits.contains(&permit) =>
            {
                return Err(unpermitted(demand, permit));
            }
            Need::Permit(_) | Need::Access(_) | Need::Setting => {}
        }
    }
    for demand in demands {
        let access = match demand.need {
            Need::Access(access) => access,
            // The rule about settings judges it.
            Need::Setting => Access::Read,
            Need::Permit(_) | Need::Never(_) => Access::Admin,
        };
        if access > settings.access {
            return Err(
                too_little(demand.met.clone().into_owned(), access, settings.access).at(demand.position)
            );
        }
        outcome.needs(access);
    }
    Ok(())
}

/// The refusal of something that needs more access than there is.
pub(super) fn too_little(met: String, needed: Access, granted: Access) -> Refusal {
    let instead = match needed {
        Access::Read | Access::Write => {
            "use a SELECT if reading is enough, or a connection whose policy grants write access"
        }
        Access::Schema => "use a connection whose policy grants schema access",
        Access::Admin => {
            "ask the database's administrator, or use a connection whose policy grants admin access"
        }
    };
    Refusal::new(
        Rule::Access,
        met,
        format!("it needs {needed} access and this policy grants {granted} access"),
        instead,
    )
}

fn unpermitted(demand: &Demand, permit: Permit) -> Refusal {
    let (met, why) = match permit {
        Permit::ServerFiles => (
            "COPY with a file on the server's host",
            "it reads or writes with the rights of the server's account",
        ),
        Permit::ServerPrograms => (
            "COPY with a program on the server's host",
            "it runs a command with the rights of the server's account",
        ),
    };
    Refusal::new(
        Rule::ServerFile,
        met,
        why,
        "use SELECT to read and INSERT with batch_execute to write; an administrator can permit it in the policy",
    )
    .at(demand.position)
}
