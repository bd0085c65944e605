//! The types that a caller declares for parameters: found in the catalog, judged as casts to them would be, and attached to the
//! statement.
//!
//! Separate from vetting, which judges the caller's own text. Invariant: a type that the policy would refuse in a cast is
//! refused here.

use std::collections::HashMap;

use pg_policy::{DeclaredTypes, ParameterType, Vetted};
use serde_json::Value;

use super::Connection;
use crate::{
    Call, Error, ParameterTypes,
    catalog::{self, TypeOidRow},
    mend,
};

impl Connection {
    /// The statement with these types for its parameters, where PostgreSQL cannot tell them or would choose others.
    ///
    /// # Errors
    /// [`Error::Argument`] for types that are not there, or not as many as there are parameters; [`Error::Refused`] for one
    /// that the policy refuses in a cast; what asking the catalog gives.
    pub async fn declare(
        &self,
        call: &Call,
        vetted: &Vetted,
        types: &ParameterTypes,
    ) -> Result<Vetted, Error> {
        if types.0.is_empty() {
            return Ok(vetted.clone());
        }
        self.declared(call, vetted, types).await.map_err(|error| error.on(self.id()))
    }

    async fn declared(&self, call: &Call, vetted: &Vetted, types: &ParameterTypes) -> Result<Vetted, Error> {
        let (given, wanted) = (types.0.len(), vetted.parameter_count());
        if given != wanted {
            return Err(Error::argument(format!(
                "`param_types` has {given} entries, and the statement has {wanted} parameters; give one for each, null \
                 where PostgreSQL can tell the type"
            )));
        }
        if types.says_nothing() {
            return Ok(vetted.clone());
        }
        let mut known: HashMap<&str, ParameterType> = HashMap::new();
        let mut declared = Vec::with_capacity(given);
        for (position, name) in (1..).zip(&types.0) {
            let Some(name) = name else {
                declared.push(None);
                continue;
            };
            let read = match known.get(name.as_str()) {
                Some(read) => read.clone(),
                None => name.parse().map_err(|problem| {
                    Error::argument(format!("`param_types`, parameter ${position}: {problem}"))
                })?,
            };
            known.insert(name, read.clone());
            declared.push(Some(read));
        }
        let declared = DeclaredTypes::new(declared);
        let quoted: Vec<Value> =
            declared.distinct().into_iter().map(|name| Value::from(name.to_string())).collect();
        let rows: Vec<TypeOidRow> =
            self.fetch(call, catalog::TYPE_OIDS.vetted()?, &[Value::from(quoted)]).await?;
        for (position, name) in (1..).zip(&types.0) {
            let Some((name, read)) = name.as_deref().and_then(|name| known.get_key_value(name)) else {
                continue;
            };
            let quoted = read.to_string();
            match rows.iter().find(|row| row.name == quoted) {
                None => {
                    let hint = mend::type_name(call, self, name).await;
                    return Err(Error::argument(format!(
                        "`param_types`, parameter ${position}: the type `{name}` does not exist{hint}"
                    )));
                }
                Some(row) if row.is_pseudo => {
                    return Err(Error::argument(format!(
                        "`param_types`, parameter ${position}: `{name}` is a pseudo-type, which no value has; name the type \
                         of the value"
                    )));
                }
                Some(_) => {}
            }
        }
        let oids: HashMap<String, u32> = rows.into_iter().map(|row| (row.name, row.oid)).collect();
        let judged = self.verdict(call, &declared.casts()).await?;
        vetted.declaring(&declared, &judged, &oids).ok_or_else(|| {
            Error::argument(
                "`param_types` cannot be attached to this statement; cast its parameters in the text instead",
            )
        })
    }
}
