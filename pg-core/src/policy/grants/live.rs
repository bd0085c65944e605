//! What the connection's own policy makes of every relation of the schemas, and of their columns.
//!
//! Separate because the catalog is asked. Invariant: what is granted, the policy lets be read; a relation that cannot be judged is
//! not granted.

use std::collections::BTreeSet;

use pg_policy::{ColumnName, Policy, StatementKinds};
use serde::Deserialize;
use serde_json::Value;

use super::super::options;
use super::super::subject::Subject;
use super::narrowing::{Narrowed, Narrowing, Reach};
use super::offline::{masked_by_value, unseen};
use super::quoted::Quoted;
use crate::catalog::{self, RelationRow};
use crate::{Call, Connection, Error, PolicyOptions};

/// The most relations that are looked at: as many as the catalog query gives.
const MOST_RELATIONS: usize = 10_000;

/// Relations that are asked for at once.
const AT_ONCE: usize = 200;

/// A row of `grantable.sql`.
#[derive(Debug, Deserialize)]
struct NamedRow {
    schema: String,
    name: String,
}

/// One relation, as the catalog describes it.
struct Relation {
    schema: String,
    name: String,
    columns: Vec<String>,
    /// Itself and its kin by inheritance.
    meanings: Vec<(String, String)>,
}

impl Relation {
    fn quoted(&self) -> String {
        format!("{}.{}", Quoted(&self.schema), Quoted(&self.name))
    }
}

/// What the policy narrows, relation by relation.
pub(super) async fn narrowing(
    call: &Call,
    connection: &Connection,
    subject: &Subject,
    schemas: &[String],
) -> Result<Narrowing, Error> {
    let rules = &subject.options.rules;
    let listed: Vec<&String> = rules.allowed_tables.iter().flatten().collect();
    let parameters =
        [Value::from(schemas.to_vec()), Value::from(listed.into_iter().cloned().collect::<Vec<_>>())];
    let named: Vec<NamedRow> = connection.fetch(call, catalog::GRANTABLE.vetted()?, &parameters).await?;
    if named.len() >= MOST_RELATIONS {
        return Err(Error::argument(format!(
            "there are {MOST_RELATIONS} relations or more: name fewer schemas, with --schema"
        )));
    }
    let judge = Judge {
        policy: options::policy(subject.access, &of_relations(&subject.options)),
        subject,
        call,
        connection,
    };
    let mut narrowing = Narrowing::default();
    for named in named.chunks(AT_ONCE) {
        let relations = relations(call, connection, named).await?;
        judge.prepare(&relations).await?;
        for named in named {
            let found =
                relations.iter().find(|found| found.schema == named.schema && found.name == named.name);
            let verdict = match found {
                Some(relation) => judge.verdict(relation).await?,
                None => Some((Reach::Nothing, "gone while it was looked at".to_owned())),
            };
            let of_schema = schemas.contains(&named.schema);
            match verdict {
                None if of_schema => {}
                Some((Reach::Nothing, _)) if !of_schema => {}
                verdict => {
                    if !of_schema {
                        narrowing.added.push((Some(named.schema.clone()), named.name.clone()));
                    }
                    let (schema, name) = (named.schema.clone(), named.name.clone());
                    narrowing.narrowed.extend(verdict.map(|(reach, why)| Narrowed {
                        schema,
                        name,
                        reach,
                        why,
                    }));
                }
            }
        }
    }
    if judge.lists_names() {
        narrowing.remarks.push(
            "Default privileges know no names: when a table of the policy's lists, or a view over one, is made later, run this again."
                .to_owned(),
        );
    }
    narrowing.remarks.extend(masked_by_value(subject));
    Ok(narrowing)
}

/// What a policy says of relations, whatever else it says of statements.
fn of_relations(options: &PolicyOptions) -> PolicyOptions {
    PolicyOptions {
        allowed_operations: None,
        blocked_operations: StatementKinds::new(),
        max_statement_bytes: PolicyOptions::default().max_statement_bytes,
        ..options.clone()
    }
}

/// Describes relations.
async fn relations(call: &Call, connection: &Connection, named: &[NamedRow]) -> Result<Vec<Relation>, Error> {
    let names: BTreeSet<&String> = named.iter().map(|named| &named.name).collect();
    let names: Vec<String> = names.into_iter().cloned().collect();
    let parameters = [Value::from(names)];
    let rows: Vec<RelationRow> = connection.fetch(call, catalog::RELATIONS.vetted()?, &parameters).await?;
    let relations = rows.into_iter().map(|row| {
        let kin = row.kin_schemas.into_iter().zip(row.kin_names);
        let meanings = kin.chain([(row.schema.clone(), row.name.clone())]).collect();
        Relation { schema: row.schema, name: row.name, columns: row.columns, meanings }
    });
    Ok(relations.collect())
}

