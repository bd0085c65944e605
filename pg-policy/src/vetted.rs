//! A statement that a policy let through.
//!
//! Separate so that its fields are private to one small module.
//! Invariant: there is no way to make one but through a policy: no literal, no `Default`, no `From`, no
//! `Deserialize`; what is composed from one is parsed again and its core compared.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use crate::access::Access;
use crate::compose::{self, ExplainOptions, OutputColumn};
use crate::declared::{Declared, DeclaredTypes};
use crate::kind::StatementKind;
use crate::mask::{Hidden, Masked};
use crate::names::{DataType, FunctionName, OperatorName, RelationName};
use crate::needs::{Columns, ColumnsRead, Needs, SettingChange};
use crate::parse;
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::rows::{self, CopyFormat, TypeName};
use crate::rule::Rule;
use crate::rules::{self, Judged};
use crate::set_off::SetOff;

/// A statement that a policy let through, with what it needs. Cloning is cheap.
///
/// It comes out of a policy, can be cloned and shared between threads,
///
/// ```
/// use pg_policy::{NoFacts, Policy, Vetted};
///
/// let vetted: Vetted = Policy::default().vet("SELECT 1", &NoFacts)?;
/// let copy: Vetted = vetted.clone();
/// std::thread::spawn(move || copy.text().len());
/// # Ok::<(), pg_policy::Refusal>(())
/// ```
///
/// and cannot be made up: not by its fields,
///
/// ```compile_fail
/// use pg_policy::{NoFacts, Policy, Vetted};
///
/// let vetted: Vetted = Policy::default().vet("SELECT 1", &NoFacts).unwrap();
/// let made_up = Vetted { statement: vetted.statement, declared: None };
/// ```
///
/// not by default,
///
/// ```compile_fail
/// let made_up = pg_policy::Vetted::default();
/// ```
///
/// not from text,
///
/// ```compile_fail
/// let made_up = pg_policy::Vetted::from("DROP TABLE orders");
/// ```
///
/// ```compile_fail
/// let made_up: pg_policy::Vetted = "DROP TABLE orders".parse().unwrap();
/// ```
///
/// not by its maker inside the crate, and not out of a file.
///
/// ```compile_fail
/// let made_up = pg_policy::Vetted::new("DROP TABLE orders");
/// ```
///
/// ```compile_fail
/// fn read<T: serde::de::DeserializeOwned>() {}
/// read::<pg_policy::Vetted>();
/// ```
///
/// ```
/// // The same with a type that can be read, so that the example above fails for its reason.
/// fn read<T: serde::de::DeserializeOwned>() {}
/// read::<pg_policy::Access>();
/// ```
#[derive(Clone)]
pub struct Vetted {
    statement: Arc<Statement>,
    declared: Option<Arc<Declared>>,
}

/// How a statement is planned without values for its parameters, in this order.
#[derive(Clone, Debug)]
pub struct GenericPlan {
    /// Prepares it under a name.
    pub prepare: Vetted,
    /// Explains how that is executed; answers as `EXPLAIN` does.
    pub explain: Vetted,
    /// Forgets the name.
    pub deallocate: Vetted,
}

struct Statement {
    text: Arc<str>,
    kind: StatementKind,
    access: Access,
    returns_rows: bool,
    outside_transaction: bool,
    only_built_in: bool,
    parameter_count: usize,
    relations: Vec<RelationName>,
    functions: Vec<FunctionName>,
    operators: Vec<OperatorName>,
    types: Vec<DataType>,
    columns: Arc<Columns>,
    changes: Vec<SettingChange>,
    settings: Arc<Settings>,
    masked: bool,
    hidden: Hidden,
    sets_off: Arc<[SetOff]>,
}

impl Vetted {
    /// The same with as many parameters of the caller as another statement has, where hidden ones stand behind them.
    fn with_parameters_of(self, other: &Vetted) -> Vetted {
        let mut statement = self.statement;
        if let Some(statement) = Arc::get_mut(&mut statement) {
            statement.parameter_count = other.statement.parameter_count;
        }
        let declared = other.declared_for(&statement.text);
        Vetted { statement, declared }
    }

