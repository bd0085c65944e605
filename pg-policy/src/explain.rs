//! What a policy makes of a statement, in full: what the statement is, what it needs, and the verdict with its reasons.
//!
//! Separate from vetting, which stops at a yes or a no. Invariant: the verdict is that of [`Policy::vet`], asked for it.

use std::sync::Arc;

use serde::Serialize;

use crate::access::Access;
use crate::facts::{Facts, Questions};
use crate::needs::{Form, Needs, Purpose};
use crate::parse;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::set_off::SetOff;

/// What becomes of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// It may run.
    Allowed,
    /// It may not run.
    Refused,
    /// What is known does not suffice; it may not run before the missing facts are known.
    CannotBeJudged,
}

/// A statement as the policy sees it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// What becomes of it.
    pub verdict: Verdict,
    /// The access that the policy grants.
    pub granted: Access,
    /// The access that it needs, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<Access>,
    /// What it is; missing where the text is no statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The kinds of the statements inside it.
    pub inside: Vec<String>,
    /// The relations that it names.
    pub relations: Vec<UsedRelation>,
    /// The functions that it calls by name.
    pub functions: Vec<String>,
    /// The operators that it applies.
    pub operators: Vec<String>,
    /// What its changes set off without naming it, as far as it may run and a catalog was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sets_off: Vec<SetOff>,
    /// The highest number of its parameters.
    pub parameters: usize,
    /// Why it may not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refused>,
    /// What only a catalog knows and the verdict depends on, in words.
    pub missing: Vec<String>,
    /// The rules that were asked.
    pub rules: Vec<AskedRule>,
}

/// A relation that a statement names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UsedRelation {
    /// As it names it.
    pub name: String,
    /// Whether it changes its rows.
    pub changed: bool,
}

/// Why a statement may not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refused {
    /// The rule.
    pub rule: String,
    /// What it met.
    pub met: String,
    /// Where, in characters from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// Why.
    pub why: String,
    /// What to do instead.
    pub instead: String,
}

/// A rule, and what it said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AskedRule {
    /// The rule.
    pub rule: &'static str,
    /// What it said.
    pub said: Said,
}

/// What a rule said of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Said {
    /// It has nothing against it.
    Passed,
    /// It refuses it, or cannot judge it.
    Refused,
    /// Another rule refused before this one's answer counted.
    NotDecisive,
}

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Self {
        Refused {
            rule: refusal.rule().id().to_owned(),
            met: refusal.met().to_owned(),
            position: refusal.position(),
            why: refusal.why().to_owned(),
            instead: refusal.instead().to_owned(),
        }
    }
}

impl Policy {
    /// Says what this policy makes of a statement, and why.
    pub fn explain(&self, text: &str, facts: &dyn Facts) -> Explanation {
        let mut explanation = Explanation {
            verdict: Verdict::Allowed,
            granted: self.access(),
            needs: None,
            kind: None,
            inside: Vec::new(),
            relations: Vec::new(),
            functions: Vec::new(),
            operators: Vec::new(),
            sets_off: Vec::new(),
            parameters: 0,
            refusal: None,
            missing: Vec::new(),
            rules: Vec::new(),
        };
        let verdict = self.vet(text, facts);
        // What the parser must not see is not shown to it here either.
        if self.may_be_read(text)
            && let Ok(needs) = parse::needs(&Arc::from(text))
        {
            explanation.describe(&needs);
        }
        match verdict {
            Ok(vetted) => {
                explanation.needs = Some(vetted.access());
                explanation.sets_off = vetted.sets_off().to_vec();
                explanation.rules = asked(None);
            }
            Err(refusal) => explanation.refused(&refusal),
        }
        explanation
    }
}

impl Explanation {
    fn describe(&mut self, needs: &Needs) {
        self.kind = Some(needs.kind.to_string());
        self.inside = distinct(needs.inner_kinds.iter().map(|(kind, _)| kind.to_string()));
        self.relations = distinct(needs.relations.iter().map(|used| UsedRelation {
            name: used.name.to_string(),
            changed: used.purpose == Purpose::Change,
        }));
        let called = needs.functions.iter().filter(|used| used.form == Form::Call);
        self.functions = distinct(called.map(|used| used.name.to_string()));
        self.operators = distinct(needs.operators.iter().map(|used| used.name.to_string()));
        self.parameters = needs.highest_parameter;
    }

