//! The suite that a schema and a profile of its tables suggest.
//!
//! Separate from reading a suite: what is made here is a first draft for a person. Invariant: what is suggested holds of the rows
//! that were looked at, as far as their statistics are not old; what the server keeps itself is not checked again, but for foreign
//! keys, which a restore and a replica go past.

use pg_core::{Call, Connection, Error, Operation};
use pg_introspect::{
    ColumnProfile, Detail, GetTableSchemaOutput, ListTables, ListTablesInput, ProfileTable,
    ProfileTableInput, catalog::Column,
};

use super::{
    ask::Asked,
    drift,
    kind::Kind,
    sql,
    suite::{Spec, Suite},
};
use crate::migrate::{shape, text};

/// Tables that are looked at where none is named.
const TABLES: u32 = 30;
/// Rows that are sampled of each.
const ROWS: u32 = 10_000;
/// Rows below which a habit is chance.
const FEWEST: i64 = 20;
/// Different values of a column that is a list of words.
const WORDS: i64 = 10;
/// The share of NULL up to which a column is meant to be filled.
const MOSTLY: f64 = 0.05;
/// Hours behind which a table is not filled any more.
const LIVE_HOURS: f64 = 24.0 * 60.0;
/// Columns of a table whose drift is watched.
const DRIFTS: usize = 3;

/// A suite for these tables, or for those of the schema `public` where none is named; with what there is to know.
///
/// # Errors
/// A name that is no table's; a schema without tables; those of fetching.
pub(crate) async fn suggest(
    call: &Call,
    connection: &Connection,
    tables: &[String],
) -> Result<(Suite, Vec<String>), Error> {
    let mut notes = vec![
        "the suite was suggested from the schema and a profile: read it, and take out what is chance"
            .to_owned(),
    ];
    let names = if tables.is_empty() { all(call, connection).await? } else { tables.to_vec() };
    let mut shapes = Vec::new();
    for name in &names {
        shapes.push((name.clone(), shape::table(call, connection, name).await?));
    }
    let mut checks = Vec::new();
    for (name, shape) in &shapes {
        let input = ProfileTableInput {
            connection_id: Some(connection.id().to_owned()),
            table_name: shape.table_name.clone(),
            schema: shape.schema.clone(),
            sample_rows: ROWS,
        };
        let profile = ProfileTable::run(call, input).await?;
        let sampled = i64::try_from(profile.sampled_rows).unwrap_or(i64::MAX);
        let looking = Looking {
            asked: Asked { call, connection },
            name,
            shape,
            rows: profile.row_estimate.unwrap_or_default().max(sampled),
            shapes: &shapes,
        };
        notes.extend(profile.notes.unwrap_or_default().into_iter().map(|note| format!("{name}: {note}")));
        checks.extend(looking.checks(&profile.columns).await?);
    }
    if checks.is_empty() {
        return Err(Error::argument(format!(
            "nothing is suggested for {}: the tables are empty, or the connection may not read them",
            names.join(", ")
        )));
    }
    Ok((Suite { name: connection.id().to_owned(), sample_percent: None, checks }, notes))
}

async fn all(call: &Call, connection: &Connection) -> Result<Vec<String>, Error> {
    let input = ListTablesInput {
        connection_id: Some(connection.id().to_owned()),
        schema: "public".to_owned(),
        pattern: None,
        detail: Detail::default(),
        limit: TABLES,
        max_tokens: u32::MAX,
        offset: 0,
    };
    let listed = ListTables::run(call, input).await?.tables;
    let names: Vec<String> = listed
        .into_iter()
        .filter(|table| matches!(table.kind.as_str(), "table" | "partitioned table"))
        .map(|table| readable(&table.schema, &table.name))
        .collect();
    if names.is_empty() {
        return Err(Error::argument(
            "the schema public has no tables; name some in `tables`, or give a suite",
        ));
    }
    Ok(names)
}

/// One table that is looked at.
struct Looking<'a> {
    asked: Asked<'a>,
    name: &'a str,
    shape: &'a GetTableSchemaOutput,
    rows: i64,
    shapes: &'a [(String, GetTableSchemaOutput)],
}