    pub(crate) fn new(masked: Masked, needs: Needs, judged: Judged, settings: Arc<Settings>) -> Vetted {
        let (text, masked, hidden) = masked.into_parts();
        let Judged { access, only_built_in, sets_off, by_rules: _ } = judged;
        let columns = Arc::new(needs.columns);
        let relations = needs.relations.into_iter().map(|used| used.name);
        let called = needs.functions.into_iter().filter(|used| used.form == crate::needs::Form::Call);
        Vetted {
            statement: Arc::new(Statement {
                text,
                kind: needs.kind,
                access,
                returns_rows: needs.returns_rows,
                outside_transaction: needs.outside_transaction,
                only_built_in,
                parameter_count: needs.highest_parameter,
                relations: distinct(relations),
                functions: distinct(called.map(|used| used.name)),
                operators: distinct(needs.operators.into_iter().map(|used| used.name)),
                types: distinct(needs.types.into_iter().map(|used| used.name)),
                columns,
                changes: distinct(needs.settings.into_iter().map(|(change, _)| change)),
                settings,
                masked,
                hidden,
                sets_off: distinct(sets_off.into_iter()).into(),
            }),
            declared: None,
        }
    }

    /// The text that is to be run: as it was judged, with masks in place of masked columns.
    pub fn text(&self) -> &str {
        &self.statement.text
    }

    /// The kind of statement.
    pub fn kind(&self) -> StatementKind {
        self.statement.kind
    }

    /// The access that it needs; never more than its policy grants.
    pub fn access(&self) -> Access {
        let declared = self.declared.as_ref().map(|declared| declared.access);
        declared.map_or(self.statement.access, |access| access.max(self.statement.access))
    }

    /// Whether it answers with rows, as far as the grammar tells; `CALL` counts as yes.
    pub fn returns_rows(&self) -> bool {
        self.statement.returns_rows
    }

    /// Whether PostgreSQL refuses to run it inside a transaction block.
    pub fn runs_outside_transaction(&self) -> bool {
        self.statement.outside_transaction
    }

    /// Whether every function and operator that it names is one of the server's own that are known to be harmless: then
    /// running it leaves nothing behind in the session.
    pub fn only_built_in(&self) -> bool {
        self.statement.only_built_in && self.declared.as_ref().is_none_or(|declared| declared.only_built_in)
    }

    /// The relations that it names, in order, without the names of its own `WITH` queries.
    pub fn relations(&self) -> &[RelationName] {
        &self.statement.relations
    }

    /// The functions that it calls by name, in order.
    pub fn functions(&self) -> &[FunctionName] {
        &self.statement.functions
    }

    /// The operators that it applies, in order, also those that the grammar applies unwritten, as `=` in `USING`.
    pub fn operators(&self) -> &[OperatorName] {
        &self.statement.operators
    }

    /// The types that it names and that are not the server's own, in order: casts, domains.
    pub fn types(&self) -> &[DataType] {
        &self.statement.types
    }

    /// The columns that it may read of each relation that it names, views not followed.
    pub fn columns(&self) -> BTreeMap<RelationName, ColumnsRead> {
        self.statement.columns.read(&self.statement.relations)
    }

    /// The settings that it changes, and for how long.
    pub fn settings(&self) -> &[SettingChange] {
        &self.statement.changes
    }

    /// What its changes set off without naming it: triggers, rewrite rules, foreign keys that hand them on, expressions with
    /// functions of users. Empty where no catalog was asked.
    pub fn sets_off(&self) -> &[SetOff] {
        &self.statement.sets_off
    }

    /// The highest number of its parameters: 2 for `$1 … $2`.
    pub fn parameter_count(&self) -> usize {
        self.statement.parameter_count
    }

    /// Whether masks were put into the text, so that places in it are not places in the caller's.
    pub fn is_masked(&self) -> bool {
        self.statement.masked
    }

    /// Whether its policy masks columns, of these relations or of others: what the server says of stored rows is not for the
    /// caller then.
    pub fn policy_masks(&self) -> bool {
        !self.statement.settings.masking.is_empty()
    }

    /// The values of the parameters behind the caller's own, in the text form of `bytea`. They hold the key of hashes: for
    /// binding, and for nothing else.
    pub fn hidden_parameters(&self) -> Vec<String> {
        self.statement.hidden.parameters()
    }

