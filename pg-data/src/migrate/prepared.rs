//! A migration as it can begin: its plan held against both databases, every name found, every type compared, the order settled.
//!
//! Invariant: what is wrong with a mapping is said here, before a row moves, and all of a table at once.

use std::collections::HashMap;

use pg_core::{Call, Connection, Error, FilledColumn, QueryColumn};
use pg_introspect::GetTableSchemaOutput;
use pg_introspect::catalog::{Column, ForeignKey};

use super::{
    clean::{Cleaner, cleaners},
    create,
    exact::Exact,
    follow,
    mapping::{exact, misplaced, origin, type_of, unfit, unknown, unused},
    order::order,
    plan::{ColumnRule, Plan, Table},
    query, shape, text,
};

/// A migration that can begin.
#[derive(Debug)]
pub(crate) struct Migration {
    /// As it was asked for.
    pub plan: Plan,
    /// The connection that is read.
    pub source: Connection,
    /// The connection that is filled.
    pub target: Connection,
    /// Its tables, those first that others point at.
    pub tables: Vec<PreparedTable>,
    /// What whoever runs it should know.
    pub notes: Vec<String>,
}

/// A table that can be filled.
#[derive(Debug)]
pub(crate) struct PreparedTable {
    /// As the plan has it.
    pub spec: Table,
    /// The target's table.
    pub target: TargetTable,
    /// The source's table, where it is one.
    pub source: Option<GetTableSchemaOutput>,
    /// The target's columns that are filled, and how.
    pub columns: Vec<PreparedColumn>,
    /// The source's columns that tell rows apart.
    pub key: Vec<String>,
    /// Their types.
    pub key_types: Vec<String>,
    /// The target's columns that do.
    pub conflict: Vec<String>,
    /// The names by which the source's log knows its rows, where later passes follow the log.
    pub followed: Option<Vec<String>>,
}

/// A column that is filled.
#[derive(Clone, Debug)]
pub(crate) struct PreparedColumn {
    /// Its name.
    pub name: String,
    /// Its type, as SQL writes it.
    pub data_type: String,
    /// How it is filled.
    pub rule: ColumnRule,
    /// Its cleaners.
    pub cleaners: Vec<Cleaner>,
    /// What it cannot keep of the values that come to it.
    pub exact: Option<Exact>,
}

/// A table of the target.
#[derive(Clone, Debug)]
pub(crate) struct TargetTable {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Whether it is there; otherwise it is to be made.
    pub exists: bool,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its primary key.
    pub primary_key: Vec<String>,
    /// Foreign keys from it.
    pub foreign_keys: Vec<ForeignKey>,
    /// Its CHECKs: name and definition.
    pub checks: Vec<(String, String)>,
    /// Statements that make what can wait until rows are in.
    pub indexes: Vec<(String, String)>,
}

impl TargetTable {
    /// Its name in SQL.
    pub(crate) fn qualified(&self) -> String {
        text::qualified(&self.schema, &self.name)
    }

    pub(crate) fn of(shape: &GetTableSchemaOutput) -> Self {
        Self {
            schema: shape.schema.clone(),
            name: shape.table_name.clone(),
            exists: true,
            columns: shape.columns.clone(),
            primary_key: shape.primary_keys.clone(),
            foreign_keys: shape.foreign_keys.clone(),
            checks: checks(shape),
            indexes: shape
                .indexes
                .iter()
                .filter(|index| !index.is_unique && index.constraint.is_none())
                .map(|index| (index.name.clone(), index.definition.clone()))
                .collect(),
        }
    }

    /// The type of a column.
    pub(crate) fn data_type(&self, column: &str) -> Option<&str> {
        self.columns.iter().find(|known| known.name == column).map(|known| known.data_type.as_str())
    }
}

/// The CHECKs of a table.
pub(super) fn checks(shape: &GetTableSchemaOutput) -> Vec<(String, String)> {
    shape.checks.iter().map(|check| (check.name.clone(), check.definition.clone())).collect()
}

impl PreparedTable {
    /// Whether a later pass finds what changed in it.
    pub(crate) fn has_later_passes(&self) -> bool {
        self.followed.is_some() || self.spec.changed_by.is_some()
    }

