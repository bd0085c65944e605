//! A refusal: the rule, what it met and where, why, and what to do instead.
//!
//! Separate because it is the only thing that a refused caller sees.
//! Invariant: it holds names, kinds and positions, and of the statement's literals at most the one that a
//! syntax error stands at.

use std::borrow::Cow;
use std::fmt;

use crate::facts::Questions;
use crate::names::{FunctionName, OperatorName};
use crate::rule::Rule;

/// Why a statement may not run.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    parts: Box<Parts>,
}

#[derive(Clone, PartialEq, Eq)]
struct Parts {
    rule: Rule,
    met: String,
    position: Option<usize>,
    why: Cow<'static, str>,
    instead: Cow<'static, str>,
    questions: Questions,
    needs_mask_facts: bool,
}

impl Refusal {
    pub(crate) fn new(
        rule: Rule,
        met: impl Into<String>,
        why: impl Into<Cow<'static, str>>,
        instead: impl Into<Cow<'static, str>>,
    ) -> Refusal {
        Refusal {
            parts: Box::new(Parts {
                rule,
                met: met.into(),
                position: None,
                why: why.into(),
                instead: instead.into(),
                questions: Questions::default(),
                needs_mask_facts: false,
            }),
        }
    }

    pub(crate) fn at(mut self, position: Option<usize>) -> Refusal {
        self.parts.position = position;
        self
    }

    pub(crate) fn under(mut self, rule: Rule) -> Refusal {
        self.parts.rule = rule;
        self
    }

    pub(crate) fn asking(mut self, questions: Questions) -> Refusal {
        self.parts.questions = questions.sorted();
        self
    }

    /// Asks about functions and operators alone.
    pub(crate) fn needing(self, functions: Vec<FunctionName>, operators: Vec<OperatorName>) -> Refusal {
        self.asking(Questions { functions, operators, ..Questions::default() })
    }

    /// Says in what, that the statement only names, this was met, and where that is named.
    pub(crate) fn within(mut self, what: &str, position: Option<usize>) -> Refusal {
        self.parts.met = format!("{} in {what}", self.parts.met.trim_end_matches(','));
        self.parts.position = position;
        self
    }

    pub(crate) fn needing_masks(mut self) -> Refusal {
        self.parts.needs_mask_facts = true;
        self
    }

    /// The rule that refuses.
    pub fn rule(&self) -> Rule {
        self.parts.rule
    }

    /// What the rule met: a statement kind, a name, a piece of grammar.
    pub fn met(&self) -> &str {
        &self.parts.met
    }

    /// Where, as a 1-based offset in characters of the statement's text.
    pub fn position(&self) -> Option<usize> {
        self.parts.position
    }

    /// Why this is refused.
    pub fn why(&self) -> &str {
        &self.parts.why
    }

    /// What to do instead.
    pub fn instead(&self) -> &str {
        &self.parts.instead
    }

    /// What only a catalog can judge and that it was not asked about.
    ///
    /// When this is not empty the statement is not forbidden: it cannot be judged. It may pass once those facts are
    /// loaded: load them and vet again.
    pub fn questions(&self) -> &Questions {
        &self.parts.questions
    }

    /// Whether the statement cannot be judged without a catalog, rather than being forbidden.
    pub fn cannot_be_judged(&self) -> bool {
        !self.parts.questions.is_empty() || self.parts.needs_mask_facts
    }

    /// Whether the catalog was not asked for the relations that [masks concern](crate::Facts::masks).
    pub fn needs_mask_facts(&self) -> bool {
        self.parts.needs_mask_facts
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.met())?;
        if let Some(position) = self.position() {
            write!(f, " at character {position}")?;
        }
        let verdict = if self.cannot_be_judged() { "cannot be judged by" } else { "is refused by" };
        write!(f, " {verdict} rule `{}`: {}; {}", self.rule(), self.why(), self.instead())
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("rule", &self.rule())
            .field("met", &self.met())
            .field("position", &self.position())
            .field("why", &self.why())
            .field("instead", &self.instead())
            .field("questions", &self.questions())
            .finish()
    }
}