    /// The statement with `EXPLAIN` in front of it.
    ///
    /// With `analyze` it needs what this needs, since it runs it; else read access.
    ///
    /// # Errors
    ///
    /// Refuses what PostgreSQL cannot explain, and `EXPLAIN` itself where the policy blocks it.
    pub fn explain(&self, options: &ExplainOptions) -> Result<Vetted, Refusal> {
        let text: Arc<str> = compose::explain(self.text(), options)?.into();
        let needs = parse::needs(&text)?;
        rules::statement_kinds(&needs, &self.statement.settings)?;
        let access = if options.analyze { self.access() } else { Access::Read };
        let sets_off = if options.analyze { self.sets_off().to_vec() } else { Vec::new() };
        let judged = Judged { access, only_built_in: self.only_built_in(), sets_off, by_rules: Vec::new() };
        let masked = Masked::explained(text, &self.statement.hidden, self.statement.masked);
        Ok(Vetted::new(masked, needs, judged, Arc::clone(&self.statement.settings)).with_parameters_of(self))
    }

    /// The statements that plan this one, which [`explain`](Self::explain) or [`Policy::vet_explain`](crate::Policy::vet_explain)
    /// made with the same options, without values for its parameters: as often as it is executed with a generic plan.
    ///
    /// `EXPLAIN (GENERIC_PLAN)` asks for the parameters all the same where a statement is sent in the extended protocol. So the
    /// statement is prepared by `PREPARE`, its execution with nulls is explained where the setting `plan_cache_mode` forces a
    /// generic plan, and it is forgotten. None of the three runs it.
    ///
    /// # Errors
    ///
    /// Refuses what is not such a statement, and `analyze`, which needs values.
    pub fn generic_plan(&self, options: &ExplainOptions) -> Result<GenericPlan, Refusal> {
        if options.analyze {
            return Err(Refusal::new(
                Rule::Compose,
                "EXPLAIN ANALYZE without values",
                "the statement would run, and needs values for its parameters",
                "give values, or leave analyze out",
            ));
        }
        let types = self.declared.as_ref().map(|declared| declared.types.names()).unwrap_or_default();
        let count = self.parameter_count() + self.hidden_parameters().len();
        let [prepare, explain, deallocate] = compose::generic_plan(self.text(), options, &types, count)?;
        Ok(GenericPlan {
            prepare: self.without_parameters(prepare),
            explain: self.without_parameters(explain),
            deallocate: self.without_parameters(deallocate),
        })
    }

    /// What was judged as this, in another text that takes no parameters and runs nothing of it.
    fn without_parameters(&self, text: String) -> Vetted {
        let old = &self.statement;
        Vetted {
            statement: Arc::new(Statement {
                text: text.into(),
                kind: old.kind,
                access: Access::Read,
                returns_rows: old.returns_rows,
                outside_transaction: false,
                only_built_in: self.only_built_in(),
                parameter_count: 0,
                relations: old.relations.clone(),
                functions: old.functions.clone(),
                operators: old.operators.clone(),
                types: old.types.clone(),
                columns: Arc::clone(&old.columns),
                changes: old.changes.clone(),
                settings: Arc::clone(&old.settings),
                masked: old.masked,
                sets_off: old.sets_off.clone(),
                hidden: Hidden::Nothing,
            }),
            declared: None,
        }
    }

    /// The statement with some of its columns turned to text, for types that have no binary form.
    ///
    /// There must be as many `columns` as the statement answers with. The columns of the new statement
    /// are called `c1`, `c2` …; everything else about it is as before.
    ///
    /// # Errors
    ///
    /// Refuses statements without rows, and those with a data-modifying `WITH` clause, which PostgreSQL
    /// accepts only at the top.
    pub fn with_text_columns(&self, columns: &[OutputColumn]) -> Result<Vetted, Refusal> {
        let text = compose::text_columns(self.text(), columns)?;
        let declared = self.declared_for(&text);
        let old = &self.statement;
        Ok(Vetted {
            statement: Arc::new(Statement {
                text: text.into(),
                kind: old.kind,
                access: old.access,
                returns_rows: true,
                outside_transaction: old.outside_transaction,
                only_built_in: old.only_built_in,
                parameter_count: old.parameter_count,
                relations: old.relations.clone(),
                functions: old.functions.clone(),
                operators: old.operators.clone(),
                types: old.types.clone(),
                columns: Arc::clone(&old.columns),
                changes: old.changes.clone(),
                settings: Arc::clone(&old.settings),
                masked: old.masked,
                hidden: old.hidden.clone(),
                sets_off: Arc::clone(&old.sets_off),
            }),
            declared,
        })
    }
}

