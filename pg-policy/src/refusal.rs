//! A refusal: the rule, what it met and where, why, and what to do instead.
//!
//! Separate because it is the only thing that a refused caller sees.
//! Invariant: it holds names, kinds and positions, and of the statement's literals at most the one that a
//! syntax error stands at.

use std::borrow::Cow;
use std::fmt;

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
    needs_facts: Vec<FunctionName>,
    needs_operator_facts: Vec<OperatorName>,
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
                needs_facts: Vec::new(),
                needs_operator_facts: Vec::new(),
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

    pub(crate) fn needing(mut self, functions: Vec<FunctionName>, operators: Vec<OperatorName>) -> Refusal {
        self.parts.needs_facts = functions;
        self.parts.needs_operator_facts = operators;
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

    /// The functions that only the catalog can judge and that it was not asked for.
    ///
    /// When this or [`needs_operator_facts`](Self::needs_operator_facts) is not empty, the statement may
    /// pass once those facts are loaded: load them and vet again.
    pub fn needs_facts(&self) -> &[FunctionName] {
        &self.parts.needs_facts
    }

    /// The operators that only the catalog can judge and that it was not asked for.
    pub fn needs_operator_facts(&self) -> &[OperatorName] {
        &self.parts.needs_operator_facts
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
        write!(f, " is refused by rule `{}`: {}; {}", self.rule(), self.why(), self.instead())
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
            .field("needs_facts", &self.needs_facts())
            .field("needs_operator_facts", &self.needs_operator_facts())
            .finish()
    }
}
