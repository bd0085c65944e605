//! The lists of names in a policy: schemas, tables, columns, functions, settings, wrappers; and the switches beside them.
//!
//! Separate because they share their ways: what is denied adds up, what is allowed may be narrowed, and a name that is both is a
//! mistake. Invariant: as for [`Terms`](super::terms::Terms).

use pg_policy::ColumnName;

use super::entry::RuleOptions;
use super::error::ConfigurationError;
use super::located::Located;
use super::tables::{Checked, PolicyTable};
use super::terms::conflict;

type Names = Option<Located<Vec<Located<String>>>>;
type Columns = [Located<Checked<ColumnName>>];

/// What the rules are told.
pub(super) fn options(policy: &PolicyTable) -> RuleOptions {
    let default = RuleOptions::default();
    let denied = |names: &[Located<String>]| names.iter().map(|name| name.value.clone()).collect();
    let allowed = |names: &Names| names.as_ref().map(|names| denied(&names.value));
    let columns = |columns: &Columns| columns.iter().map(|column| column.value.0.clone()).collect();
    let switch = |said: &Option<Located<bool>>, default| said.as_ref().map_or(default, |said| said.value);
    let settings = policy.allowed_settings.iter().flat_map(|settings| &settings.value);
    RuleOptions {
        denied_functions: denied(&policy.denied_functions),
        allowed_schemas: allowed(&policy.allowed_schemas),
        denied_schemas: denied(&policy.denied_schemas),
        allowed_tables: allowed(&policy.allowed_tables),
        denied_tables: denied(&policy.denied_tables),
        allowed_columns: columns(&policy.allowed_columns),
        denied_columns: columns(&policy.denied_columns),
        allowed_settings: settings.map(|setting| setting.value.0.clone()).collect(),
        allowed_wrappers: allowed(&policy.allowed_wrappers).unwrap_or_default(),
        triggers: policy.triggers.as_ref().map_or(default.triggers, |said| said.value),
        masked_predicates: policy
            .masked_predicates
            .as_ref()
            .map_or(default.masked_predicates, |said| said.value),
        require_where: switch(&policy.require_where, default.require_where),
        truncate: switch(&policy.truncate, default.truncate),
        drop: switch(&policy.drop, default.drop),
    }
}

/// Lays a list of allowed columns over another: a relation that it speaks of is as it says.
pub(super) fn columns(
    own: Vec<Located<Checked<ColumnName>>>,
    under: &Columns,
) -> Vec<Located<Checked<ColumnName>>> {
    let of_others = under
        .iter()
        .filter(|column| !own.iter().any(|mine| relation(&mine.value.0) == relation(&column.value.0)));
    let of_others: Vec<_> = of_others.cloned().collect();
    own.into_iter().chain(of_others).collect()
}

fn relation(column: &ColumnName) -> (Option<&str>, &str) {
    (column.schema.as_deref(), &column.relation)
}

/// Looks for names that are both allowed and denied.
///
/// # Errors
/// The first one, at its place.
pub(super) fn contradictions(own: &PolicyTable, whole: &PolicyTable) -> Result<(), ConfigurationError> {
    for (what, allowed, denied) in [
        ("functions", &own.allowed_functions, &whole.denied_functions),
        ("schemas", &own.allowed_schemas, &whole.denied_schemas),
        ("tables", &own.allowed_tables, &whole.denied_tables),
    ] {
        for name in allowed.iter().flat_map(|names| &names.value) {
            if denied.iter().any(|denied| denied.value == name.value) {
                return Err(both(name, &name.value, what));
            }
        }
    }
    for column in &own.allowed_columns {
        if whole.denied_columns.iter().any(|denied| denied.value == column.value) {
            return Err(both(column, &written(&column.value.0), "columns"));
        }
    }
    for mask in &own.masked_columns {
        let masked = &mask.value.0;
        let same = |column: &ColumnName| {
            column.schema.as_ref().is_none_or(|schema| *schema == masked.schema)
                && (column.relation.as_str(), column.column.as_str()) == (&masked.relation, &masked.column)
        };
        if whole.denied_columns.iter().any(|denied| same(&denied.value.0)) {
            let name = format!("{}.{}.{}", masked.schema, masked.relation, masked.column);
            return Err(conflict(
                mask,
                format!("`{name}` is both in masked_columns and in denied_columns: keep one"),
            ));
        }
    }
    Ok(())
}

