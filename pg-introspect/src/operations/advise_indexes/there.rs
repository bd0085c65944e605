//! What is there already: indexes that serve, and rows in the order of a column.

use pg_core::{Call, Connection, Error};
use serde_json::json;

use crate::catalog::{self, ListedIndex};
use crate::plan::Method;

/// From which correlation on rows lie in the order of a column.
const IN_ORDER: f64 = 0.95;

/// Whether rows lie in the order of the first of these columns, as ANALYZE saw it.
pub(super) async fn is_in_order(
    call: &Call,
    connection: &Connection,
    table: i64,
    columns: &[String],
) -> Result<bool, Error> {
    let statistics = catalog::COLUMN_STATISTICS.rows(call, connection, &[json!(table), json!(false)]).await?;
    let told = statistics.iter().find(|told| columns.first() == Some(&told.sql_name));
    Ok(told.and_then(|told| told.correlation).is_some_and(|correlation| correlation.abs() >= IN_ORDER))
}

/// Whether an index already finds rows by all of these columns.
pub(super) fn serves(
    index: &ListedIndex,
    columns: &[String],
    include: &[String],
    method: Method,
    predicate: Option<&str>,
) -> bool {
    let same_rows = match &index.predicate {
        None => true,
        Some(own) => predicate.is_some_and(|wanted| plain(own) == plain(wanted)),
    };
    let holds = |column: &String| index.columns.contains(column) || index.included_columns.contains(column);
    if !index.is_valid || !same_rows || index.method != method.word() || !include.iter().all(holds) {
        return false;
    }
    let is_of_columns = columns.iter().all(|column| index.columns.contains(column));
    if is_of_columns {
        let leading = index.columns.get(..columns.len()).unwrap_or_default();
        return leading.len() == columns.len() && columns.iter().all(|column| leading.contains(column));
    }
    // An expression or an operator class stands in the definition as the server writes it.
    let keys = keys(&index.definition);
    let leading = keys.get(..columns.len()).unwrap_or_default();
    leading.len() == columns.len() && columns.iter().all(|column| leading.contains(&plain(column)))
}

/// What an index is of, in order, as its definition writes it.
fn keys(definition: &str) -> Vec<String> {
    let (mut keys, mut key, mut depth, mut quote) = (Vec::new(), String::new(), 0_u32, None);
    let list = definition.split_once(" USING ").map_or("", |(_, rest)| rest);
    for letter in list.chars().skip_while(|letter| *letter != '(') {
        match (quote, letter) {
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
        if quote.is_none() && depth == 0 {
            break;
        }
        if quote.is_none() && depth == 1 && letter == ',' {
            keys.push(plain(&std::mem::take(&mut key)));
        } else {
            key.push(letter);
        }
    }
    keys.push(plain(&key));
    keys
}

/// A piece of SQL without white space and brackets, which the server writes as it likes.
fn plain(sql: &str) -> String {
    sql.chars().filter(|letter| !letter.is_whitespace() && !"()".contains(*letter)).collect()
}
