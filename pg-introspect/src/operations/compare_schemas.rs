//! compare_schemas: in what do databases differ, and what makes them equal?

use std::{collections::BTreeSet, time::Instant};

use async_trait::async_trait;
use pg_core::{
    Call, Effect, Error, Example, Exit, Operation, Report, ReportItem, ReportSection, Severity, Toolset,
};
use serde::{Deserialize, Serialize};

use crate::{
    budget::{default_max_tokens, fitting},
    comparison::{
        Change, Difference, HazardKind, Moved, NOT_COMPARED, Schema, ScriptStatement, SuggestedRename,
        column_order, differences, from_text, pair, read, script, suggested,
    },
};

/// The longest snapshot that is read, in bytes.
pub(super) const LONGEST_SNAPSHOT: u64 = 256 << 20;

/// Compare schemas: a base with other databases or a snapshot; differences, likely renames, and for each the SQL that makes it like the
/// base, in order, with locks and data loss. Runs nothing.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct CompareSchemasInput {
    /// The base, as it should be.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// Connections to compare with it.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg())]
    pub others: Vec<String>,
    /// A snapshot's text, as the base.
    #[cfg_attr(feature = "cli", arg(long))]
    pub snapshot: Option<String>,
    /// A snapshot's file.
    #[cfg_attr(feature = "schema", schemars(extend("x-command-line" = true)))]
    #[cfg_attr(feature = "cli", arg(long))]
    pub snapshot_file: Option<String>,
    /// Only these schemas.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ','))]
    pub schemas: Vec<String>,
    /// Only these kinds, such as table or view.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ','))]
    pub kinds: Vec<String>,
    /// Of owner, grants, comment: what may differ.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ','))]
    pub ignore: Vec<String>,
    /// Differences to pass over, to see the rest.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: u32,
    /// The largest list of differences, and of statements, in tokens each.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
}

/// How databases differ from the base.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CompareSchemasOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The base: a connection, or `snapshot`.
    pub base: String,
    /// Whether all are equal to the base.
    pub identical: bool,
    /// The same as the negation of `identical`, as the use case names it.
    pub sync_required: bool,
    /// Each of the others.
    pub compared: Vec<ComparedSchema>,
    /// What was not compared.
    pub not_compared: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// How one database differs from the base.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComparedSchema {
    /// The connection.
    pub connection_id: String,
    /// Whether it is equal to the base.
    pub identical: bool,
    /// How many objects were compared.
    pub objects: usize,
    /// How many differ.
    pub difference_count: usize,
    /// What differs, what loses data first.
    pub differences: Vec<Difference>,
    /// How many are left out here; `offset` leads to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differences_left_out: Option<usize>,
    /// Guesses that something was renamed; the script does not follow them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub renames: Vec<SuggestedRename>,
    /// Tables whose columns stand in another order, which does not count as a difference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub column_order: Vec<Moved>,
    /// The statements that make it like the base, in order.
    pub script: Vec<ScriptStatement>,
    /// How many statements of the script are left out: then it must not be run; raise `max_tokens` or name fewer schemas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statements_left_out: Option<usize>,
    /// What to know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The operation compare_schemas.
#[derive(Debug)]
pub struct CompareSchemas;

