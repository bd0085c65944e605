//! From an error to its mend: shows the place in the caller's text and names what the caller probably meant, so that the
//! next call can be right. Costs nothing where nothing failed.

mod alias;
mod names;
mod renamed;

pub(crate) use names::type_name;

use pg_policy::Vetted;
use tokio_postgres::error::SqlState;

use crate::{Call, Connection, Error, SqlError, caret_line};

/// Adds to a failed result what helps to mend `query`.
pub(crate) async fn mend<T>(
    call: &Call,
    connection: &Connection,
    query: &str,
    result: Result<T, Error>,
) -> Result<T, Error> {
    let mut error = match result {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    connection.hide_rows(&mut error);
    if let Some(sql) = error.sql_mut() {
        for hint in hints(call, connection, query, sql).await {
            sql.add_hint(&hint);
        }
    }
    let position = error.report().position;
    let error = match position.and_then(|position| caret_line(query, position)) {
        Some(caret) => Error::Pointed { caret, source: Box::new(error) },
        None => error,
    };
    Err(error.on(connection.id()))
}

async fn hints(call: &Call, connection: &Connection, query: &str, error: &SqlError) -> Vec<String> {
    let state = SqlState::from_code(&error.sqlstate);
    // The statement passed the gate before it failed, so its verdict is at hand.
    let vetted = match connection.verdict(call, query).await {
        Ok(vetted) => vetted,
        Err(_) => return Vec::new(),
    };
    match state {
        SqlState::UNDEFINED_TABLE => names::relation(call, connection, error).await.into_iter().collect(),
        SqlState::UNDEFINED_COLUMN => column(call, connection, query, error, &vetted).await,
        SqlState::UNDEFINED_FUNCTION => names::function(call, connection, error).await.into_iter().collect(),
        SqlState::INVALID_SCHEMA_NAME => names::schema(call, connection, error).await.into_iter().collect(),
        SqlState::INDETERMINATE_DATATYPE => {
            vec![undetermined(&error.message, vetted.parameter_count())]
        }
        SqlState::INSUFFICIENT_PRIVILEGE => vec![match connection.server(call).await {
            Ok(server) => format!("role `{}` lacks the privilege; its owner can GRANT it", server.role),
            Err(_) => "the role lacks the privilege; its owner can GRANT it".to_owned(),
        }],
        SqlState::GROUPING_ERROR => {
            vec!["add the column to GROUP BY, or put it into an aggregate such as max()".to_owned()]
        }
        _ => Vec::new(),
    }
}

/// Parameters that a hint spells out.
const SPELT: usize = 8;

/// Both ways to say the type of a parameter that the server cannot tell.
fn undetermined(message: &str, parameters: usize) -> String {
    let number = message.rsplit_once('$').and_then(|(_, number)| number.parse::<usize>().ok()).unwrap_or(1);
    let listed = if parameters <= SPELT {
        let of = |each| if each == number { r#""text""# } else { "null" };
        let types: Vec<&str> = (1..=parameters.max(1)).map(of).collect();
        format!("`param_types` as [{}]", types.join(", "))
    } else {
        format!(
            r#"`param_types`, one entry for each parameter, "text" as entry {number} and null for the others"#
        )
    };
    format!("say its type: with a cast in the text, ${number}::text, or with {listed}")
}

async fn column(
    call: &Call,
    connection: &Connection,
    query: &str,
    error: &SqlError,
    vetted: &Vetted,
) -> Vec<String> {
    let Some(name) = names::quoted(&error.message) else { return Vec::new() };
    let name = name.rsplit('.').next().unwrap_or(name);
    let version = connection.server_version_number(call).await.unwrap_or(u32::MAX);
    if let Some(hint) = renamed::column(vetted, query, name, version) {
        return vec![hint];
    }
    if let Some(hint) = alias::used_too_early(query, name, error.position) {
        return vec![hint];
    }
    names::column(call, connection, name, vetted).await.into_iter().collect()
}