    fn refused(&mut self, refusal: &Refusal) {
        self.missing = missing(refusal);
        self.verdict = if self.missing.is_empty() { Verdict::Refused } else { Verdict::CannotBeJudged };
        self.refusal = Some(Refused::from(refusal));
        self.needs = None;
        self.rules = asked(Some(refusal.rule()));
    }
}

/// What the catalog would have to say, in words.
fn missing(refusal: &Refusal) -> Vec<String> {
    let Questions { functions, operators, relations, types, changes } = refusal.questions();
    let functions = functions.iter().map(|name| format!("what the function {name} does"));
    let operators = operators.iter().map(|name| format!("what the operator {name} does"));
    let relations = relations.iter().map(|name| format!("what the relation {name} is"));
    let types = types.iter().map(|name| format!("what the casts and checks of the type {name} do"));
    let changes = changes.iter().map(|name| format!("what a change of {name} sets off"));
    let masks = refusal.needs_mask_facts().then(|| "which relations the masked columns concern".to_owned());
    functions.chain(operators).chain(relations).chain(types).chain(changes).chain(masks).collect()
}

/// Every rule about a caller's text, with what it said.
fn asked(refused: Option<Rule>) -> Vec<AskedRule> {
    let of_text = Rule::ALL.iter().filter(|rule| **rule != Rule::Compose || refused == Some(Rule::Compose));
    let said = |rule: Rule| match refused {
        None => Said::Passed,
        Some(refused) if refused == rule => Said::Refused,
        Some(_) => Said::NotDecisive,
    };
    of_text.map(|rule| AskedRule { rule: rule.id(), said: said(*rule) }).collect()
}

fn distinct<T: PartialEq>(names: impl Iterator<Item = T>) -> Vec<T> {
    let mut all = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::NoFacts;

    fn explain(text: &str) -> Explanation {
        Policy::new(Access::Read).explain(text, &NoFacts)
    }

    #[test]
    fn says_what_an_allowed_statement_is_and_uses() {
        let explanation =
            explain("SELECT count(*) FROM shop.orders o JOIN customers c USING (id) WHERE c.name = $2");
        assert_eq!(explanation.verdict, Verdict::Allowed);
        assert_eq!((explanation.kind.as_deref(), explanation.needs), (Some("SELECT"), Some(Access::Read)));
        let relations: Vec<&str> = explanation.relations.iter().map(|used| used.name.as_str()).collect();
        assert_eq!(relations, ["shop.orders", "customers"]);
        assert_eq!((explanation.functions, explanation.parameters), (vec!["count".to_owned()], 2));
        assert!(explanation.rules.iter().all(|asked| asked.said == Said::Passed));
    }

    #[test]
    fn says_which_rule_refuses_what_and_where() {
        let explanation = explain("WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone");
        assert_eq!(explanation.verdict, Verdict::Refused);
        assert_eq!(explanation.inside, ["DELETE"]);
        assert_eq!(explanation.relations, [UsedRelation { name: "orders".to_owned(), changed: true }]);
        let refusal = explanation.refusal.unwrap();
        assert_eq!((refusal.rule.as_str(), refusal.position), ("access", Some(6)));
        let refused: Vec<&str> = explanation
            .rules
            .iter()
            .filter(|asked| asked.said == Said::Refused)
            .map(|asked| asked.rule)
            .collect();
        assert_eq!(refused, ["access"]);
    }

    #[test]
    fn an_unknown_function_cannot_be_judged_and_is_never_allowed() {
        let explanation = explain("SELECT f(1) FROM t");
        assert_eq!(explanation.verdict, Verdict::CannotBeJudged);
        assert_eq!(explanation.missing, ["what the function f does"]);
        assert_eq!(explanation.functions, ["f"]);
    }

    #[test]
    fn what_is_no_statement_has_no_kind() {
        for text in ["SELECT * FORM t", "", "SELECT 1; SELECT 2", "SELECT '\0'"] {
            let explanation = explain(text);
            assert_eq!((explanation.verdict, &explanation.kind), (Verdict::Refused, &None), "{text:?}");
        }
    }
}
