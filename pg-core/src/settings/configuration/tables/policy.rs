//! `policy`: which statements pass.

use std::fmt;

use pg_policy::{ColumnName, MaskedPredicates, SettingName, StatementKind, StatementKinds, Triggers};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

use super::super::super::nearest::nearest;
use super::super::located::Located;
use super::{Bytes, Checked, ConfirmationTable, MaskedColumn};

/// Which statements pass, within what the access allows.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct PolicyTable {
    /// Only these kinds of statements, such as `SELECT` or `CREATE TABLE`; a verb stands for all its kinds.
    pub(in super::super) allowed_operations: Option<Located<Vec<Located<KindWord>>>>,
    /// Never these kinds of statements, also not inside others.
    pub(in super::super) blocked_operations: Vec<Located<KindWord>>,
    /// Functions that may be called besides those known to be harmless, by `schema.name` or `name`.
    pub(in super::super) allowed_functions: Option<Located<Vec<Located<String>>>>,
    /// Functions that are never called, by `schema.name` or `name`, whatever else is said of them.
    pub(in super::super) denied_functions: Vec<Located<String>>,
    /// Only relations of these schemas, and those of `allowed_tables`; by default all.
    pub(in super::super) allowed_schemas: Option<Located<Vec<Located<String>>>>,
    /// No relation of these schemas.
    pub(in super::super) denied_schemas: Vec<Located<String>>,
    /// Only these relations, by `schema.name` or `name`, and those of `allowed_schemas`; by default all.
    pub(in super::super) allowed_tables: Option<Located<Vec<Located<String>>>>,
    /// None of these relations, by `schema.name` or `name`.
    pub(in super::super) denied_tables: Vec<Located<String>>,
    /// Of the relations in this list only these columns, by `schema.relation.column` or `relation.column`.
    pub(in super::super) allowed_columns: Vec<Located<Checked<ColumnName>>>,
    /// None of these columns: neither read nor written.
    pub(in super::super) denied_columns: Vec<Located<Checked<ColumnName>>>,
    /// Settings that a transaction may change for itself; none by default.
    pub(in super::super) allowed_settings: Option<Located<Vec<Located<Checked<SettingName>>>>>,
    /// Foreign-data wrappers whose tables may be used below admin access; none by default.
    pub(in super::super) allowed_wrappers: Option<Located<Vec<Located<String>>>>,
    /// What is asked of the functions of triggers that a change sets off: `trusted` (a trusted language or an extension, the
    /// default), `listed` (those of `allowed_functions`) or `any`.
    pub(in super::super) triggers: Option<Located<Triggers>>,
    /// Whether `UPDATE`, `DELETE` and `MERGE` need a condition that narrows them; false by default.
    pub(in super::super) require_where: Option<Located<bool>>,
    /// Whether `TRUNCATE` may pass where the access allows it; true by default.
    pub(in super::super) truncate: Option<Located<bool>>,
    /// Whether `DROP` may pass where the access allows it; true by default.
    pub(in super::super) drop: Option<Located<bool>>,
    /// Columns that nobody sees, and what is seen instead.
    pub(in super::super) masked_columns: Vec<Located<MaskedColumn>>,
    /// What may be done with masked columns besides showing and counting them: `masked` (everything, on the masks; the default),
    /// `tokens` (everything with the tokens of `hash`, nothing with other masks) or `refuse` (nothing).
    pub(in super::super) masked_predicates: Option<Located<MaskedPredicates>>,
    /// A file that holds the key of the tokens of `hash`, 16 to 64 bytes; else tokens differ from process to process.
    pub(in super::super) mask_key_file: Option<Located<String>>,
    /// An environment variable that holds this key.
    pub(in super::super) mask_key_env: Option<Located<String>>,
    /// The longest statement, in bytes; 1 MiB by default.
    pub(in super::super) max_statement_bytes: Option<Located<Bytes>>,
    /// Which changes are previewed and must be confirmed.
    pub(in super::super) confirm: Option<ConfirmationTable>,
}

/// A kind of statement, or a verb that stands for all its kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct KindWord {
    /// As it was written.
    pub(in super::super) word: String,
    /// What it stands for.
    pub(in super::super) kinds: StatementKinds,
}

impl<'de> Deserialize<'de> for KindWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KindVisitor)
    }
}

struct KindVisitor;

impl Visitor<'_> for KindVisitor {
    type Value = KindWord;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a kind of statement in quotes, such as \"SELECT\" or \"CREATE TABLE\"")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<KindWord, E> {
        match word.parse::<StatementKinds>() {
            Ok(kinds) if !kinds.is_empty() && !word.contains(',') => {
                Ok(KindWord { word: word.to_owned(), kinds })
            }
            _ => Err(E::invalid_value(Unexpected::Str(word), &allowed(word).as_str())),
        }
    }
}

/// What may stand in place of a word that is no kind of statement.
fn allowed(word: &str) -> String {
    let kinds = StatementKind::all().map(|kind| kind.to_string());
    let words = StatementKind::all().map(StatementKind::verb).map(str::to_owned).chain(kinds);
    let words: Vec<String> = words.collect();
    match nearest(&word.to_uppercase(), words.iter().map(String::as_str)) {
        Some(near) => format!("a kind of statement; did you mean `{near}`?"),
        None => {
            let mut verbs: Vec<&str> = StatementKind::all().map(StatementKind::verb).collect();
            verbs.sort_unstable();
            verbs.dedup();
            format!("a kind of statement: {}, alone or with an object as in CREATE TABLE", verbs.join(", "))
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for KindWord {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "KindOfStatement".into()
    }

    /// Any string, with what is known as suggestions: words are read in any case, and synonyms too.
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut known: Vec<String> =
            StatementKind::all().flat_map(|kind| [kind.verb().to_owned(), kind.to_string()]).collect();
        known.sort();
        known.dedup();
        schemars::json_schema!({ "anyOf": [{ "enum": known }, { "type": "string", "pattern": "^[A-Za-z_ ]+$" }] })
    }
}
