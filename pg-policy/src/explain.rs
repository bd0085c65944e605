//! What a policy makes of a statement, in full: what the statement is, what it needs, and the verdict with its reasons.
//!
//! Separate from vetting, which stops at a yes or a no. Invariant: the verdict is that of [`Policy::vet`], asked for it.

use std::sync::Arc;

use serde::Serialize;

use crate::access::Access;
use crate::called::{CalledFunction, called};
use crate::facts::{Facts, Questions};
use crate::locks::lock_needs;
use crate::names::RelationName;
use crate::needs::{ColumnsRead, Form, Needs, Purpose, SettingScope};
use crate::parse;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::rules::{Answers, Heard, Said};
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
    /// What the catalog says of those of users and extensions, as far as it was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub called: Vec<CalledFunction>,
    /// The operators that it applies, written or not.
    pub operators: Vec<String>,
    /// The types that it names and that are not the server's own.
    pub types: Vec<String>,
    /// The settings that it changes.
    pub settings: Vec<ChangedSetting>,
    /// The locks that it takes on relations, as far as they stand out from those of any query.
    pub locks: Vec<TakenLock>,
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
    /// The rules, in the order in which they are judged, each with its own answer.
    pub rules: Vec<AskedRule>,
    /// What runs in its place, where columns are masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masked_text: Option<String>,
}

/// A relation that a statement names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UsedRelation {
    /// As it names it.
    pub name: String,
    /// Whether it changes its rows.
    pub changed: bool,
    /// The columns that it may read; where several relations may have a column, it counts for each.
    pub columns: Vec<String>,
    /// Whether it may read any: by `*`, a whole row, or names of its own for the columns.
    pub all_columns: bool,
}

/// A setting that a statement changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChangedSetting {
    /// Its name; missing where it changes all, or computes the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How long that holds: `transaction`, `session`, `stored` for later sessions, or `server`.
    pub scope: &'static str,
}

/// A lock that a statement takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TakenLock {
    /// On which relation.
    pub relation: String,
    /// In which mode, as `pg_locks` writes it.
    pub mode: &'static str,
    /// For what part of the statement.
    pub action: &'static str,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AskedRule {
    /// The rule.
    pub rule: &'static str,
    /// What it said.
    pub said: Said,
    /// What it met, where it did not pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<String>,
    /// Why it did not pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl From<Heard> for AskedRule {
    fn from(heard: Heard) -> Self {
        AskedRule {
            rule: heard.rule.id(),
            said: heard.said,
            met: heard.refusal.as_ref().map(|refusal| refusal.met().to_owned()),
            why: heard.refusal.as_ref().map(|refusal| refusal.why().to_owned()),
        }
    }
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
            called: Vec::new(),
            operators: Vec::new(),
            types: Vec::new(),
            settings: Vec::new(),
            locks: Vec::new(),
            sets_off: Vec::new(),
            parameters: 0,
            refusal: None,
            missing: Vec::new(),
            rules: Vec::new(),
            masked_text: None,
        };
        let verdict = self.vet(text, facts);
        let refusal = verdict.as_ref().err();
        // What the parser must not see is not shown to it here either.
        let read = if self.may_be_read(text) { parse::needs(&Arc::from(text)).ok() } else { None };
        let answers = match (&read, refusal) {
            (None, Some(refusal)) => Answers::of_text(self.settings(), text, refusal.clone()),
            (Some(needs), _) => Answers::of_statement(needs, self.settings(), facts),
            // What was vetted can be read.
            (None, None) => Answers::default(),
        };
        if let Some(needs) = &read {
            explanation.describe(needs);
            explanation.called = called(needs, facts);
            explanation.locks = locks(text);
        }
        let rules = answers.concluded(refusal, !self.masks().is_empty());
        explanation.rules = rules.into_iter().map(AskedRule::from).collect();
        match &verdict {
            Ok(vetted) => {
                explanation.needs = Some(vetted.access());
                explanation.sets_off = vetted.sets_off().to_vec();
                explanation.masked_text = vetted.is_masked().then(|| vetted.text().to_owned());
            }
            Err(refusal) => explanation.refused(refusal),
        }
        explanation
    }
}