fn both<T>(at: &Located<T>, name: &str, what: &str) -> ConfigurationError {
    conflict(at, format!("`{name}` is both in allowed_{what} and in denied_{what}: keep one"))
}

fn written(column: &ColumnName) -> String {
    let schema = column.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
    format!("{schema}{}.{}", column.relation, column.column)
}

/// Looks for what a connection would widen of its profile, and says it; `wider` makes it an error.
///
/// # Errors
/// The first one, at its place.
pub(super) fn narrowing(
    own: &PolicyTable,
    profile: &PolicyTable,
    wider: &dyn Fn(String) -> String,
) -> Result<(), ConfigurationError> {
    let outside = |at: &Located<String>, what: &str| {
        conflict(at, wider(format!("the profile does not allow the {what} `{}`", at.value)))
    };
    let listed = |names: &Names, name: &str| {
        names.iter().flat_map(|names| &names.value).any(|listed| listed.value == name)
    };
    if profile.allowed_schemas.is_some() || profile.allowed_tables.is_some() {
        for schema in own.allowed_schemas.iter().flat_map(|names| &names.value) {
            if !listed(&profile.allowed_schemas, &schema.value) {
                return Err(outside(schema, "schema"));
            }
        }
        for table in own.allowed_tables.iter().flat_map(|names| &names.value) {
            let schema = table.value.split_once('.').map(|(schema, _)| schema);
            let known = listed(&profile.allowed_tables, &table.value)
                || schema.is_some_and(|schema| listed(&profile.allowed_schemas, schema));
            if !known {
                return Err(outside(table, "table"));
            }
        }
    }
    for wrapper in own.allowed_wrappers.iter().flat_map(|names| &names.value) {
        if !listed(&profile.allowed_wrappers, &wrapper.value) {
            return Err(outside(wrapper, "foreign-data wrapper"));
        }
    }
    for setting in own.allowed_settings.iter().flat_map(|names| &names.value) {
        let theirs = profile.allowed_settings.iter().flat_map(|names| &names.value);
        if !theirs.into_iter().any(|known| known.value == setting.value) {
            let name = setting.value.0.as_str();
            return Err(conflict(setting, wider(format!("the profile does not allow the setting `{name}`"))));
        }
    }
    for column in &own.allowed_columns {
        let same = |other: &ColumnName| {
            let schemas = (&other.schema, &column.value.0.schema);
            other.relation == column.value.0.relation
                && (matches!(schemas, (None, _) | (_, None)) || schemas.0 == schemas.1)
        };
        let mut theirs = profile.allowed_columns.iter().filter(|other| same(&other.value.0)).peekable();
        if theirs.peek().is_some() && !theirs.any(|other| other.value.0.column == column.value.0.column) {
            let name = written(&column.value.0);
            return Err(conflict(column, wider(format!("the profile does not allow the column `{name}`"))));
        }
    }
    // A profile that says nothing asks what is asked by default, which is not the least.
    let theirs = profile.triggers.as_ref().map(|theirs| theirs.value).unwrap_or_default();
    if let Some(mine) = &own.triggers
        && mine.value < theirs
    {
        let given = mine.value;
        return Err(conflict(mine, wider(format!("triggers = \"{given}\" is looser than the profile"))));
    }
    if let (Some(mine), Some(theirs)) = (&own.masked_predicates, &profile.masked_predicates)
        && mine.value < theirs.value
    {
        let given = mine.value;
        return Err(conflict(
            mine,
            wider(format!("masked_predicates = \"{given}\" is looser than the profile")),
        ));
    }
    for (key, mine, theirs, strict) in [
        ("require_where", &own.require_where, &profile.require_where, true),
        ("truncate", &own.truncate, &profile.truncate, false),
        ("drop", &own.drop, &profile.drop, false),
    ] {
        if let (Some(mine), Some(theirs)) = (mine, theirs)
            && theirs.value == strict
            && mine.value != strict
        {
            let given = mine.value;
            return Err(conflict(mine, wider(format!("{key} = {given} is looser than the profile"))));
        }
    }
    Ok(())
}
