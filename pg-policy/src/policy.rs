//! The policy: what a connection may do, and the one way to a vetted statement.
//!
//! Separate because it is what configuration fills and callers hold.
//! Invariant: `vet` (and `vet_explain`, which composes first) is the only maker of [`Vetted`].

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::access::Access;
use crate::compose::{self, ExplainOptions};
use crate::facts::Facts;
use crate::kind::StatementKinds;
use crate::mask::{self, ColumnMask, MaskKey, MaskedPredicates, Masking};
use crate::names::{ColumnName, SettingName};
use crate::needs::{Needs, Permit};
use crate::parse;
use crate::refusal::Refusal;
use crate::rules::{self, Names};
use crate::set_off::Triggers;
use crate::vetted::Vetted;

/// Bytes of text that a statement may have unless the policy says otherwise: 1 MiB.
pub const DEFAULT_MAX_STATEMENT_BYTES: usize = 1 << 20;

/// Levels that a statement may be nested unless the policy says otherwise; the parser's own limit is
/// near 5,000.
pub const DEFAULT_MAX_NESTING: usize = 3_000;

/// What statements may do. Cloning is cheap.
///
/// ```
/// use pg_policy::{NoFacts, Policy, Rule};
///
/// let policy = Policy::default(); // read access
/// assert!(policy.vet("SELECT count(*) FROM orders", &NoFacts).is_ok());
///
/// let refusal = policy.vet("WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone", &NoFacts);
/// assert_eq!(refusal.unwrap_err().rule(), Rule::Access);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Policy {
    settings: Arc<Settings>,
}

/// What the rules look at.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) access: Access,
    pub(crate) allowed_kinds: Option<StatementKinds>,
    pub(crate) blocked_kinds: StatementKinds,
    pub(crate) functions: BTreeSet<String>,
    pub(crate) denied_functions: Names,
    pub(crate) allowed_schemas: Option<BTreeSet<String>>,
    pub(crate) denied_schemas: BTreeSet<String>,
    pub(crate) allowed_tables: Option<Names>,
    pub(crate) denied_tables: Names,
    pub(crate) allowed_columns: BTreeSet<ColumnName>,
    pub(crate) denied_columns: BTreeSet<ColumnName>,
    pub(crate) settings: BTreeSet<String>,
    pub(crate) wrappers: BTreeSet<String>,
    pub(crate) triggers: Triggers,
    pub(crate) require_where: bool,
    pub(crate) truncate: bool,
    pub(crate) drop: bool,
    pub(crate) permits: BTreeSet<Permit>,
    pub(crate) max_statement_bytes: usize,
    pub(crate) max_nesting: usize,
    pub(crate) masking: Masking,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            access: Access::default(),
            allowed_kinds: None,
            blocked_kinds: StatementKinds::new(),
            functions: BTreeSet::new(),
            denied_functions: Names::default(),
            allowed_schemas: None,
            denied_schemas: BTreeSet::new(),
            allowed_tables: None,
            denied_tables: Names::default(),
            allowed_columns: BTreeSet::new(),
            denied_columns: BTreeSet::new(),
            settings: BTreeSet::new(),
            wrappers: BTreeSet::new(),
            triggers: Triggers::default(),
            require_where: false,
            truncate: true,
            drop: true,
            permits: BTreeSet::new(),
            max_statement_bytes: DEFAULT_MAX_STATEMENT_BYTES,
            max_nesting: DEFAULT_MAX_NESTING,
            masking: Masking::default(),
        }
    }
}

impl Policy {
    /// The default policy at an access level.
    pub fn new(access: Access) -> Policy {
        Policy::builder().access(access).build()
    }

