//! What each rule is for, with a statement that it refuses and one that passes.
//!
//! Separate from the rules themselves, because the documentation is generated from it and a test holds the examples to what it
//! says. Invariant: the match has no `_` arm, so a rule does not compile until it is documented.

use std::fmt::Write;

use crate::access::Access;
use crate::kind::StatementKind;
use crate::mask::{ColumnMask, MaskMethod};
use crate::names::ColumnName;
use crate::policy::Policy;
use crate::rule::Rule;

/// What a reader should know of a rule.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RuleDocumentation {
    /// Why there is such a rule.
    pub why: &'static str,
    /// The keys of the configuration file that steer it; none where nothing does.
    pub keys: &'static [&'static str],
    /// Its examples; `None` for a rule that no text of a caller meets.
    pub example: Option<RuleExample>,
}

/// A statement that a rule refuses, and one as like it as can be that passes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RuleExample {
    /// What the policy says, in the keys of the configuration file.
    pub under: &'static str,
    /// The same as a policy.
    pub policy: fn() -> Policy,
    /// What the rule refuses.
    pub refused: &'static str,
    /// What passes.
    pub allowed: &'static str,
}

fn read() -> Policy {
    Policy::new(Access::Read)
}

fn write() -> Policy {
    Policy::new(Access::Write)
}

fn masked() -> Policy {
    let column = |schema: &str, relation: &str, column: &str| ColumnMask {
        schema: schema.to_owned(),
        relation: relation.to_owned(),
        column: column.to_owned(),
        method: MaskMethod::Null,
    };
    Policy::builder().masks([column("public", "t", "a")]).build()
}

fn admin() -> Policy {
    Policy::new(Access::Admin)
}

/// Documentation with examples at an access level.
const fn at(
    (under, policy): (&'static str, fn() -> Policy),
    why: &'static str,
    keys: &'static [&'static str],
    refused: &'static str,
    allowed: &'static str,
) -> RuleDocumentation {
    RuleDocumentation { why, keys, example: Some(RuleExample { under, policy, refused, allowed }) }
}

const READ: (&str, fn() -> Policy) = ("access = \"read\"", read);
const WRITE: (&str, fn() -> Policy) = ("access = \"write\"", write);
const ADMIN: (&str, fn() -> Policy) = ("access = \"admin\"", admin);

