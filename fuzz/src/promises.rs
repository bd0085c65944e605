//! What every verdict promises, whatever the text.
//!
//! Separate because both targets ask the same. Invariant: nothing here depends on a server or on time.

use pg_policy::{Access, ExplainOptions, NoFacts, Policy, Vetted};

use crate::second_reading;

/// Judges a text at every access level and checks what the verdicts promise.
///
/// # Panics
/// A promise is broken.
pub fn keep(text: &str) {
    let mut allowed_below: Option<Access> = None;
    for access in Access::ALL {
        match Policy::new(access).vet(text, &NoFacts) {
            Ok(vetted) => {
                allowed_below = allowed_below.or(Some(access));
                of_vetted(text, access, &vetted);
            }
            Err(refusal) => {
                assert!(allowed_below.is_none(), "{access} refuses what {allowed_below:?} allows: {refusal}");
                assert!(!refusal.why().contains("failed"), "the parser or the policy panicked: {refusal}");
                assert!(!refusal.instead().is_empty() && !refusal.met().is_empty(), "{refusal:?}");
                let characters = text.chars().count();
                let position = refusal.position();
                assert!(
                    position.is_none_or(|at| (1..=characters + 1).contains(&at)),
                    "{refusal} {position:?}"
                );
            }
        }
    }
}

fn of_vetted(text: &str, access: Access, vetted: &Vetted) {
    assert_eq!(vetted.text(), text, "the text was edited");
    assert!(vetted.access() <= access, "needs {} and was let through at {access}", vetted.access());
    if vetted.access() == Access::Read {
        assert_eq!(second_reading::fault(text), None, "read access let through: {text}");
    }
    for analyze in [false, true] {
        let options = ExplainOptions { analyze, ..ExplainOptions::default() };
        if let Ok(explained) = vetted.explain(&options) {
            assert!(explained.access() <= vetted.access(), "explaining needs more than running");
            assert!(
                !analyze || explained.access() == vetted.access(),
                "EXPLAIN ANALYZE needs less than it runs"
            );
        }
    }
}

/// Checks that a statement which read access refuses for what it does is refused in a frame too.
///
/// # Panics
/// It is let through.
pub fn stays_refused(statement: &str, framed: &str) {
    let verdict = Policy::new(Access::Read).vet(framed, &NoFacts);
    assert!(verdict.is_err(), "refused alone, let through in a frame: {statement}\n{framed}");
}