impl Looking<'_> {
    fn spec(&self, check: Kind) -> Spec {
        Spec { check: Some(check), table: Some(self.name.to_owned()), ..Spec::default() }
    }

    fn of(&self, check: Kind, column: &Column) -> Spec {
        Spec { column: Some(column.name.clone()), ..self.spec(check) }
    }

    async fn checks(&self, profiles: &[ColumnProfile]) -> Result<Vec<Spec>, Error> {
        let mut checks = Vec::new();
        if self.rows == 0 {
            return Ok(checks);
        }
        checks.push(Spec {
            min: Some(toml::Value::Integer(1)),
            max_change_percent: Some(50.0),
            ..self.spec(Kind::RowCount)
        });
        let mut drifts = 0;
        for column in self.shape.columns.iter().filter(|column| column.generated.is_none()) {
            let Some(profile) = profiles.iter().find(|profile| profile.name == column.name) else { continue };
            checks.extend(self.values(column, profile));
            let plain = !self.shape.primary_keys.contains(&column.name) && !self.leads_on(column);
            if plain && is_number(column) && drifts < DRIFTS && self.rows >= drift::FEWEST {
                drifts += 1;
                checks.push(self.of(Kind::Drift, column));
            }
        }
        checks.extend(self.references());
        checks.extend(self.freshness().await?);
        Ok(checks)
    }

    /// What the values of a column suggest.
    fn values(&self, column: &Column, profile: &ColumnProfile) -> Vec<Spec> {
        let mut checks = Vec::new();
        let nulls = profile.null_share.unwrap_or(1.0);
        if self.rows < FEWEST || nulls >= 1.0 {
            return checks;
        }
        if column.is_nullable && nulls <= MOSTLY {
            let borne = (nulls > 0.0).then(|| (nulls * 200.0).ceil().max(1.0));
            checks.push(Spec { max_failing_percent: borne, ..self.of(Kind::Complete, column) });
        }
        // Moments and amounts differ by chance.
        let names = is_text(column) || is_whole(column) || column.data_type == "uuid";
        let candidate = profile.traits.iter().any(|word| word == "candidate key");
        if candidate && names && !self.leads_on(column) && !self.is_unique(&column.name) {
            checks.push(self.of(Kind::Unique, column));
        }
        let named = column.name.to_lowercase();
        let pattern = match profile.pattern.as_deref() {
            Some("e-mail address") => Some("email"),
            Some("URL") => Some("url"),
            Some("UUID") if column.data_type != "uuid" => Some("uuid"),
            _ if is_text(column) && (named.contains("email") || named.contains("e_mail")) => Some("email"),
            _ => None,
        };
        if let Some(pattern) = pattern.filter(|_| is_text(column)) {
            checks.push(Spec { pattern: Some(pattern.to_owned()), ..self.of(Kind::Pattern, column) });
        }
        let words: f64 = profile.top_values.iter().map(|value| value.share).sum();
        let distinct = profile.distinct_estimate.unwrap_or(i64::MAX);
        let told = i64::try_from(profile.top_values.len()).unwrap_or_default();
        if is_text(column) && (2..=WORDS).contains(&distinct) && told == distinct && words + nulls >= 0.99 {
            let values = profile.top_values.iter().map(|value| toml::Value::String(value.value.clone()));
            checks.push(Spec { values: values.collect(), ..self.of(Kind::Accepted, column) });
        }
        let least = profile.minimum.as_deref().and_then(|least| least.parse::<f64>().ok());
        if is_number(column) && !self.leads_on(column) && least.is_some_and(|least| least >= 0.0) {
            checks.push(Spec { min: Some(toml::Value::Integer(0)), ..self.of(Kind::Range, column) });
        }
        checks
    }

    /// Whether the server keeps a column unique.
    fn is_unique(&self, column: &str) -> bool {
        self.shape
            .indexes
            .iter()
            .any(|index| index.is_unique && index.predicate.is_none() && index.columns.iter().eq([column]))
    }

    /// Whether a column is a key, or leads to one: then it measures nothing.
    fn leads_on(&self, column: &Column) -> bool {
        self.shape.primary_keys.contains(&column.name)
            || self.shape.foreign_keys.iter().any(|key| key.columns.contains(&column.name))
            || self.led_to(column).is_some()
    }

    /// The table of the suggestion whose key a column has the name and the type of.
    fn led_to(&self, column: &Column) -> Option<&str> {
        let stem = column.name.strip_suffix("_id")?;
        let found = self.shapes.iter().find(|(_, other)| {
            let [key] = other.primary_keys.as_slice() else { return false };
            let one = other.table_name == stem
                || other.table_name == format!("{stem}s")
                || other.table_name == format!("{stem}es")
                || stem.strip_suffix('y').is_some_and(|stem| other.table_name == format!("{stem}ies"));
            // A key that is itself another table's leads there, not here.
            let own = !other.foreign_keys.iter().any(|foreign| foreign.columns.contains(key));
            let named = own && (*key == column.name || (key == "id" && one));
            let of = other.columns.iter().find(|known| known.name == *key);
            let itself = other.schema == self.shape.schema && other.table_name == self.shape.table_name;
            named && !itself && of.is_some_and(|key| is_number(key) == is_number(column))
        });
        found.map(|(name, _)| name.as_str())
    }

    /// What its foreign keys say, and what names suggest where there is none.
    fn references(&self) -> Vec<Spec> {
        let declared = self.shape.foreign_keys.iter().filter_map(|key| {
            let to = readable(key.referenced_schema.as_deref()?, key.referenced_table.as_deref()?);
            Some(Spec {
                columns: key.columns.clone(),
                to_table: Some(to),
                to_columns: key.referenced_columns.clone(),
                ..self.spec(Kind::Reference)
            })
        });
        let by_name = self.shape.columns.iter().filter_map(|column| {
            let known = self.shape.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
            let key = self.shape.primary_keys.as_slice() == [column.name.clone()];
            let to = self.led_to(column).filter(|_| !known && !key)?;
            Some(Spec { to_table: Some(to.to_owned()), ..self.of(Kind::Reference, column) })
        });
        declared.chain(by_name).collect()
    }

    /// How old the newest row may be, by twice of how old it is, where the table is still filled.
    async fn freshness(&self) -> Result<Option<Spec>, Error> {
        let moments = |column: &&Column| {
            let named = column.name.to_lowercase();
            is_moment(column) && ["created", "updated", "date", "_at"].iter().any(|word| named.contains(word))
        };
        let Some(column) = self.shape.columns.iter().find(moments) else { return Ok(None) };
        let spec = self.of(Kind::Fresh, column);
        let from = text::qualified(&self.shape.schema, &self.shape.table_name);
        let found = self.asked.figures(&sql::figures(&[&sql::age(&spec)], &from)).await?;
        let age = found.ok().and_then(|figures| figures.into_iter().next().flatten()?.parse::<f64>().ok());
        Ok(age
            .filter(|age| *age <= LIVE_HOURS)
            .map(|age| Spec { max_age_hours: Some((age * 2.0).ceil().max(24.0)), ..spec }))
    }
}

