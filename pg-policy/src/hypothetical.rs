//! An index that is only supposed: judged like a CREATE INDEX, and never run.
//!
//! Separate from [`Vetted`](crate::Vetted), which may run. Invariant: there is no way from here to a statement that runs; the text is
//! for binding as the argument of a function that simulates the index.

use std::sync::Arc;

use crate::access::Access;
use crate::facts::Facts;
use crate::kind::{Object, StatementKind};
use crate::parse;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::rules;

/// The text of a CREATE INDEX that a policy would let through on a connection that may change the schema.
#[derive(Clone, Debug)]
pub struct HypotheticalIndex {
    text: String,
}

impl HypotheticalIndex {
    /// The text, to be bound.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Policy {
    /// Judges a CREATE INDEX that is to be simulated: by every rule but the access level, since nothing is created.
    ///
    /// # Errors
    ///
    /// As [`vet`](Policy::vet), and for what is not one CREATE INDEX.
    pub fn vet_hypothetical_index(
        &self,
        text: &str,
        facts: &dyn Facts,
    ) -> Result<HypotheticalIndex, Refusal> {
        rules::text(text, self.settings())?;
        let shared: Arc<str> = text.into();
        let needs = parse::needs(&shared)?;
        if needs.kind != StatementKind::Create(Object::Index) || needs.highest_parameter > 0 {
            return Err(Refusal::new(
                Rule::Compose,
                format!("{} as a hypothetical index", needs.kind),
                "only an index can be supposed",
                "give one CREATE INDEX statement, as in CREATE INDEX ON orders (customer_id)",
            ));
        }
        let mut settings = self.settings().clone();
        settings.access = Access::Schema;
        rules::judge(&needs, &settings, facts)?;
        Ok(HypotheticalIndex { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Access, NoFacts, Policy, Rule};

    #[test]
    fn an_index_passes_on_read_access_and_nothing_else_does() {
        let policy = Policy::new(Access::Read);
        let index = policy.vet_hypothetical_index("CREATE INDEX ON orders (lower(mail))", &NoFacts).unwrap();
        assert_eq!(index.text(), "CREATE INDEX ON orders (lower(mail))");
        for other in [
            "SELECT 1",
            "DROP TABLE orders",
            "CREATE TABLE t (id int)",
            "CREATE INDEX ON t (a); DROP TABLE t",
        ] {
            assert!(policy.vet_hypothetical_index(other, &NoFacts).is_err(), "{other}");
        }
    }

    #[test]
    fn the_other_rules_hold() {
        let policy = Policy::builder().denied_tables(["secret"]).build();
        let refusal = policy.vet_hypothetical_index("CREATE INDEX ON secret (a)", &NoFacts).unwrap_err();
        assert_eq!(refusal.rule(), Rule::Table);
        let refusal = Policy::default()
            .vet_hypothetical_index("CREATE INDEX ON t (pg_read_file(a))", &NoFacts)
            .unwrap_err();
        assert_eq!(refusal.rule(), Rule::Function);
        assert!(
            Policy::default()
                .vet_hypothetical_index("CREATE INDEX ON t (own(a))", &NoFacts)
                .unwrap_err()
                .cannot_be_judged()
        );
    }
}