    /// Whether rows of it point at rows of it.
    pub(crate) fn points_at_itself(&self) -> bool {
        let (schema, name) = (Some(&self.target.schema), Some(&self.target.name));
        self.columns.iter().any(|column| column.rule.key_of.as_ref() == Some(&self.spec.target))
            || self
                .target
                .foreign_keys
                .iter()
                .any(|key| key.referenced_schema.as_ref() == schema && key.referenced_table.as_ref() == name)
    }

    /// The columns that are filled, in the order of the values.
    pub(crate) fn filled(&self) -> Vec<FilledColumn> {
        let new_key = self.spec.new_key.iter().map(|name| (name.clone(), None));
        self.columns
            .iter()
            .map(|column| (column.name.clone(), column.rule.target_sql.clone()))
            .chain(new_key)
            .map(|(name, expression)| FilledColumn { name, expression })
            .collect()
    }
}

/// The two connections of a plan.
///
/// # Errors
/// One that is not known.
pub(crate) fn connections(call: &Call, plan: &Plan) -> Result<(Connection, Connection), Error> {
    let source = call.service().connection(plan.source.as_deref())?;
    let target = match &plan.target {
        Some(id) => call.service().connection(Some(id))?,
        None => source.clone(),
    };
    Ok((source, target))
}

/// Holds a plan against both databases.
///
/// # Errors
/// What is wrong with it, named by table and column; what asking gives.
pub(crate) async fn prepare(call: &Call, plan: Plan) -> Result<Migration, Error> {
    let (source, target) = connections(call, &plan)?;
    let mut notes = Vec::new();
    let mut tables = Vec::new();
    for spec in &plan.tables {
        tables.push(table(call, &plan, &source, &target, spec, &mut notes).await?);
    }
    create::settle(call, &target, &mut tables, &mut notes).await?;
    follow::prepare(call, &plan, &source, &mut tables, &mut notes).await?;
    let places = in_order(&plan, &tables)?;
    let mut slots: Vec<Option<PreparedTable>> = tables.into_iter().map(Some).collect();
    let tables = places.iter().filter_map(|at| slots.get_mut(*at)?.take()).collect();
    Ok(Migration { plan, source, target, tables, notes })
}

