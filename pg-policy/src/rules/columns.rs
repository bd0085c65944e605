//! The rule about the policy's own lists of columns.
//!
//! Separate because a column is read in more ways than by its name: `*`, whole rows, USING, NATURAL, `(row).column`.
//! Invariant: where it cannot be known that a denied column is left alone, the statement is refused.

use super::case::{Case, Outcome};
use super::tables::meanings;
use crate::kind::StatementKind as Kind;
use crate::names::{ColumnName, RelationName};
use crate::needs::Expansion;
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Views that show what the planner has sampled out of columns.
const SAMPLES: [&str; 5] =
    ["pg_stats", "pg_statistic", "pg_stats_ext", "pg_stats_ext_exprs", "pg_statistic_ext_data"];

/// Asks the lists about every column that the text may read or write.
pub(super) fn columns(case: &Case<'_>, _: &mut Outcome) -> Result<(), Refusal> {
    let settings = case.settings;
    if !case.shows() || settings.denied_columns.is_empty() && settings.allowed_columns.is_empty() {
        return Ok(());
    }
    samples(case)?;
    let guarded: Vec<Guarded> =
        case.needs.relations.iter().filter_map(|used| Guarded::of(&used.name, case)).collect();
    if guarded.is_empty() {
        return Ok(());
    }
    let find = |name: &RelationName| guarded.iter().find(|guarded| guarded.named == *name);
    definitions(case, &guarded)?;
    let columns = &case.needs.columns;
    for binding in columns.bindings.iter().filter(|binding| binding.renamed) {
        if let Some(guarded) = find(&binding.relation) {
            let met = format!("names of its own for the columns of {}", guarded.named);
            return Err(unknowable(guarded, met, "leave the list of names out").at(binding.position));
        }
    }
    for Expansion { what, relations, position } in &columns.expansions {
        if let Some(guarded) = relations.iter().find_map(find) {
            let met = format!("{what}, which stands for all columns of {},", guarded.named);
            let instead = if *what == "*" { "name the columns" } else { "name the columns in ON or USING" };
            return Err(unknowable(guarded, met, instead).at(*position));
        }
    }
    for used in &columns.uses {
        for binding in &columns.bindings {
            let Some(guarded) = find(&binding.relation) else { continue };
            if used.qualifier.is_none() && used.column.as_ref() == Some(&binding.name) {
                let met = format!("the whole row {}", binding.name);
                return Err(unknowable(guarded, met, "name the columns").at(used.position));
            }
            if used.qualifier.as_ref().is_some_and(|qualifier| *qualifier != binding.name) {
                continue;
            }
            match &used.column {
                None => {
                    let met =
                        format!("{}.*, which stands for all columns of {},", binding.name, guarded.named);
                    return Err(unknowable(guarded, met, "name the columns").at(used.position));
                }
                Some(column) if guarded.denies(column, used.qualifier.is_some()) => {
                    return Err(guarded.refusal(column, used.qualifier.is_some()).at(used.position));
                }
                Some(_) => {}
            }
        }
    }
    for (relation, column, position) in &columns.written {
        let Some(guarded) = find(relation) else { continue };
        match column {
            Some(column) if guarded.denies(column, true) => {
                return Err(guarded.refusal(column, true).at(*position));
            }
            Some(_) => {}
            None => {
                let met = format!("an INSERT into all columns of {}", guarded.named);
                return Err(unknowable(guarded, met, "name the columns").at(*position));
            }
        }
    }
    Ok(())
}

/// A relation of which the lists deny columns.
struct Guarded<'a> {
    /// As the statement names it.
    named: RelationName,
    /// What it stands for, through inheritance and partitions.
    meanings: Vec<RelationName>,
    /// Its columns, where they are known.
    columns: Option<Vec<String>>,
    settings: &'a Settings,
}

impl<'a> Guarded<'a> {
    fn of(name: &RelationName, case: &Case<'a>) -> Option<Guarded<'a>> {
        let meanings = meanings(name, case);
        let settings = case.settings;
        let listed = meanings.iter().any(|meaning| {
            settings
                .denied_columns
                .iter()
                .chain(&settings.allowed_columns)
                .any(|listed| listed.is_of(meaning))
        });
        let known = case.facts.relation(name.schema.as_deref(), &name.name);
        let columns = known.filter(|relations| !relations.is_empty());
        let columns =
            columns.map(|relations| relations.into_iter().flat_map(|facts| facts.columns).collect());
        listed.then(|| Guarded { named: name.clone(), meanings, columns, settings })
    }

    /// Whether the relation has such a column, or may have it, and the lists deny it.
    fn denies(&self, column: &str, qualified: bool) -> bool {
        let is_one = |listed: &&ColumnName| self.meanings.iter().any(|meaning| listed.is_of(meaning));
        if self.settings.denied_columns.iter().filter(is_one).any(|listed| listed.column == column) {
            return true;
        }
        let mut allowed = self.settings.allowed_columns.iter().filter(is_one).peekable();
        if allowed.peek().is_none() || allowed.any(|listed| listed.column == column) {
            return false;
        }
        match &self.columns {
            // Its own columns are known, and the ones that every table has.
            Some(columns) => qualified || columns.iter().any(|known| known == column) || is_system(column),
            None => true,
        }
    }

    fn refusal(&self, column: &str, qualified: bool) -> Refusal {
        let why = "the policy denies this column";
        let instead = if qualified {
            "leave the column out".to_owned()
        } else {
            format!(
                "leave the column out; if it is another table's, write that table's name in front: t.{column}"
            )
        };
        Refusal::new(Rule::Column, format!("the column {column} of {}", self.named), why, instead)
    }
}

/// The columns that every table has without being asked.
fn is_system(column: &str) -> bool {
    ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"].contains(&column)
}

fn unknowable(guarded: &Guarded<'_>, met: String, instead: &'static str) -> Refusal {
    let why = format!(
        "the policy denies columns of {}, and this reads all of them or cannot be told apart",
        guarded.named
    );
    Refusal::new(Rule::Column, met, why, instead)
}

/// A changed definition could give a denied column another name.
fn definitions(case: &Case<'_>, guarded: &[Guarded<'_>]) -> Result<(), Refusal> {
    let of_rows = [
        Kind::Select,
        Kind::Values,
        Kind::Insert,
        Kind::Update,
        Kind::Delete,
        Kind::Merge,
        Kind::Explain,
        Kind::Lock,
        Kind::Truncate,
        Kind::Vacuum,
        Kind::Analyze,
        Kind::Create(crate::Object::TableAs),
        Kind::Create(crate::Object::MaterializedView),
        Kind::Create(crate::Object::View),
    ];
    let Some(first) = guarded.first().filter(|_| !of_rows.contains(&case.needs.kind)) else { return Ok(()) };
    let position =
        case.needs.relations.iter().find(|used| used.name == first.named).and_then(|used| used.position);
    let met = format!("{} on {}", case.needs.kind, first.named);
    Err(unknowable(first, met, "ask the administrator to change the definition").at(position))
}

fn samples(case: &Case<'_>) -> Result<(), Refusal> {
    let sampled = case.needs.relations.iter().find(|used| {
        matches!(used.name.schema.as_deref(), None | Some("pg_catalog"))
            && SAMPLES.contains(&used.name.name.as_str())
    });
    let Some(used) = sampled else { return Ok(()) };
    Err(Refusal::new(
        Rule::Column,
        format!("the relation {}", used.name),
        "it shows samples of columns, and the policy denies some",
        "use pg_class for sizes and row estimates",
    )
    .at(used.position))
}
