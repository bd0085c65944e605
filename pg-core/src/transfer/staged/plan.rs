//! The statements of a transfer with a stage, each judged by the policy of the connection that it runs on.

use std::sync::Arc;

use pg_policy::{Access, Identifier, Vetted, with_parameter};

use super::{AnyStage, Fill, Stage, StagedTransfer};
use crate::{
    Call, Connection, Error,
    batch::parameter_types,
    bulk::{choose, choose_copy},
    session::{on_session, prepare},
    transfer::{
        Conflict,
        encode::Form,
        plan::{Part, Plan, SourcePlan, TargetPlan, bound_text, by_bounds, judged, list, qualified},
    },
};

/// A column of a query's result.
#[derive(Clone, Debug)]
pub struct QueryColumn {
    /// Its name.
    pub name: String,
    /// Its SQL type, as users know it.
    pub data_type: String,
}

/// The columns that a query of a caller's would give. It must only read, and have no parameters.
///
/// # Errors
/// [`Error::Refused`]; [`Error::Argument`]; what the server says of it.
pub async fn query_columns(
    call: &Call,
    connection: &Connection,
    query: &str,
) -> Result<Vec<QueryColumn>, Error> {
    let vetted = reading(call, connection, query).await?;
    described(call, connection, vetted).await.map_err(|error| error.on(connection.id()))
}

async fn reading(call: &Call, connection: &Connection, query: &str) -> Result<Vetted, Error> {
    let vetted = connection.vet(call, query).await?;
    if vetted.access() > Access::Read || vetted.parameter_count() > 0 || !vetted.returns_rows() {
        return Err(Error::argument("what is moved must be a query without parameters that only reads"));
    }
    Ok(vetted)
}

async fn described(call: &Call, connection: &Connection, vetted: Vetted) -> Result<Vec<QueryColumn>, Error> {
    on_session(connection, call, move |backend| {
        Box::pin(async move {
            let limit = backend.statement_timeout();
            let (client, cache) = backend.own_parts()?;
            let prepared = prepare(client, cache, &vetted, limit).await?;
            backend.settle();
            let told = prepared.columns.iter();
            Ok(told
                .map(|column| QueryColumn { name: column.name.clone(), data_type: column.type_name.clone() })
                .collect())
        })
    })
    .await
}

/// Judges and prepares everything.
pub(super) async fn plan<S: Stage>(call: &Call, order: &StagedTransfer<S>) -> Result<Plan, Error> {
    let from = &order.source;
    let query = order.query.trim_end().trim_end_matches(';');
    let columns: Vec<String> =
        query_columns(call, from, query).await?.into_iter().map(|column| column.name).collect();
    if let Some(missing) = order.key.iter().find(|name| !columns.contains(name)) {
        return Err(Error::argument(format!(
            "the key column {missing} is not among the query's columns: {}",
            columns.join(", ")
        )));
    }
    let rows = by_bounds(call, from, query, &columns, &order.key, Part::Rows).await?;
    let bound = if order.key.is_empty() {
        None
    } else {
        let text = |lower| bound_text(query, &order.key, lower);
        Some([judged(call, from, &text(false)).await?, judged(call, from, &text(true)).await?])
    };
    let mut definition = format!("{query}\nby {}", order.key.join(","));
    let (mut insert, mut instead) = (None, None);
    if let Some(fill) = &order.fill {
        let text = fill.insert_text()?;
        let vetted = order.target.vet(call, &text).await?;
        let types = parameter_types(&order.target, call, &vetted).await;
        let types = types.map_err(|error| error.on(order.target.id()))?;
        instead = match fill.conflict {
            Conflict::Fail => choose_copy(&order.target, call, &vetted, &types).await?,
            Conflict::Skip | Conflict::Upsert => choose(&order.target, call, &vetted, &types).await?,
        };
        insert = Some(vetted);
        definition.push('\n');
        definition.push_str(&text);
    }
    let stage: Arc<dyn AnyStage> = Arc::<S>::clone(&order.stage);
    Ok(Plan {
        source: SourcePlan { rows, digest: None, bound, estimate: order.estimate },
        target: TargetPlan { insert, instead, digest: None, staged: true },
        form: Form::Staged,
        key: order.key.clone(),
        definition,
        stage: Some(stage),
    })
}

impl Fill {
    /// The INSERT of one row. Only a text: it is judged like a caller's.
    ///
    /// # Errors
    /// [`Error::Argument`] where rows are to be replaced and nothing tells them apart.
    pub fn insert_text(&self) -> Result<String, Error> {
        let names: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        let values: Vec<String> = self
            .columns
            .iter()
            .zip(1..)
            .map(|(column, number)| match &column.expression {
                // The value comes as a text, whatever the expression makes of it, so that it is the same wherever it is computed.
                Some(expression) => with_parameter(expression, &format!("(${number}::text)")),
                None => format!("${number}"),
            })
            .collect();
        let key = &self.conflict_columns;
        let tail = match self.conflict {
            Conflict::Fail => String::new(),
            Conflict::Skip if key.is_empty() => " ON CONFLICT DO NOTHING".to_owned(),
            Conflict::Skip => format!(" ON CONFLICT ({}) DO NOTHING", list(key, "")),
            Conflict::Upsert if key.is_empty() => {
                return Err(Error::argument(format!(
                    "rows of {} can be replaced only where something tells them apart: say which columns do",
                    self.table
                )));
            }
            Conflict::Upsert => {
                let set: Vec<String> = names
                    .iter()
                    .filter(|name| !key.contains(name))
                    .map(|name| format!("{0} = excluded.{0}", Identifier::new(name)))
                    .collect();
                if set.is_empty() {
                    format!(" ON CONFLICT ({}) DO NOTHING", list(key, ""))
                } else {
                    format!(" ON CONFLICT ({}) DO UPDATE SET {}", list(key, ""), set.join(", "))
                }
            }
        };
        Ok(format!(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({}){tail}",
            qualified(self.schema.as_deref(), &self.table),
            list(&names, ""),
            values.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::staged::FilledColumn;

    #[test]
    fn values_and_expressions_are_numbered_by_their_places() {
        let column = |name: &str, expression: Option<&str>| FilledColumn {
            name: name.to_owned(),
            expression: expression.map(str::to_owned),
        };
        let fill = Fill {
            schema: Some("new".to_owned()),
            table: "t\"x".to_owned(),
            columns: vec![column("id", None), column("name", Some("upper($1) || $1 || $10"))],
            conflict: Conflict::Upsert,
            conflict_columns: vec!["id".to_owned()],
        };
        assert_eq!(
            fill.insert_text().unwrap(),
            "INSERT INTO \"new\".\"t\"\"x\" (\"id\", \"name\") OVERRIDING SYSTEM VALUE VALUES ($1, upper(($2::text)) || ($2::text) || $10) \
             ON CONFLICT (\"id\") DO UPDATE SET \"name\" = excluded.\"name\""
        );
        let nothing = Fill { conflict_columns: Vec::new(), ..fill };
        assert!(nothing.insert_text().is_err());
    }
}