async fn table(
    call: &Call,
    plan: &Plan,
    source: &Connection,
    target: &Connection,
    spec: &Table,
    notes: &mut Vec<String>,
) -> Result<PreparedTable, Error> {
    let from = match &spec.source {
        Some(name) => Some(shape::table(call, source, name).await?),
        None => None,
    };
    let known = shape::exists(call, target, &spec.target).await?;
    let mut into = match known || !plan.create_target {
        true => TargetTable::of(&shape::table(call, target, &spec.target).await?),
        false => create::planned(call, source, spec, from.as_ref()).await?,
    };
    let given = given_columns(call, source, spec, from.as_ref()).await?;
    let rules = rules(spec, &given, &into);
    let mut problems = if into.exists { Vec::new() } else { create::lacking(call, target, &into).await? };
    let mut columns = Vec::new();
    for (name, rule) in rules {
        match cleaners(&rule.clean.0, source) {
            Ok(cleaners) => {
                let data_type = into.data_type(&name).unwrap_or_default().to_owned();
                columns.push(PreparedColumn { name, data_type, rule, cleaners, exact: None });
            }
            Err(problem) => problems.push(format!("column {name}: {problem}")),
        }
    }
    let key = match (&from, spec.key.is_empty()) {
        (Some(from), true) => from.primary_keys.clone(),
        _ => spec.key.clone(),
    };
    if key.is_empty() {
        notes.push(format!(
            "{}: nothing tells the source's rows apart (no primary key, no `key`), so it is copied as one range: stopped in \
             the middle, it begins anew",
            spec.target
        ));
    }
    for name in key.iter().chain(&spec.changed_by) {
        if !given.iter().any(|(known, _)| known == name) {
            problems.push(unknown(
                "the source has no column",
                name,
                given.iter().map(|(name, _)| name.as_str()),
            ));
        }
    }
    for column in &mut columns {
        if let Some(problem) = misplaced(plan, column, &given, &into) {
            problems.push(format!("column {}: {problem}", column.name));
        }
    }
    for column in &into.columns {
        let filled = columns.iter().any(|known| known.name == column.name)
            || spec.new_key.as_deref() == Some(&column.name);
        if !filled
            && !column.is_nullable
            && column.default_value.is_none()
            && column.identity.is_none()
            && column.generated.is_none()
        {
            problems.push(format!(
                "column {} needs a value (NOT NULL, no default), and nothing fills it",
                column.name
            ));
        }
    }
    if let Some(name) = &spec.new_key {
        if into.data_type(name).is_none() {
            problems.push(unknown(
                "the target has no column",
                name,
                into.columns.iter().map(|column| column.name.as_str()),
            ));
        }
        if key.is_empty() {
            problems.push("`new_key` needs a `key` by which the source's rows are known".to_owned());
        }
    }
    let nowhere = unused(spec, &given, &columns, &key, &into);
    if !nowhere.is_empty() {
        notes.push(format!("{}: columns of the source that go nowhere: {}", spec.target, nowhere.join(", ")));
    }
    if columns.is_empty() {
        problems.push("no column of the source has the name of one of the target; say in `columns` what fills what, or ask \
                       suggest_mapping".to_owned());
    }
    if !problems.is_empty() {
        return Err(Error::argument(format!("table {}: {}", spec.target, problems.join("; "))));
    }
    let conflict = if !spec.conflict.is_empty() {
        spec.conflict.clone()
    } else if let Some(new_key) = &spec.new_key {
        vec![new_key.clone()]
    } else {
        filled_by(&key, &columns)
    };
    // The server knows the types of expressions; text that came of a literal is read by the target's type.
    let query = query::rows(spec, from.as_ref(), &columns, &key, None);
    if source.vet(call, &query).await?.is_masked() {
        return Err(Error::argument(format!(
            "table {}: it reads a table of which the policy of `{}` masks columns, and a mask is no value; read by a connection \
             whose policy shows them",
            spec.target,
            source.id()
        )));
    }
    let described = pg_core::query_columns(call, source, &query).await?;
    let types: HashMap<&str, &str> =
        described.iter().map(|column| (column.name.as_str(), column.data_type.as_str())).collect();
    for (column, told) in columns.iter_mut().zip(&described) {
        let wanted = into.columns.iter().find(|known| known.name == column.name);
        if let Some(problem) = wanted.and_then(|wanted| unfit(column, &told.data_type, wanted)) {
            problems.push(format!(
                "column {} of the target, filled from {}: {problem}",
                column.name,
                origin(&column.rule)
            ));
        }
        column.exact = wanted.and_then(|wanted| {
            // The catalog knows lengths and scales that the types of a query's columns do not tell.
            let known = column.rule.from.as_ref().zip(from.as_ref());
            let known =
                known.and_then(|(name, from)| from.columns.iter().find(|column| column.name == *name));
            exact(column, known.map_or(&told.data_type, |known| type_of(known)), wanted)
        });
        let place = format!("{}.{}", spec.target, column.name);
        notes.extend(column.exact.as_ref().and_then(|exact| exact.note(&place)));
        if told.data_type.starts_with("timestamp")
            && column.data_type == "timestamp with time zone"
            && !told.data_type.contains("with time zone")
            && told.data_type != "timestamptz"
        {
            notes.push(format!(
                "{}.{}: times without a zone are read as UTC; say `sql = \"… AT TIME ZONE 'Asia/Taipei'\"` where they are not",
                spec.target, column.name
            ));
        }
    }
    if !problems.is_empty() {
        return Err(Error::argument(format!("table {}: {}", spec.target, problems.join("; "))));
    }
    if let Some(changed) = spec.changed_by.as_deref().and_then(|name| {
        given
            .iter()
            .find(|(known, _)| known == name)
            .and_then(|(_, told)| told.as_deref())
            .or(types.get(name).copied())
    }) && !(changed.starts_with("timestamp") || changed == "date")
    {
        return Err(Error::argument(format!(
            "table {}: `changed_by` must be a time, and {} is {changed}",
            spec.target,
            spec.changed_by.as_deref().unwrap_or_default()
        )));
    }
    if !into.exists {
        into.primary_key.retain(|name| columns.iter().any(|column| column.name == *name));
    }
    Ok(PreparedTable {
        spec: spec.clone(),
        target: into,
        key_types: key_types(&key, from.as_ref(), described.get(columns.len()..).unwrap_or_default()),
        source: from,
        columns,
        key,
        conflict,
        followed: None,
    })
}

