//! Which way is right for an INSERT: by its text, which the policy crate judges, by its parameters' types, and by what its
//! table does with rows.

use pg_policy::{CopyFormat, Identifier, TypeName, Vetted};
use postgres_types::{Kind, Type};
use serde_json::Value;

use crate::{
    Call, Connection, Error,
    catalog::{self, BulkRow},
};

/// What stands in for a statement of one row. Where nothing does the same to each row, where the table may notice the
/// difference, or where the policy refuses it, rows go one by one.
#[derive(Clone, Debug)]
pub(crate) enum Instead {
    /// A COPY into the same columns.
    Copy(Vetted),
    /// The statement with an array for each parameter, vetted like any other text.
    Arrays(Vetted),
}

/// Chooses for an INSERT whose parameters are of these types.
pub(crate) async fn choose(
    connection: &Connection,
    call: &Call,
    vetted: &Vetted,
    types: &[Type],
) -> Result<Option<Instead>, Error> {
    let copy = match vetted.copy_in(CopyFormat::Text) {
        // COPY reads a value by its column's type, which need not be the declared one.
        Ok(copy) if vetted.declared_types().is_empty() && !types.iter().any(reads_by_column) => Some(copy),
        _ => None,
    };
    let arrays = if types.iter().all(has_plain_array) {
        let name = |ty: &Type| TypeName { schema: ty.schema().to_owned(), name: ty.name().to_owned() };
        vetted.with_array_parameters(&types.iter().map(name).collect::<Vec<_>>())
    } else {
        None
    };
    if (copy.is_none() && arrays.is_none()) || !is_row_by_row(connection, call, vetted).await? {
        return Ok(None);
    }
    match (copy, arrays) {
        (Some(copy), _) => Ok(Some(Instead::Copy(copy))),
        (None, Some(text)) => match connection.verdict(call, &text).await {
            Ok(arrays) => Ok(Some(Instead::Arrays(arrays))),
            // A policy that has something against the composed text has nothing against the caller's.
            Err(error) if error.kind() == crate::ErrorKind::Refused => Ok(None),
            Err(error) => Err(error),
        },
        (None, None) => Ok(None),
    }
}

/// Chooses for an INSERT that was asked for as a COPY: that, unless the policy, row security or a rule stands against it.
pub(crate) async fn choose_copy(
    connection: &Connection,
    call: &Call,
    vetted: &Vetted,
    types: &[Type],
) -> Result<Option<Instead>, Error> {
    let table = table(connection, call, vetted).await?;
    match vetted.copy_in(CopyFormat::Text) {
        Ok(copy) if table.is_some_and(|table| table.takes_copy) => Ok(Some(Instead::Copy(copy))),
        _ => choose(connection, call, vetted, types).await,
    }
}

/// Whether the statement's table cannot tell rows that come at once from rows that come one by one.
async fn is_row_by_row(connection: &Connection, call: &Call, vetted: &Vetted) -> Result<bool, Error> {
    Ok(table(connection, call, vetted).await?.is_some_and(|table| table.row_by_row))
}

/// What the statement's table is like, if it is there.
async fn table(connection: &Connection, call: &Call, vetted: &Vetted) -> Result<Option<BulkRow>, Error> {
    let [relation] = vetted.relations() else { return Ok(None) };
    let name = Identifier::new(&relation.name);
    let name = match &relation.schema {
        Some(schema) => format!("{}.{name}", Identifier::new(schema)),
        None => name.to_string(),
    };
    let rows: Vec<BulkRow> = connection.fetch(call, catalog::BULK.vetted()?, &[Value::from(name)]).await?;
    Ok(rows.into_iter().next())
}

/// Whether a text of this type may mean another value where it is read for a column: `interval minute` reads `5` as minutes.
fn reads_by_column(ty: &Type) -> bool {
    match ty.kind() {
        Kind::Domain(base) | Kind::Array(base) => reads_by_column(base),
        _ => *ty == Type::INTERVAL,
    }
}

/// Whether unnesting an array of the type gives back what went in: arrays would be flattened, composites parted.
fn has_plain_array(ty: &Type) -> bool {
    if matches!(*ty, Type::UNKNOWN | Type::INT2_VECTOR | Type::OID_VECTOR) {
        return false;
    }
    match ty.kind() {
        Kind::Domain(base) => has_plain_array(base),
        Kind::Simple | Kind::Enum(_) | Kind::Range(_) | Kind::Multirange(_) => true,
        _ => false,
    }
}
