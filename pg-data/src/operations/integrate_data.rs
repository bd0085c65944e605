//! integrate_data: rows of several sources become rows of one table, each thing once.

use std::{
    collections::BTreeMap,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use pg_core::{Agreement, Call, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::integrate::{Integration, Matched, Plan, Rows, Thing, UnusableRow, Written, prepare};

/// Rows of the result that an answer shows.
const SHOWN: usize = 5;
/// Values that too many rows share, of each rule.
const COMMON: usize = 5;
/// Keys of rows that were taken up by others.
const SUPERSEDED: usize = 20;

/// Integrate data: customers, products and the like of several databases become one table, duplicates matched by equal or similar values.
///
/// A plan is TOML: name, target, table, key, create_target; `[[sources]]` name, connection, query or source, key, changed_by, columns
/// = { email = { from = "mail", clean = "email" } }; `[[match]]` exact = ["email"] or similar = "company", at_least = 0.85; `[survivors]`
/// column = "first", "newest", "longest", "most_common", "highest" or { from = ["erp"] }.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct IntegrateDataInput {
    /// The plan, in TOML; on a command line also a file that holds it.
    pub plan: String,
    /// Only tell matches, conflicts and leftovers.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub dry_run: bool,
    /// The code of a confirmation.
    #[cfg_attr(feature = "cli", arg(long))]
    pub confirm: Option<String>,
}

/// What was found to be the same, and written.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IntegrateDataOutput {
    /// Always true; what fails is an error, and then nothing was written.
    pub success: bool,
    /// The integration's name.
    pub name: String,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The connection of the result.
    pub to_connection: String,
    /// The table of the result.
    pub table_name: String,
    /// The sources, in the order in which they are believed.
    pub sources: Vec<IntegratedSource>,
    /// What each rule found, in the order of the plan.
    pub matches: Vec<RuleMatches>,
    /// Rows of the result.
    pub result_rows: u64,
    /// Of them, those that are made of rows of more than one source.
    pub merged_rows: u64,
    /// Of them, those that had a key from an earlier run.
    pub known_rows: u64,
    /// Source rows of the largest one.
    pub largest: u64,
    /// Rows that were inserted; null in a dry run.
    pub inserted: Option<u64>,
    /// Rows that were there and were changed; null in a dry run.
    pub updated: Option<u64>,
    /// Rows that are part of another row now and were deleted, where the plan says `superseded = "delete"`; null in a dry run.
    pub deleted: Option<u64>,
    /// Columns about which source rows of one result disagree, and in how many results.
    pub conflicts: BTreeMap<String, u64>,
    /// Some results, those first about which rows disagree.
    pub sample: Vec<IntegratedRow>,
    /// Keys of rows of the table that are part of another row now; they stay as they are unless the plan says `superseded = "delete"`.
    pub superseded: Vec<String>,
    /// The first source rows that cannot be used.
    pub rejected: Vec<UnusableRow>,
    /// What to know.
    pub notes: Vec<String>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// A source.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IntegratedSource {
    /// Its name.
    pub name: String,
    /// Its connection.
    pub connection_id: String,
    /// Rows that it has.
    pub rows: u64,
    /// Of them, those that a cleaner does not take, and that are left out.
    pub rejected: u64,
    /// Of them, those that are in no other source.
    pub unmatched: u64,
}

/// What a rule found.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleMatches {
    /// The rule.
    pub rule: String,
    /// Pairs of rows that are the same by it.
    pub pairs: u64,
    /// Pairs that would be, and differ in a column of `unless_differ`.
    pub differing: u64,
    /// Values that more rows than `at_most` share, and that were passed over, with their numbers of rows.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub too_common: BTreeMap<String, u64>,
}

/// A row of the result.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IntegratedRow {
    /// Its key, where it had one before.
    pub key: Option<String>,
    /// Its values.
    pub row: Map<String, Value>,
    /// Its source rows: source, key there, and the rule that put it to another.
    pub made_of: Vec<SourceOfRow>,
    /// The columns about which they disagree.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differing: Vec<String>,
}

/// A row of a source that went into a row of the result.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SourceOfRow {
    /// The source.
    pub source: String,
    /// Its key there.
    pub key: String,
    /// The rule that first put it to another row.
    pub rule: Option<String>,
}

/// The operation integrate_data.
#[derive(Debug)]
pub struct IntegrateData;