fn base(column: &Column) -> &str {
    column.base_type.as_deref().unwrap_or(&column.data_type)
}

fn is_text(column: &Column) -> bool {
    let base = base(column);
    column.enum_values.is_none() && (base == "text" || base.starts_with("character"))
}

fn is_number(column: &Column) -> bool {
    let base = base(column);
    let word = base.split(['(', ' ']).next().unwrap_or_default();
    !base.ends_with(']') && matches!(word, "smallint" | "integer" | "bigint" | "numeric" | "real" | "double")
}

fn is_whole(column: &Column) -> bool {
    matches!(base(column), "smallint" | "integer" | "bigint")
}

/// A name with its schema as a person writes it, quoted only where it must be.
fn readable(schema: &str, table: &str) -> String {
    let plain = |name: &str| {
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        name.bytes().next().is_some_and(letters)
            && name.bytes().all(|byte| letters(byte) || byte.is_ascii_digit())
    };
    if plain(schema) && plain(table) { format!("{schema}.{table}") } else { text::qualified(schema, table) }
}

fn is_moment(column: &Column) -> bool {
    let base = base(column);
    !base.ends_with(']') && (base == "date" || base.starts_with("timestamp"))
}

impl Suite {
    /// The suite as a text that can be kept and read again.
    ///
    /// # Errors
    /// A fault of this program.
    pub(crate) fn to_text(&self) -> Result<String, Error> {
        toml::to_string(self)
            .map_err(|error| Error::argument(format!("the suggestion cannot be written: {error}")))
    }
}