    /// A builder that begins with the default policy: read access.
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }

    /// The access level.
    pub fn access(&self) -> Access {
        self.settings.access
    }

    /// The same policy with no more than this access.
    #[must_use]
    pub fn at_most(&self, access: Access) -> Policy {
        let mut settings = Arc::clone(&self.settings);
        if settings.access > access {
            Arc::make_mut(&mut settings).access = access;
        }
        Policy { settings }
    }

    /// The same policy that lets masked columns be shown and nothing else.
    #[must_use]
    pub fn showing_masks_only(&self) -> Policy {
        let mut settings = Arc::clone(&self.settings);
        Arc::make_mut(&mut settings).masking.predicates = MaskedPredicates::Refuse;
        Policy { settings }
    }

    /// The columns that it masks.
    pub fn masks(&self) -> &[ColumnMask] {
        &self.settings.masking.columns
    }

    /// The most bytes of text that a statement may have.
    pub fn max_statement_bytes(&self) -> usize {
        self.settings.max_statement_bytes
    }

    /// Judges a statement: its text, by the server's grammar and by what the catalog knows.
    ///
    /// # Errors
    ///
    /// Refuses whatever the policy does not allow, and whatever cannot be judged. When the catalog's
    /// facts could decide otherwise, the refusal [names what to load](Refusal::questions).
    pub fn vet(&self, text: &str, facts: &dyn Facts) -> Result<Vetted, Refusal> {
        let (text, needs) = self.read(text)?;
        self.judge(&text, needs, facts)
    }

    /// Composes `EXPLAIN` in front of a statement and judges that.
    ///
    /// Planning a write does not write, so that without `analyze` read access is enough for any
    /// statement whose functions pass.
    ///
    /// # Errors
    ///
    /// As [`vet`](Self::vet), and when the text cannot be explained.
    pub fn vet_explain(
        &self,
        text: &str,
        options: &ExplainOptions,
        facts: &dyn Facts,
    ) -> Result<Vetted, Refusal> {
        rules::text(text, &self.settings)?;
        let composed = compose::explain(text, options)?;
        // The words in front are ours: they do not count against the caller's limit.
        let text: Arc<str> = composed.into();
        let needs = parse::needs(&text)?;
        self.judge(&text, needs, facts)
    }

    fn judge(&self, text: &Arc<str>, needs: Needs, facts: &dyn Facts) -> Result<Vetted, Refusal> {
        let judged = rules::judge(&needs, &self.settings, facts)?;
        let masked = mask::apply(text, &needs, &judged, &self.settings, facts)?;
        Ok(Vetted::new(masked, needs, judged, Arc::clone(&self.settings)))
    }

    /// What the rules look at.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the parser may see a text.
    pub(crate) fn may_be_read(&self, text: &str) -> bool {
        rules::text(text, &self.settings).is_ok()
    }

    fn read(&self, text: &str) -> Result<(Arc<str>, Needs), Refusal> {
        rules::text(text, &self.settings)?;
        let text: Arc<str> = text.into();
        let needs = parse::needs(&text)?;
        Ok((text, needs))
    }
}

/// Sets up a [`Policy`].
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct PolicyBuilder {
    settings: Settings,
}

impl PolicyBuilder {
    /// The access level; read by default.
    pub fn access(mut self, access: Access) -> Self {
        self.settings.access = access;
        self
    }

    /// Only these kinds of statements; by default all that the access level allows. `SELECT` includes
    /// `VALUES`, and a kind that is allowed may also be explained. The kinds of statements inside others,
    /// such as a `DELETE` in a `WITH` clause, must be in the list too.
    pub fn allowed_kinds(mut self, kinds: StatementKinds) -> Self {
        self.settings.allowed_kinds = Some(kinds);
        self
    }

    /// Never these kinds of statements, also not inside others; none by default. Blocking wins over
    /// allowing.
    pub fn blocked_kinds(mut self, kinds: StatementKinds) -> Self {
        self.settings.blocked_kinds = kinds;
        self
    }