#[async_trait]
impl Operation for CompareSchemas {
    type Input = CompareSchemasInput;
    type Output = CompareSchemasOutput;
    const NAME: &'static str = "compare_schemas";
    const SHORT_NAME: Option<&'static str> = Some("diff");
    const TITLE: &'static str = "Differences of schemas";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Schema;
    const REPORTS: bool = true;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Is the database like itself? Name a second connection to compare two",
        arguments: r#"{"connection_id": "default", "others": ["default"], "schemas": ["public"], "ignore": ["owner", "grants"]}"#,
    }];

    async fn run(call: &Call, input: CompareSchemasInput) -> Result<CompareSchemasOutput, Error> {
        let begun = Instant::now();
        let ignored = ignored(&input.ignore)?;
        let text = snapshot_text(call, &input).await?;
        let (base, desired, others) = match text {
            Some(text) => {
                let others = match (input.others.as_slice(), &input.connection_id) {
                    ([], id) => vec![call.service().connection(id.as_deref())?.id().to_owned()],
                    (others, None) => others.to_vec(),
                    (others, Some(id)) => std::iter::once(id).chain(others).cloned().collect(),
                };
                ("snapshot".to_owned(), from_text(&text)?, others)
            }
            None => {
                if input.others.is_empty() {
                    return Err(Error::argument(
                        "there is nothing to compare with: name connections in `others`, or give a `snapshot` of snapshot_schema",
                    ));
                }
                let connection = call.service().connection(input.connection_id.as_deref())?;
                (connection.id().to_owned(), read(call, &connection).await?, input.others.clone())
            }
        };
        check_filters(&input, &desired)?;
        let mut compared = Vec::new();
        for other in others {
            let connection = call.service().connection(Some(&other))?;
            let current = read(call, &connection).await?;
            compared.push(compare(connection.id(), current, desired.clone(), &ignored, &input));
        }
        let identical = compared.iter().all(|one| one.identical);
        Ok(CompareSchemasOutput {
            success: true,
            base,
            identical,
            sync_required: !identical,
            compared,
            not_compared: NOT_COMPARED.to_owned(),
            duration_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn report(output: &CompareSchemasOutput) -> Option<Report> {
        let sections: Vec<ReportSection> = output.compared.iter().map(section).collect();
        let count: usize = output.compared.iter().map(|one| one.difference_count).sum();
        let equal = if output.identical { "all equal".to_owned() } else { format!("{count} differences") };
        Some(Report {
            title: "Comparison of schemas".to_owned(),
            summary: format!("base {}: {equal}", output.base),
            sections,
        })
    }

    fn exit(output: &CompareSchemasOutput) -> Exit {
        if output.identical { Exit::Ok } else { Exit::Findings }
    }
}

async fn snapshot_text(call: &Call, input: &CompareSchemasInput) -> Result<Option<String>, Error> {
    match (&input.snapshot, &input.snapshot_file) {
        (Some(_), Some(_)) => Err(Error::argument("give `snapshot` or `snapshot_file`, not both")),
        (Some(text), None) => Ok(Some(text.clone())),
        (None, Some(path)) => pg_core::read_local_file(call, path, LONGEST_SNAPSHOT).await.map(Some),
        (None, None) => Ok(None),
    }
}

pub(super) fn ignored(words: &[String]) -> Result<BTreeSet<String>, Error> {
    let known = |word: &String| match word.as_str() {
        "owner" | "owners" => Ok("owner".to_owned()),
        "grants" | "privileges" => Ok("grants".to_owned()),
        "comment" | "comments" => Ok("comment".to_owned()),
        other => Err(Error::argument(format!("`ignore` knows owner, grants and comment, not {other:?}"))),
    };
    words.iter().map(known).collect()
}

/// Every kind of object that is compared.
const KINDS: [&str; 31] = [
    "schema",
    "extension",
    "enum",
    "domain",
    "domain constraint",
    "composite",
    "range",
    "sequence",
    "table",
    "column",
    "constraint",
    "index",
    "view",
    "materialized view",
    "function",
    "procedure",
    "aggregate",
    "operator",
    "cast",
    "collation",
    "trigger",
    "rule",
    "policy",
    "statistics",
    "event trigger",
    "publication",
    "foreign data wrapper",
    "server",
    "text search dictionary",
    "text search configuration",
    "default privileges",
];

fn check_filters(input: &CompareSchemasInput, desired: &Schema) -> Result<(), Error> {
    if let Some(unknown) = input.kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
        return Err(Error::argument(format!(
            "there is no kind {unknown:?}; the kinds are {}",
            KINDS.join(", ")
        )));
    }
    let known = |name: &String| {
        desired.objects.values().any(|object| object.is("schema") && object.schema.as_ref() == Some(name))
    };
    match input.schemas.iter().find(|name| !known(name)) {
        // It may be in the other only; a misspelt name would find everything equal.
        Some(unknown) if input.schemas.iter().all(|name| !known(name)) => {
            Err(Error::argument(format!("the base has no schema {unknown:?}")))
        }
        _ => Ok(()),
    }
}

fn compare(
    connection_id: &str,
    current: Schema,
    desired: Schema,
    ignored: &BTreeSet<String>,
    input: &CompareSchemasInput,
) -> ComparedSchema {
    let (from, to) = (current.version / 10_000, desired.version / 10_000);
    let mut paired = pair(current, desired, ignored);
    if from != to {
        paired.notes.push(format!(
            "the servers are PostgreSQL {to} (base) and {from}: where their own functions write a view or an expression in another \
             way, it counts as different"
        ));
    }
    keep(&mut paired.current, &mut paired.desired, input);
    let mut found = differences(&paired);
    let objects = paired.desired.objects.len().max(paired.current.objects.len());
    let difference_count = found.len();
    let renames = suggested(&paired);
    let moved = column_order(&paired);
    let mut statements = script(&paired);
    if found.iter().all(|one| one.change == Change::Renamed) && statements.len() == 1 && found.is_empty() {
        statements.clear();
    }
    let offset = usize::try_from(input.offset).unwrap_or(usize::MAX).min(found.len());
    found.drain(..offset);
    let fits = if found.is_empty() { 0 } else { fitting(&found, input.max_tokens) };
    let left_out = found.len() - fits;
    found.truncate(fits);
    let whole = statements.len();
    let fits = if statements.is_empty() { 0 } else { fitting(&statements, input.max_tokens) };
    statements.truncate(fits);
    ComparedSchema {
        connection_id: connection_id.to_owned(),
        identical: difference_count == 0,
        objects,
        difference_count,
        differences: found,
        differences_left_out: (left_out > 0).then_some(left_out),
        renames,
        column_order: moved,
        script: statements,
        statements_left_out: (whole > fits).then_some(whole - fits),
        notes: paired.notes,
    }
}

/// Makes equal what the caller does not ask about: it is taken from the current schema.
fn keep(current: &mut Schema, desired: &mut Schema, input: &CompareSchemasInput) {
    if input.schemas.is_empty() && input.kinds.is_empty() {
        return;
    }
    let asked = |object: &crate::comparison::Object| {
        let schema = input.schemas.is_empty()
            || object.schema.as_ref().is_some_and(|schema| input.schemas.contains(schema));
        schema && (input.kinds.is_empty() || input.kinds.contains(&object.kind))
    };
    desired.objects.retain(|_, object| asked(object));
    for (key, object) in &current.objects {
        if !asked(object) {
            desired.objects.insert(key.clone(), object.clone());
        }
    }
}

fn section(compared: &ComparedSchema) -> ReportSection {
    let items = compared.differences.iter().map(|difference| ReportItem {
        severity: if difference.loses_data { Severity::Critical } else { Severity::Warning },
        check: difference.kind.clone(),
        object: Some(difference.name.clone()),
        message: match difference.change {
            Change::Extra => "is not in the base".to_owned(),
            Change::Missing => "is missing".to_owned(),
            Change::Renamed => "has another name".to_owned(),
            Change::Different => {
                let words = difference.attributes.iter().map(|changed| {
                    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
                    format!(
                        "{}: base {}, here {}",
                        changed.attribute,
                        side(&changed.base),
                        side(&changed.other)
                    )
                });
                words.collect::<Vec<_>>().join("; ")
            }
        },
        why: String::new(),
        advice: String::new(),
        statements: Vec::new(),
    });
    let mut items: Vec<ReportItem> = items.collect();
    let hazardous = |statement: &ScriptStatement| {
        let kinds = statement.hazards.iter().map(|hazard| format!("{:?} on {}", hazard.kind, hazard.on));
        kinds.collect::<Vec<_>>().join(", ")
    };
    items.extend(compared.script.iter().map(|statement| ReportItem {
        severity: if statement.hazards.iter().any(|hazard| hazard.kind == HazardKind::DataLoss) {
            Severity::Critical
        } else {
            Severity::Info
        },
        check: "script".to_owned(),
        object: None,
        message: hazardous(statement),
        why: String::new(),
        advice: if statement.gentle.is_empty() { String::new() } else { statement.gentle.join(";\n") },
        statements: vec![statement.sql.clone()],
    }));
    items.extend(compared.renames.iter().map(|rename| ReportItem {
        severity: Severity::Info,
        check: "rename?".to_owned(),
        object: Some(rename.from.clone()),
        message: format!("may be {} now, likeness {}", rename.to, rename.likeness),
        why: String::new(),
        advice: "where it is, rename it first and compare again".to_owned(),
        statements: vec![rename.sql.clone()],
    }));
    ReportSection {
        title: format!("{}: {} differences", compared.connection_id, compared.difference_count),
        facts: vec![
            ("connection".to_owned(), compared.connection_id.clone()),
            ("objects".to_owned(), compared.objects.to_string()),
            (
                "differences left out".to_owned(),
                compared.differences_left_out.unwrap_or_default().to_string(),
            ),
            ("statements left out".to_owned(), compared.statements_left_out.unwrap_or_default().to_string()),
        ],
        items,
        passed: Vec::new(),
    }
}
