//! What every rule says of a statement, also after one has refused.
//!
//! Separate from judging, which ends at the first refusal. Invariant: the rules and their order are those of judging; a rule that
//! was not reached has not passed.

use std::collections::HashSet;

use serde::Serialize;

use super::case::{Case, Origin, Outcome};
use super::{Asked, MOST_TEXTS, RULES, text};
use crate::facts::Facts;
use crate::needs::Needs;
use crate::parse;
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// The rules about a text, before it is a tree.
const OF_TEXT: [Rule; 7] = [
    Rule::Length,
    Rule::NulByte,
    Rule::Nesting,
    Rule::Syntax,
    Rule::Empty,
    Rule::OneStatement,
    Rule::Unknown,
];

/// What a rule said of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Said {
    /// It has nothing against it.
    Passed,
    /// It was not asked, or another rule answered in its place.
    NotAsked,
    /// What is known does not suffice.
    CannotBeJudged,
    /// It refuses it.
    Refused,
}

/// A rule with its answer.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) rule: Rule,
    pub(crate) said: Said,
    /// Why it did not pass.
    pub(crate) refusal: Option<Refusal>,
}

/// The answers, in the order in which the rules are judged.
#[derive(Debug, Default)]
pub(crate) struct Answers(Vec<Heard>);

impl Answers {
    /// Of a text that the rules about texts refuse, or that is no statement.
    pub(crate) fn of_text(settings: &Settings, text_given: &str, refusal: Refusal) -> Answers {
        let mut answers = Answers::default();
        // A text that may not be read was asked about its size only.
        let read = text(text_given, settings).is_ok();
        let refusing = OF_TEXT.iter().position(|rule| *rule == refusal.rule());
        for (index, rule) in OF_TEXT.into_iter().enumerate() {
            let passed = refusing.is_some_and(|refusing| index < refusing) && (read || index < 2);
            answers.note(rule, if passed { Said::Passed } else { Said::NotAsked }, None);
        }
        for rule in RULES.iter().flat_map(|asked| asked.rules) {
            answers.note(*rule, Said::NotAsked, None);
        }
        answers.note(Rule::Mask, Said::NotAsked, None);
        answers.note(refusal.rule(), Said::Refused, Some(refusal));
        answers
    }

    /// Of a parsed statement and of the texts that it leads to.
    pub(crate) fn of_statement(needs: &Needs, settings: &Settings, facts: &dyn Facts) -> Answers {
        let mut answers = Answers::default();
        OF_TEXT.into_iter().for_each(|rule| answers.note(rule, Said::Passed, None));
        let mut outcome = Outcome::default();
        answers.ask(&Case { needs, settings, facts, origin: Origin::Statement }, &mut outcome, &|refusal| {
            refusal
        });
        let mut seen = HashSet::new();
        while let Some(found) = outcome.texts.pop() {
            if !seen.insert((found.sql.clone(), found.origin)) {
                continue;
            }
            let within = |refusal: Refusal| refusal.within(&found.what, found.position);
            if seen.len() > MOST_TEXTS {
                let refusal = parse::too_deep();
                answers.note(refusal.rule(), Said::Refused, Some(refusal));
                break;
            }
            match found.read() {
                Err(refusal) => answers.note(refusal.rule(), Said::Refused, Some(within(refusal))),
                Ok(parts) => {
                    outcome.named_at = Some(found.position);
                    for inner in &parts {
                        let case = Case { needs: inner, settings, facts, origin: found.origin };
                        answers.ask(&case, &mut outcome, &within);
                    }
                    outcome.named_at = None;
                }
            }
        }
        answers
    }

    /// Takes in what vetting answered, which may come from masks, that are asked last.
    pub(crate) fn concluded(mut self, refusal: Option<&Refusal>, masks: bool) -> Vec<Heard> {
        let open = self.0.iter().any(|heard| heard.said > Said::NotAsked);
        let said = if open && masks { Said::NotAsked } else { Said::Passed };
        self.note(Rule::Mask, said, None);
        if let Some(refusal) = refusal {
            let said = if refusal.cannot_be_judged() { Said::CannotBeJudged } else { Said::Refused };
            self.note(refusal.rule(), said, Some(refusal.clone()));
        }
        self.0
    }

    fn ask(&mut self, case: &Case<'_>, outcome: &mut Outcome, within: &dyn Fn(Refusal) -> Refusal) {
        for Asked { rules, check } in RULES {
            let answer = check(case, outcome);
            let refused = answer.err().map(|refusal| (Said::Refused, refusal));
            let unknown = outcome.unknown.take().map(|refusal| (Said::CannotBeJudged, refusal));
            // Of rules that are asked together, the one that refuses speaks for all.
            let others = if refused.is_some() { Said::NotAsked } else { Said::Passed };
            rules.iter().for_each(|rule| self.note(*rule, others, None));
            for (said, refusal) in [unknown, refused].into_iter().flatten() {
                let refusal = within(refusal);
                self.note(refusal.rule(), said, Some(refusal));
            }
        }
    }

    /// The worst that a rule says counts, and the first of its kind.
    fn note(&mut self, rule: Rule, said: Said, refusal: Option<Refusal>) {
        match self.0.iter_mut().find(|heard| heard.rule == rule) {
            Some(heard) if heard.said < said => *heard = Heard { rule, said, refusal },
            Some(_) => {}
            None => self.0.push(Heard { rule, said, refusal }),
        }
    }
}