/// The types of the key's columns, from the catalog where it knows them.
fn key_types(key: &[String], from: Option<&GetTableSchemaOutput>, told: &[QueryColumn]) -> Vec<String> {
    let known = |name: &String| {
        let column = from?.columns.iter().find(|column| column.name == *name)?;
        Some(column.data_type.clone())
    };
    // Without its length `character` is one character.
    let unbounded = |told: &QueryColumn| match told.data_type.as_str() {
        "character" => "bpchar".to_owned(),
        other => other.to_owned(),
    };
    key.iter().zip(told).map(|(name, told)| known(name).unwrap_or_else(|| unbounded(told))).collect()
}

/// The source's columns by name, with their types where those are known from the catalog.
async fn given_columns(
    call: &Call,
    source: &Connection,
    spec: &Table,
    from: Option<&GetTableSchemaOutput>,
) -> Result<Vec<(String, Option<String>)>, Error> {
    if let Some(from) = from {
        let told = from.columns.iter();
        return Ok(told.map(|column| (column.name.clone(), Some(column.data_type.clone()))).collect());
    }
    let query = spec.query.as_deref().unwrap_or_default();
    let told = pg_core::query_columns(call, source, query).await?;
    Ok(told.into_iter().map(|column| (column.name, Some(column.data_type))).collect())
}

/// What fills which column: as the plan says, or by equal names.
fn rules(spec: &Table, given: &[(String, Option<String>)], into: &TargetTable) -> Vec<(String, ColumnRule)> {
    if !spec.columns.is_empty() {
        return spec.columns.iter().map(|(name, column)| (name.clone(), column.0.clone())).collect();
    }
    into.columns
        .iter()
        .filter(|column| column.generated.is_none() && spec.new_key.as_deref() != Some(&column.name))
        .filter(|column| given.iter().any(|(name, _)| *name == column.name))
        .map(|column| {
            (column.name.clone(), ColumnRule { from: Some(column.name.clone()), ..ColumnRule::default() })
        })
        .collect()
}

/// The target's columns that the source's key fills as it is; none unless all of it does.
fn filled_by(key: &[String], columns: &[PreparedColumn]) -> Vec<String> {
    let filled: Option<Vec<String>> = key
        .iter()
        .map(|name| {
            columns
                .iter()
                .find(|column| column.rule.from.as_ref() == Some(name))
                .map(|column| column.name.clone())
        })
        .collect();
    filled.unwrap_or_default()
}

/// The order in which tables are filled.
fn in_order(plan: &Plan, tables: &[PreparedTable]) -> Result<Vec<usize>, Error> {
    let place = |name: &str| tables.iter().position(|table| table.spec.target == name);
    let mut keys: Vec<Vec<usize>> = Vec::new();
    let mut all: Vec<Vec<usize>> = Vec::new();
    for table in tables {
        let mapped = table.columns.iter().filter_map(|column| {
            let found = column.rule.lookup.as_ref().map(|lookup| lookup.table.as_str());
            place(column.rule.key_of.as_deref().or(found)?)
        });
        // Rows that point at rows of their own table wait for them.
        let itself = place(&table.spec.target);
        let mapped: Vec<usize> = mapped.filter(|at| Some(*at) != itself).collect();
        let pointed = table.target.foreign_keys.iter().filter_map(|key| {
            let (schema, name) = (key.referenced_schema.as_ref()?, key.referenced_table.as_ref()?);
            tables.iter().position(|other| other.target.schema == *schema && other.target.name == *name)
        });
        all.push(mapped.iter().copied().chain(pointed.filter(|at| Some(*at) != itself)).collect());
        keys.push(mapped);
    }
    let named = |cycle: &[usize]| {
        let names: Vec<&str> = cycle
            .iter()
            .chain(cycle.first())
            .filter_map(|at| Some(tables.get(*at)?.spec.target.as_str()))
            .collect();
        names.join(" → ")
    };
    match order(&all) {
        Ok(places) => Ok(places),
        // Where foreign keys are made afterwards, only keys that are mapped decide.
        Err(cycle) => match order(&keys) {
            Ok(places) if plan.defer || tables.iter().all(|table| !table.target.exists) => Ok(places),
            Ok(_) => Err(Error::argument(format!(
                "foreign keys go round in a circle: {}; set defer = true, which takes them away before and makes them again \
                 after, or leave one of the columns out and fill it afterwards",
                named(&cycle)
            ))),
            Err(cycle) => Err(Error::argument(format!(
                "the keys of tables are mapped in a circle: {}; leave one of the columns out and fill it afterwards, with the \
                 keys in toolkit.migration_keys",
                named(&cycle)
            ))),
        },
    }
}
