//! The mapping that is suggested for two tables.

use pg_core::{Call, Connection, Error};
use pg_introspect::GetTableSchemaOutput;
use pg_introspect::catalog::Column;

use super::{
    likeness::{Candidate, pairs},
    shape,
};

/// Two tables, and which of their columns belong together.
#[derive(Debug)]
pub(crate) struct Suggestion {
    /// The table that is read.
    pub source: GetTableSchemaOutput,
    /// The table that is filled.
    pub target: GetTableSchemaOutput,
    /// The pairs: the source's column, the target's, how sure that is.
    pub pairs: Vec<(Column, Column, f64)>,
}

/// Compares two tables.
///
/// # Errors
/// A name that is no table's; those of fetching.
pub(crate) async fn suggest(
    call: &Call,
    from: &Connection,
    source: &str,
    to: &Connection,
    target: &str,
) -> Result<Suggestion, Error> {
    let source = shape::table(call, from, source).await?;
    let target = shape::table(call, to, target).await?;
    let fillable: Vec<&Column> = target.columns.iter().filter(|column| column.generated.is_none()).collect();
    let given: Vec<Candidate<'_>> =
        source.columns.iter().map(|column| candidate(column, &source.primary_keys)).collect();
    let wanted: Vec<Candidate<'_>> =
        fillable.iter().map(|column| candidate(column, &target.primary_keys)).collect();
    let pairs = pairs(&given, &wanted)
        .iter()
        .filter_map(|pair| {
            let (from, to) = (source.columns.get(pair.source)?, *fillable.get(pair.target)?);
            Some((from.clone(), to.clone(), (pair.likeness * 100.0).round() / 100.0))
        })
        .collect();
    Ok(Suggestion { source, target, pairs })
}

fn candidate<'a>(column: &'a Column, key: &[String]) -> Candidate<'a> {
    Candidate {
        name: &column.name,
        data_type: column.base_type.as_deref().unwrap_or(&column.data_type),
        in_key: key.contains(&column.name),
    }
}

impl Suggestion {
    /// Columns of the source that go nowhere.
    pub(crate) fn unused(&self) -> Vec<String> {
        let is_used = |column: &&Column| self.pairs.iter().any(|(from, _, _)| from.name == column.name);
        self.source
            .columns
            .iter()
            .filter(|column| !is_used(column))
            .map(|column| column.name.clone())
            .collect()
    }

    /// Columns of the target that need a value and get none.
    pub(crate) fn missing(&self) -> Vec<String> {
        self.target
            .columns
            .iter()
            .filter(|column| {
                !column.is_nullable
                    && column.default_value.is_none()
                    && column.identity.is_none()
                    && column.generated.is_none()
                    && !self.pairs.iter().any(|(_, to, _)| to.name == column.name)
            })
            .map(|column| column.name.clone())
            .collect()
    }

    /// It as a table of a plan, in TOML.
    pub(crate) fn as_plan(&self) -> String {
        let text = |words: &str| serde_json::Value::from(words).to_string();
        let mut plan = format!(
            "[[tables]]\nsource = {}\ntarget = {}\n\n[tables.columns]\n",
            text(&format!("{}.{}", self.source.schema, self.source.table_name)),
            text(&format!("{}.{}", self.target.schema, self.target.table_name)),
        );
        for (from, to, _) in &self.pairs {
            plan.push_str(&format!("{} = {}\n", text(&to.name), text(&from.name)));
        }
        plan
    }
}
