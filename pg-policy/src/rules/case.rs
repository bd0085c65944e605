//! What a rule is asked about, and what it answers besides a refusal.
//!
//! Separate because every rule uses it. Invariant: a question never lets anything pass; a statement with questions left is
//! one that cannot be judged.

use std::sync::Arc;

use crate::access::Access;
use crate::facts::{Facts, Questions};
use crate::needs::Needs;
use crate::parse;
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::set_off::{SetOff, SetOffKind};

/// One text with what it needs, and by whom it is judged.
pub(super) struct Case<'a> {
    pub(super) needs: &'a Needs,
    pub(super) settings: &'a Settings,
    pub(super) facts: &'a dyn Facts,
    pub(super) origin: Origin,
}

/// Where a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    /// From the caller.
    Statement,
    /// It is the query of a view that the statement names: it runs, and shows what it reads.
    View,
    /// It is the query of a materialized view: it ran, and what it read is shown.
    Stored,
    /// The owner of a relation or type attached it: it runs, and shows nothing.
    Attached,
}

/// What the rules have found so far.
#[derive(Default)]
pub(super) struct Outcome {
    /// The access that is needed.
    pub(super) needed: Access,
    pub(super) questions: Questions,
    /// Whether a type brings functions of users along.
    pub(super) users_code: bool,
    /// The first thing that could not be judged.
    pub(super) unknown: Option<Refusal>,
    /// What must be judged too.
    pub(super) texts: Vec<Text>,
    /// What changes of rows set off.
    pub(super) sets_off: Vec<SetOff>,
    /// While a text other than the statement's is judged: where the statement names what it belongs to.
    pub(super) named_at: Option<Option<usize>>,
}

/// A query or expression that the statement leads to.
pub(super) struct Text {
    pub(super) sql: String,
    pub(super) origin: Origin,
    /// What it is, in words: "the view app.recent".
    pub(super) what: String,
    /// Where the statement names what it belongs to.
    pub(super) position: Option<usize>,
    /// Whether it is a query, or a definition that holds what runs.
    pub(super) form: Form,
    /// Whether a change of rows evaluates it.
    pub(super) set_off: bool,
}

/// How a text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// It is a statement.
    Query,
    /// It is the definition of a rule or trigger: its conditions and actions run.
    Definition,
    /// It is the definition of a function: its body runs.
    Function,
}

impl Text {
    /// A statement, or an expression behind `SELECT`.
    pub(super) fn query(sql: String, origin: Origin, what: &str, position: Option<usize>) -> Text {
        Text { sql, origin, what: what.to_owned(), position, form: Form::Query, set_off: false }
    }

    /// The definition of a rule or trigger.
    pub(super) fn definition(sql: String, origin: Origin, what: &str, position: Option<usize>) -> Text {
        Text { sql, origin, what: what.to_owned(), position, form: Form::Definition, set_off: true }
    }

    /// The definition of a function that is written in SQL.
    pub(super) fn function(sql: String, origin: Origin, what: &str, position: Option<usize>) -> Text {
        Text { form: Form::Function, ..Text::query(sql, origin, what, position) }
    }

    /// What it needs, part by part.
    pub(super) fn read(&self) -> Result<Vec<Needs>, Refusal> {
        let sql = Arc::from(self.sql.as_str());
        match self.form {
            Form::Query => parse::needs(&sql).map(|needs| vec![needs]),
            Form::Definition => parse::definition(&sql),
            Form::Function => parse::function_body(&sql),
        }
    }

    /// The same, evaluated by a change of rows.
    pub(super) fn set_off(self) -> Text {
        Text { set_off: true, ..self }
    }
}

impl Case<'_> {
    /// Whether the text is the caller's own.
    pub(super) fn is_statement(&self) -> bool {
        self.origin == Origin::Statement
    }

    /// Whether the text runs when the statement does.
    pub(super) fn runs(&self) -> bool {
        self.origin != Origin::Stored
    }

    /// Whether what the text reads is shown to the caller.
    pub(super) fn shows(&self) -> bool {
        self.origin != Origin::Attached
    }
}

impl Outcome {
    /// Notes that something needs this access.
    pub(super) fn needs(&mut self, access: Access) {
        self.needed = self.needed.max(access);
    }

    /// Notes what a change sets off.
    pub(super) fn sets_off(&mut self, kind: SetOffKind, what: &str, calls: Option<String>) {
        self.sets_off.push(SetOff { kind, what: what.to_owned(), calls });
    }

    /// Notes that something cannot be judged, with what would be said if nothing else is refused.
    pub(super) fn cannot_judge(&mut self, refusal: impl FnOnce() -> Refusal) {
        if self.unknown.is_none() {
            self.unknown = Some(refusal());
        }
    }

    /// Where the statement names what leads to a position of the text that is being judged.
    pub(super) fn place(&self, position: Option<usize>) -> Option<usize> {
        self.named_at.unwrap_or(position)
    }
}