/// The types that the caller declares for its parameters.
impl Vetted {
    /// The same with these types for its parameters. They count only beside `judged`, the verdict on
    /// [`DeclaredTypes::casts`], and with a number for each, by the name that it displays as.
    ///
    /// `None` where `judged` is the verdict on something else, where a number is missing, or where there are not as many types
    /// as parameters.
    #[must_use]
    pub fn declaring(
        &self,
        types: &DeclaredTypes,
        judged: &Vetted,
        oids: &HashMap<String, u32>,
    ) -> Option<Vetted> {
        if judged.text() != types.casts() || types.count() != self.parameter_count() {
            return None;
        }
        let declared = Declared::new(self.text(), types, judged, oids)?;
        Some(Vetted { statement: Arc::clone(&self.statement), declared: Some(Arc::new(declared)) })
    }

    /// The object identifiers of the types declared for its first parameters; zero leaves one to the server.
    pub fn declared_types(&self) -> &[u32] {
        self.declared.as_ref().map_or(&[], |declared| &declared.oids)
    }

    /// What tells it from other statements to be prepared: its text, and the types that are declared. No two statements that
    /// differ share it.
    pub fn key(&self) -> &str {
        self.declared.as_ref().map_or(self.text(), |declared| &declared.key)
    }

    fn declared_for(&self, text: &str) -> Option<Arc<Declared>> {
        self.declared.as_ref().map(|declared| Arc::new(declared.of(text)))
    }
}

/// What takes many rows at once instead of one.
impl Vetted {
    /// The text of this INSERT of one row of parameters with an array for each parameter, of these element types; each
    /// element in its turn makes a row. It is a text like a caller's: the policy judges it before it can run.
    ///
    /// `None` where it would not do the same as the statement does row by row, as far as its text tells. What triggers, rules
    /// and foreign keys of the table do with rows that come at once is for the caller to know.
    pub fn with_array_parameters(&self, types: &[TypeName]) -> Option<String> {
        let plain = !self.is_masked() && self.only_built_in() && self.kind() == StatementKind::Insert;
        if plain { rows::with_arrays(self.text(), types) } else { None }
    }

    /// The `COPY … FROM STDIN` that fills the columns that this INSERT fills: one of a row of parameters, `$1` to the last
    /// in order, into named columns. It needs what the INSERT needs.
    ///
    /// # Errors
    ///
    /// Refuses every other statement, and `COPY` itself where the policy blocks it.
    pub fn copy_in(&self, format: CopyFormat) -> Result<Vetted, Refusal> {
        if self.is_masked() {
            return Err(Refusal::new(
                Rule::Compose,
                "COPY in place of this INSERT",
                "it returns masked columns",
                "leave out what it returns",
            ));
        }
        let text: Arc<str> = rows::copy_in(self.text(), format)?.into();
        rules::statement_kinds(&parse::needs(&text)?, &self.statement.settings)?;
        let old = &self.statement;
        Ok(Vetted {
            statement: Arc::new(Statement {
                text,
                kind: StatementKind::Copy,
                access: old.access,
                returns_rows: false,
                outside_transaction: false,
                only_built_in: old.only_built_in,
                parameter_count: 0,
                relations: old.relations.clone(),
                functions: old.functions.clone(),
                operators: old.operators.clone(),
                types: old.types.clone(),
                columns: Arc::clone(&old.columns),
                changes: old.changes.clone(),
                settings: Arc::clone(&old.settings),
                masked: false,
                hidden: Hidden::default(),
                sets_off: Arc::clone(&old.sets_off),
            }),
            declared: None,
        })
    }
}

/// Each name once, in the order of its first use.
fn distinct<T: Clone + Eq + std::hash::Hash>(names: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = std::collections::HashSet::new();
    names.filter(|name| seen.insert(name.clone())).collect()
}

/// Shows what it needs and not its text, which may hold literals.
impl fmt::Debug for Vetted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vetted")
            .field("kind", &self.kind())
            .field("access", &self.access())
            .field("relations", &self.relations())
            .field("functions", &self.functions())
            .field("parameter_count", &self.parameter_count())
            .finish_non_exhaustive()
    }
}
