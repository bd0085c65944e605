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
use crate::mask::{self, ColumnMask, MaskKey, Masking};
use crate::needs::{Needs, Permit};
use crate::parse;
use crate::refusal::Refusal;
use crate::rules;
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
    /// facts could decide otherwise, the refusal [names what to load](Refusal::needs_facts).
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
        let access = rules::judge(&needs, &self.settings, facts)?;
        let masked = mask::apply(text, &needs, access, &self.settings, facts)?;
        Ok(Vetted::new(masked, needs, access, Arc::clone(&self.settings)))
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