#[async_trait]
impl Operation for IntegrateData {
    type Input = IntegrateDataInput;
    type Output = IntegrateDataOutput;
    const NAME: &'static str = "integrate_data";
    const SHORT_NAME: Option<&'static str> = Some("integrate");
    const TITLE: &'static str = "Integrate data";
    const EFFECT: Effect = Effect::Write;
    const TOOLSET: Toolset = Toolset::Data;
    // The list of tools has its budget; whoever asks for all of them gets this one too.
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Leads and customers by e-mail, looked at first",
        arguments: r#"{"dry_run": true, "plan": "name = 'people'\ntable = 'public.people'\nkey = 'person_id'\ncreate_target = true\n[[sources]]\nname = 'crm'\nsource = 'crm.leads'\nkey = 'id'\ncolumns = { email = { from = 'email', clean = ['email', 'lower'] }, company = 'company' }\n[[sources]]\nname = 'erp'\nsource = 'erp.customers'\nkey = 'customer_code'\ncolumns = { email = { from = 'contact_email', clean = ['email', 'lower'] }, company = 'company_name' }\n[[match]]\nexact = 'email'\n"}"#,
    }];

    async fn run(call: &Call, input: IntegrateDataInput) -> Result<IntegrateDataOutput, Error> {
        let clock = Instant::now();
        let plan = Plan::of(call, &input.plan).await?;
        let integration = prepare(call, plan).await?;
        let statements = integration.statements()?;
        let (rows, matched) = integration.matched(call).await?;
        let mut output = told(&integration, &rows, &matched, input.dry_run);
        if !input.dry_run {
            let agreement = Agreement {
                operation: Self::NAME,
                statements,
                options: json!([input.plan]),
                rows: output.result_rows,
                plan: vec![format!(
                    "{} rows of {} sources become {} rows of {}",
                    rows.rows.len(),
                    integration.ready.len(),
                    output.result_rows,
                    output.table_name
                )],
                confirm: input.confirm.as_deref(),
            };
            let call = &agreement.ask(call, &integration.target).await?;
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let run = format!("{}-{:x}", std::process::id(), since.as_nanos());
            let written = integration.write(call, &run, matched).await?;
            let Written { inserted, updated, deleted } = written;
            output.inserted = Some(inserted);
            output.updated = Some(updated);
            output.deleted = Some(deleted);
        } else {
            output.notes.push("nothing was changed".to_owned());
        }
        output.duration_ms = clock.elapsed().as_secs_f64() * 1000.0;
        Ok(output)
    }
}

fn told(integration: &Integration, rows: &Rows, matched: &Matched, dry_run: bool) -> IntegrateDataOutput {
    let plan = &integration.plan;
    let mut unmatched = vec![0_u64; plan.sources.len()];
    let mut conflicts: BTreeMap<String, u64> = BTreeMap::new();
    for thing in &matched.things {
        if thing.sources() == 1 {
            for (source, _, _) in &thing.rows {
                if let Some(count) = unmatched.get_mut(*source) {
                    *count += 1;
                }
            }
        }
        for column in thing.differing.iter().filter_map(|column| integration.columns.get(*column)) {
            *conflicts.entry(column.clone()).or_default() += 1;
        }
    }
    let sources = plan.sources.iter().zip(&integration.ready).enumerate().map(|(at, (source, ready))| {
        let (read, rejected) = rows.counts.get(at).copied().unwrap_or_default();
        IntegratedSource {
            name: source.name.clone(),
            connection_id: ready.connection.id().to_owned(),
            rows: read,
            rejected,
            unmatched: unmatched.get(at).copied().unwrap_or(0),
        }
    });
    let matches = plan.rules.iter().zip(&matched.made).map(|(rule, made)| RuleMatches {
        rule: rule.name(),
        pairs: made.pairs,
        differing: made.differing,
        too_common: made
            .too_common
            .iter()
            .take(COMMON)
            .map(|(value, rows)| (value.clone(), *rows as u64))
            .collect(),
    });
    let mut shown: Vec<&Thing> = matched.things.iter().collect();
    shown.sort_by_key(|thing| {
        std::cmp::Reverse((!thing.differing.is_empty(), thing.sources(), thing.rows.len()))
    });
    let merged = matched.things.iter().filter(|thing| thing.sources() > 1).count() as u64;
    let largest = matched.things.iter().map(|thing| thing.rows.len()).max().unwrap_or(0) as u64;
    let mut notes = Vec::new();
    if plan.rules.is_empty() {
        notes.push("there is no [[match]]: each row of each source is a row of the result".to_owned());
    }
    let skipped: u64 = rows.counts.iter().map(|(_, rejected)| rejected).sum();
    if skipped > 0 {
        notes.push(format!(
            "{skipped} rows are left out, since a cleaner does not take a value; `invalid = \"null\"` of a column takes the row without it"
        ));
    }
    if matched.superseded.len() > SUPERSEDED {
        notes.push(format!(
            "{} rows are part of another row now; {SUPERSEDED} are named",
            matched.superseded.len()
        ));
    }
    IntegrateDataOutput {
        success: true,
        name: plan.name.clone(),
        dry_run,
        to_connection: integration.target.id().to_owned(),
        table_name: plan.table.clone(),
        sources: sources.collect(),
        matches: matches.collect(),
        result_rows: matched.things.len() as u64,
        merged_rows: merged,
        known_rows: matched.things.iter().filter(|thing| thing.key.is_some()).count() as u64,
        largest,
        inserted: None,
        updated: None,
        deleted: None,
        conflicts,
        sample: shown.into_iter().take(SHOWN).map(|thing| sample(integration, thing)).collect(),
        superseded: matched.superseded.iter().take(SUPERSEDED).cloned().collect(),
        rejected: rows.rejected.clone(),
        notes,
        duration_ms: 0.0,
    }
}

fn sample(integration: &Integration, thing: &Thing) -> IntegratedRow {
    let plan = &integration.plan;
    let value = |value: &Option<String>| value.as_deref().map_or(Value::Null, Value::from);
    IntegratedRow {
        key: thing.key.clone(),
        row: integration.columns.iter().cloned().zip(thing.values.iter().map(value)).collect(),
        made_of: thing
            .rows
            .iter()
            .map(|(source, key, rule)| SourceOfRow {
                source: plan.sources.get(*source).map(|source| source.name.clone()).unwrap_or_default(),
                key: key.clone(),
                rule: rule.and_then(|rule| plan.rules.get(rule)).map(|rule| rule.name()),
            })
            .collect(),
        differing: thing
            .differing
            .iter()
            .filter_map(|column| integration.columns.get(*column).cloned())
            .collect(),
    }
}