impl Explanation {
    fn describe(&mut self, needs: &Needs) {
        self.kind = Some(needs.kind.to_string());
        self.inside = distinct(needs.inner_kinds.iter().map(|(kind, _)| kind.to_string()));
        let names = distinct(needs.relations.iter().map(|used| used.name.clone()));
        let read = needs.columns.read(&names);
        let changed = |name: &RelationName| {
            needs.relations.iter().any(|used| used.name == *name && used.purpose == Purpose::Change)
        };
        let relations = names.iter().map(|name| {
            let (columns, all_columns) = match read.get(name) {
                Some(ColumnsRead::Named(columns)) => (columns.iter().cloned().collect(), false),
                Some(ColumnsRead::Any) | None => (Vec::new(), true),
            };
            UsedRelation { name: name.to_string(), changed: changed(name), columns, all_columns }
        });
        self.relations = relations.collect();
        let called = needs.functions.iter().filter(|used| used.form == Form::Call);
        self.functions = distinct(called.map(|used| used.name.to_string()));
        self.operators = distinct(needs.operators.iter().map(|used| used.name.to_string()));
        self.types = distinct(needs.types.iter().map(|used| used.name.to_string()));
        self.settings = distinct(needs.settings.iter().map(|(change, _)| ChangedSetting {
            name: change.name.clone(),
            scope: match change.scope {
                SettingScope::Transaction => "transaction",
                SettingScope::Session => "session",
                SettingScope::Stored => "stored",
                SettingScope::Server => "server",
            },
        }));
        self.parameters = needs.highest_parameter;
    }

    fn refused(&mut self, refusal: &Refusal) {
        self.missing = missing(refusal);
        self.verdict = if self.missing.is_empty() { Verdict::Refused } else { Verdict::CannotBeJudged };
        self.refusal = Some(Refused::from(refusal));
        self.needs = None;
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

/// The locks of DDL and of `LOCK`, and row locks.
fn locks(text: &str) -> Vec<TakenLock> {
    let needs = lock_needs(text).unwrap_or_default();
    let taken = needs.into_iter().map(|need| TakenLock {
        relation: need.relation.to_string(),
        mode: need.mode.name(),
        action: need.action,
    });
    distinct(taken)
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
        let [orders] = explanation.relations.as_slice() else { panic!("{explanation:?}") };
        assert_eq!((orders.name.as_str(), orders.changed, orders.all_columns), ("orders", true, true));
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
    fn tells_columns_types_settings_and_locks() {
        let explanation = explain("SELECT o.total::money_eur, c.* FROM orders o, customers c");
        let of = |name: &str| explanation.relations.iter().find(|used| used.name == name).unwrap();
        assert_eq!(
            (of("orders").columns.as_slice(), of("orders").all_columns),
            (["total".to_owned()].as_slice(), false)
        );
        assert!(of("customers").all_columns);
        assert_eq!(explanation.types, ["money_eur"]);
        let explanation = explain("SET LOCAL work_mem = '1GB'");
        let setting = ChangedSetting { name: Some("work_mem".to_owned()), scope: "transaction" };
        assert_eq!(explanation.settings, [setting]);
        let explanation = explain("ALTER TABLE orders ALTER COLUMN total TYPE numeric");
        let [lock] = explanation.locks.as_slice() else { panic!("{explanation:?}") };
        assert_eq!((lock.relation.as_str(), lock.mode), ("orders", "AccessExclusiveLock"));
    }

    fn said(explanation: &Explanation, rule: &str) -> Said {
        explanation.rules.iter().find(|asked| asked.rule == rule).unwrap().said
    }

    #[test]
    fn every_rule_answers_for_itself_also_after_one_has_refused() {
        let explanation = explain("DELETE FROM pg_authid WHERE pg_read_file('x') = f(rolname)");
        for (rule, answer) in [
            ("access", Said::Refused),
            ("copy", Said::NotAsked),
            ("statement_kind", Said::Passed),
            ("secret_relation", Said::Refused),
            ("system_catalog", Said::Refused),
            ("function", Said::Refused),
            ("operator", Said::Passed),
        ] {
            assert_eq!(said(&explanation, rule), answer, "{rule}: {explanation:?}");
        }
        let judged = |rule: &str| explanation.rules.iter().position(|asked| asked.rule == rule).unwrap();
        assert!(judged("length") < judged("syntax") && judged("syntax") < judged("access"));
        assert!(judged("access") < judged("function") && judged("function") < judged("mask"));
    }

    #[test]
    fn a_rule_that_was_not_reached_has_not_passed() {
        let explanation = explain("SELECT * FORM t");
        assert_eq!(said(&explanation, "length"), Said::Passed);
        assert_eq!(said(&explanation, "syntax"), Said::Refused);
        assert_eq!(said(&explanation, "access"), Said::NotAsked);
        let explanation = explain(&"x".repeat(2 << 20));
        assert_eq!(
            (said(&explanation, "length"), said(&explanation, "nul_byte")),
            (Said::Refused, Said::NotAsked)
        );
    }

    #[test]
    fn what_is_no_statement_has_no_kind() {
        for text in ["SELECT * FORM t", "", "SELECT 1; SELECT 2", "SELECT '\0'"] {
            let explanation = explain(text);
            assert_eq!((explanation.verdict, &explanation.kind), (Verdict::Refused, &None), "{text:?}");
        }
    }
}