/// Asks the policy.
struct Judge<'a> {
    policy: Policy,
    subject: &'a Subject,
    call: &'a Call,
    connection: &'a Connection,
}

impl Judge<'_> {
    /// Whether the policy names relations or columns.
    fn lists_names(&self) -> bool {
        let rules = &self.subject.options.rules;
        let columns = rules.denied_columns.len() + rules.allowed_columns.len();
        columns + rules.denied_tables.len() + self.subject.options.masked_columns.len() > 0
    }

    /// Has the catalog asked for all of them at once, and not one by one.
    async fn prepare(&self, relations: &[Relation]) -> Result<(), Error> {
        let from: Vec<String> = relations.iter().map(Relation::quoted).collect();
        if !from.is_empty() {
            // What one of them is refused for is asked again, of each.
            self.refusal(&format!("SELECT FROM {}", from.join(", "))).await?;
        }
        Ok(())
    }

    /// How much of a relation may be read, and why not all; `None` for all.
    async fn verdict(&self, relation: &Relation) -> Result<Option<(Reach, String)>, Error> {
        let from = relation.quoted();
        if let Some(why) = self.refusal(&format!("SELECT FROM {from}")).await? {
            return Ok(Some((Reach::Nothing, why)));
        }
        if self.is_masked_by_derivation(relation).await? {
            let why = "a view that shows masked columns: the policy puts their masks around it, and the role would not";
            return Ok(Some((Reach::Nothing, why.to_owned())));
        }
        if !self.speaks_of_columns(relation) {
            return Ok(None);
        }
        let (mut read, mut written, mut without) = (Vec::new(), Vec::new(), Vec::new());
        for column in &relation.columns {
            match self.refusal(&format!("SELECT {} FROM {from}", Quoted(column))).await? {
                Some(_) => without.push(column.as_str()),
                None => {
                    written.push(column.clone());
                    match self.is_unseen(relation, column) {
                        true => without.push(column.as_str()),
                        false => read.push(column.clone()),
                    }
                }
            }
        }
        let why = format!("without {}", without.join(", "));
        Ok((!without.is_empty()).then_some((Reach::Columns { read, written }, why)))
    }

    /// Why the policy does not let a statement through.
    async fn refusal(&self, sql: &str) -> Result<Option<String>, Error> {
        match self.connection.judge(self.call, |_, facts| self.policy.vet(sql, facts)).await {
            Ok(_) => Ok(None),
            Err(Error::Refused(refusal)) => {
                Ok(Some(format!("rule {}: {}: {}", refusal.rule(), refusal.met(), refusal.why())))
            }
            Err(error) => Err(error.on(self.connection.id())),
        }
    }

    /// Whether a relation is masked though no mask of the policy names it, as a view that shows masked columns is.
    async fn is_masked_by_derivation(&self, relation: &Relation) -> Result<bool, Error> {
        let named = self.subject.options.masked_columns.iter().any(|mask| {
            let of = |(schema, name): &(String, String)| mask.schema == *schema && mask.relation == *name;
            relation.meanings.iter().any(of)
        });
        let sql = format!("SELECT FROM {}", relation.quoted());
        match self.connection.judge(self.call, |_, facts| self.policy.vet(&sql, facts)).await {
            Ok(vetted) => Ok(vetted.is_masked() && !named),
            Err(Error::Refused(_)) => Ok(false),
            Err(error) => Err(error.on(self.connection.id())),
        }
    }

    fn speaks_of_columns(&self, relation: &Relation) -> bool {
        let rules = &self.subject.options.rules;
        let mut listed = rules.denied_columns.iter().chain(&rules.allowed_columns);
        listed.any(|listed| relation.meanings.iter().any(|meaning| is_of(listed, meaning)))
            || relation.columns.iter().any(|column| self.is_unseen(relation, column))
    }

    /// Whether a column is masked without its value.
    fn is_unseen(&self, relation: &Relation, column: &str) -> bool {
        self.subject.options.masked_columns.iter().any(|mask| {
            let of = |(schema, name): &(String, String)| mask.schema == *schema && mask.relation == *name;
            mask.column == column && unseen(&mask.method) && relation.meanings.iter().any(of)
        })
    }
}

fn is_of(listed: &ColumnName, (schema, name): &(String, String)) -> bool {
    listed.schema.as_ref().is_none_or(|listed| listed == schema) && listed.relation == *name
}