    /// Lets these functions be called at every level, by `schema.name` or, in any schema, by `name`.
    /// This wins over every other rule about functions.
    pub fn functions<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.settings.functions.extend(names.into_iter().map(Into::into));
        self
    }

    /// Never these functions, by `schema.name` or `name`, whatever else is said of them.
    pub fn denied_functions<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.settings.denied_functions.extend(names);
        self
    }

    /// Only relations of these schemas, and those that [`allowed_tables`](Self::allowed_tables) adds; by default all.
    /// What a view of such a schema reads from others is let through.
    pub fn allowed_schemas<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.settings.allowed_schemas.get_or_insert_default().extend(names.into_iter().map(Into::into));
        self
    }

    /// No relation of these schemas, also not through views, partitions and parents. Denying wins over allowing.
    pub fn denied_schemas<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.settings.denied_schemas.extend(names.into_iter().map(Into::into));
        self
    }

    /// Only these relations, by `schema.name` or `name`, and those of [`allowed_schemas`](Self::allowed_schemas); by
    /// default all.
    pub fn allowed_tables<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.settings.allowed_tables.get_or_insert_default().extend(names);
        self
    }

    /// None of these relations, by `schema.name` or `name`, also not through views, partitions and parents.
    pub fn denied_tables<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.settings.denied_tables.extend(names);
        self
    }

    /// Of the tables in this list only these columns.
    pub fn allowed_columns(mut self, names: impl IntoIterator<Item = ColumnName>) -> Self {
        self.settings.allowed_columns.extend(names);
        self
    }

    /// None of these columns: neither read nor written, in any way.
    pub fn denied_columns(mut self, names: impl IntoIterator<Item = ColumnName>) -> Self {
        self.settings.denied_columns.extend(names);
        self
    }

    /// The settings that a transaction may change for itself, by `SET LOCAL` or `set_config(…, true)`; none by default.
    pub fn allowed_settings(mut self, names: impl IntoIterator<Item = SettingName>) -> Self {
        self.settings.settings.extend(names.into_iter().map(SettingName::into_string));
        self
    }

    /// The foreign-data wrappers whose tables may be used below admin access; none by default.
    pub fn allowed_wrappers<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.settings.wrappers.extend(names.into_iter().map(Into::into));
        self
    }

    /// What is asked of the functions of triggers that a change sets off; [`Triggers::Trusted`] by default.
    pub fn triggers(mut self, triggers: Triggers) -> Self {
        self.settings.triggers = triggers;
        self
    }

    /// Requires of `UPDATE`, `DELETE` and `MERGE` a condition that narrows them; off by default.
    pub fn require_where(mut self) -> Self {
        self.settings.require_where = true;
        self
    }

    /// Refuses `TRUNCATE` at every level.
    pub fn without_truncate(mut self) -> Self {
        self.settings.truncate = false;
        self
    }

    /// Refuses `DROP` at every level, that of columns too.
    pub fn without_drop(mut self) -> Self {
        self.settings.drop = false;
        self
    }

    /// Gives a permission that no access level includes; it still needs admin access.
    pub fn permit(mut self, permit: Permit) -> Self {
        self.settings.permits.insert(permit);
        self
    }

    /// The most bytes of text that a statement may have; 1 MiB by default.
    pub fn max_statement_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_statement_bytes = bytes;
        self
    }

    /// The most levels that a statement may be nested; 3,000 by default. The parser has a limit of its
    /// own near 5,000.
    pub fn max_nesting(mut self, levels: usize) -> Self {
        self.settings.max_nesting = levels;
        self
    }

    /// Masks these columns, whatever reads them; none by default.
    pub fn masks<I: IntoIterator<Item = ColumnMask>>(mut self, masks: I) -> Self {
        self.settings.masking.columns.extend(masks);
        self
    }

    /// What may be done with masked columns besides showing them; [`MaskedPredicates::Masked`] by default.
    pub fn masked_predicates(mut self, predicates: MaskedPredicates) -> Self {
        self.settings.masking.predicates = predicates;
        self
    }

    /// The key of hashes. Without one, what hashes mask cannot be read.
    pub fn mask_key(mut self, key: MaskKey) -> Self {
        self.settings.masking.key = Some(key);
        self
    }

    /// The policy.
    pub fn build(self) -> Policy {
        Policy { settings: Arc::new(self.settings) }
    }
}