impl Rule {
    /// What a reader should know of the rule.
    pub fn documentation(self) -> RuleDocumentation {
        match self {
            Rule::Length => at(
                ("policy.max_statement_bytes = 8", || Policy::builder().max_statement_bytes(8).build()),
                "a text costs memory and time before it is understood",
                &["policy.max_statement_bytes"],
                "SELECT 10",
                "SELECT 1",
            ),
            Rule::NulByte => at(
                READ,
                "the server ends a text at a NUL byte, so that what runs is not what was judged",
                &[],
                "SELECT '\0'",
                "SELECT '0'",
            ),
            Rule::Syntax => at(
                READ,
                "what PostgreSQL's own grammar does not read cannot be judged",
                &[],
                "SELECT * FORM t",
                "SELECT * FROM t",
            ),
            Rule::Empty => {
                at(READ, "nothing would run, which is hardly meant", &[], "-- SELECT 1", "SELECT 1 --")
            }
            Rule::OneStatement => at(
                READ,
                "what is stacked behind a statement is how injection begins",
                &[],
                "SELECT 1; SELECT 2",
                "SELECT 1;",
            ),
            Rule::Nesting => at(
                ("(library) max_nesting = 8", || Policy::builder().max_nesting(8).build()),
                "deep trees, and texts that the server's lexer takes minutes to read, end or occupy a process",
                &[],
                "SELECT 1+1+1+1+1+1+1+1",
                "SELECT 1+1",
            ),
            Rule::Unknown => RuleDocumentation {
                why: "what is not known is not let through",
                keys: &[],
                // No text of today's grammar comes to it.
                example: None,
            },
            Rule::StatementKind => at(
                ("policy.blocked_operations = [\"SHOW\"]", || {
                    Policy::builder().blocked_kinds(StatementKind::Show.into()).build()
                }),
                "a policy may be narrower than its access level",
                &["policy.allowed_operations", "policy.blocked_operations"],
                "SHOW work_mem",
                "SELECT 'SHOW work_mem'",
            ),
            Rule::Access => at(
                READ,
                "a connection does what it is for and no more, at any depth of a statement",
                &["access"],
                "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone",
                "WITH gone AS (SELECT * FROM t) SELECT * FROM gone",
            ),
            Rule::TransactionControl => at(
                ADMIN,
                "the transaction around a statement is what bounds it and rolls it back",
                &[],
                "COMMIT",
                "SELECT commit FROM t",
            ),
            Rule::SessionState => at(
                ADMIN,
                "sessions are pooled: what one caller leaves behind, the next one would find",
                &[],
                "SET work_mem = '1GB'",
                "SHOW work_mem",
            ),
            Rule::Copy => at(
                ADMIN,
                "the copy protocol passes by limits and parameters",
                &[],
                "COPY t TO STDOUT",
                "TABLE t",
            ),
            Rule::ServerFile => at(
                ADMIN,
                "files and programs of the server's host are reached with the rights of the server's account",
                &[],
                "COPY t TO '/tmp/x'",
                "SELECT '/tmp/x' FROM t",
            ),
            Rule::Parameters => at(
                READ,
                "the protocol counts parameters in two bytes, and a connection that is given more is lost",
                &[],
                "SELECT $65536::int",
                "SELECT $65535::int",
            ),
            Rule::Truncate => at(
                ("access = \"schema\", policy.truncate = false", || {
                    Policy::builder().access(Access::Schema).without_truncate().build()
                }),
                "it takes every row at once, and no condition narrows it",
                &["policy.truncate"],
                "TRUNCATE t",
                "DELETE FROM t WHERE id = 1",
            ),
            Rule::Drop => at(
                ("access = \"schema\", policy.drop = false", || {
                    Policy::builder().access(Access::Schema).without_drop().build()
                }),
                "what is dropped is gone with all that is in it",
                &["policy.drop"],
                "ALTER TABLE t DROP COLUMN a",
                "ALTER TABLE t DROP CONSTRAINT a",
            ),
            Rule::Where => at(
                ("access = \"write\", policy.require_where = true", || {
                    Policy::builder().access(Access::Write).require_where().build()
                }),
                "a forgotten condition changes every row",
                &["policy.require_where"],
                "UPDATE t SET a = 1 WHERE 1 = 1",
                "UPDATE t SET a = 1 WHERE b = 1",
            ),
            Rule::Setting => at(
                READ,
                "a setting may change what a statement means, or end its limits",
                &["policy.allowed_settings"],
                "SET LOCAL work_mem = '1GB'",
                "SHOW work_mem",
            ),
            Rule::Schema => at(
                ("policy.denied_schemas = [\"private\"]", || {
                    Policy::builder().denied_schemas(["private"]).build()
                }),
                "a schema is how most databases draw a line",
                &["policy.allowed_schemas", "policy.denied_schemas"],
                "TABLE private.t",
                "TABLE app.private",
            ),
            Rule::Table => at(
                ("policy.denied_tables = [\"app.t\"]", || Policy::builder().denied_tables(["app.t"]).build()),
                "what is denied is denied through views, partitions and parents as well",
                &["policy.allowed_tables", "policy.denied_tables"],
                "TABLE app.t",
                "SELECT t FROM app.u AS t",
            ),
            Rule::Column => at(
                ("policy.denied_columns = [\"t.secret\"]", || {
                    Policy::builder().denied_columns([ColumnName::new("t", "secret")]).build()
                }),
                "a column is read in more ways than by its name: `*`, whole rows, USING, NATURAL",
                &["policy.allowed_columns", "policy.denied_columns"],
                "SELECT * FROM t",
                "SELECT count(*) FROM t",
            ),
            Rule::Trigger => RuleDocumentation {
                why: "a change runs what owners attached to the table, and a function in an untrusted language reaches the server's host",
                keys: &["policy.triggers", "policy.allowed_functions", "policy.denied_functions"],
                example: None,
            },
            Rule::Type => at(
                READ,
                "a cast runs functions that no text names: those of the cast, and the checks of domains",
                &["access"],
                "SELECT 'x'::app.code",
                "SELECT 'x'::text",
            ),
            Rule::ForeignTable => RuleDocumentation {
                why: "a wrapper reaches files and other hosts, where no rule and no transaction holds",
                keys: &["access", "policy.allowed_wrappers"],
                // Only a catalog tells which tables are foreign.
                example: None,
            },
            Rule::Function => at(
                READ,
                "a function does what its author wrote, whatever the statement around it is",
                &["access", "policy.allowed_functions", "policy.denied_functions"],
                "SELECT pg_read_file('x')",
                "SELECT pg_size_pretty(1)",
            ),
            Rule::Operator => at(
                READ,
                "an operator calls a function",
                &["access"],
                "SELECT 1 OPERATOR(evil.+) 1",
                "SELECT 1 OPERATOR(pg_catalog.+) 1",
            ),
            Rule::SecretRelation => at(
                READ,
                "some of the server's own relations show password hashes, keys or its configuration",
                &["access"],
                "TABLE pg_authid",
                "TABLE pg_roles",
            ),
            Rule::SystemCatalog => at(
                WRITE,
                "a row changed by hand in a system catalog can break the database or give any right",
                &["access"],
                "DELETE FROM pg_class",
                "SELECT FROM pg_class",
            ),
            Rule::Mask => at(
                ("policy.masked_columns = [{ column = \"public.t.a\", method = \"null\" }]", masked),
                "a masked column is replaced where it is read; what shows it past that is refused",
                &["policy.masked_columns", "policy.masked_predicates", "policy.allowed_functions"],
                "SELECT most_common_vals FROM pg_stats",
                "SELECT 'pg_stats'",
            ),
            Rule::Compose => RuleDocumentation {
                why: "what is put around a statement must not change what it is",
                keys: &[],
                // Asked of what is composed: its examples are in the tests of composing.
                example: None,
            },
        }
    }
}

/// The documentation of every rule, as the page `RULES.md`.
pub fn rules_page() -> String {
    let mut page = String::from(
        "# The rules\n\nEvery rule that can refuse a statement. Written by `cargo xtask docs` from `src/rule.rs` and \
         `src/documentation.rs`; a\ntest holds the examples and this page to them.\n",
    );
    for rule in Rule::ALL {
        let RuleDocumentation { why, keys, example } = rule.documentation();
        // Writing to a string does not fail.
        let _ = write!(page, "\n## `{rule}`\n\n{}\n\nWhy: {why}.\n", rule.refuses());
        let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        if !keys.is_empty() {
            let _ = writeln!(page, "Steered by {}.", keys.join(", "));
        }
        if let Some(RuleExample { under, refused, allowed, .. }) = example {
            let _ = write!(
                page,
                "\n| with `{under}` | |\n|---|---|\n| refused | `{}` |\n| allowed | `{}` |\n",
                refused.replace('\0', "\\0").replace('|', "\\|"),
                allowed.replace('|', "\\|")
            );
        }
    }
    page
}
