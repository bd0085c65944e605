//! Masks as SQL expressions.
//!
//! Separate because it is the one place where masks are written. Invariant: every function, operator and type is named with
//! its schema, so that no object of a user takes its place, and the key stands in parameters only.

use super::facts::{ColumnFacts, Relation};
use super::method::MaskMethod;

/// An identifier as SQL reads it back.
pub(super) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The numbers of the parameters that hold the key.
#[derive(Clone, Copy)]
pub(super) struct KeyParameters {
    pub(super) inner: usize,
    pub(super) outer: usize,
}

/// What is seen instead of the column that `value` refers to.
pub(super) fn mask(method: &MaskMethod, value: &str, column: &ColumnFacts, key: KeyParameters) -> String {
    let of_type = format!("{}.{}", identifier(&column.type_schema), identifier(&column.type_name));
    let text = format!("{value}::pg_catalog.text");
    match method {
        MaskMethod::Hash => {
            let KeyParameters { inner, outer } = key;
            format!(
                "pg_catalog.encode(pg_catalog.substr(pg_catalog.sha256(${outer}::pg_catalog.bytea OPERATOR(pg_catalog.||) \
                 pg_catalog.sha256(${inner}::pg_catalog.bytea OPERATOR(pg_catalog.||) pg_catalog.convert_to({text}, \
                 'UTF8'))), 1, 16), 'hex')"
            )
        }
        MaskMethod::Partial { keep_first, keep_last } => {
            let least = 2 * (u32::from(*keep_first) + u32::from(*keep_last)).max(1);
            let shown = format!(
                "pg_catalog.\"left\"({text}, {keep_first}) OPERATOR(pg_catalog.||) '***' OPERATOR(pg_catalog.||) \
                 pg_catalog.\"right\"({text}, {keep_last})"
            );
            format!(
                "CASE WHEN {value} IS NULL THEN NULL WHEN pg_catalog.char_length({text}) OPERATOR(pg_catalog.>=) {least} \
                 THEN {shown} ELSE '***' END"
            )
        }
        MaskMethod::Null => format!("NULL::{of_type}"),
        MaskMethod::Constant(constant) => format!("'{}'::{of_type}", constant.replace('\'', "''")),
        MaskMethod::Plain => value.to_owned(),
    }
}

/// The columns of a relation as they may be seen, for a list of outputs; `qualifier` stands before each.
pub(super) fn outputs(relation: &Relation<'_>, qualifier: &str, key: KeyParameters) -> Vec<String> {
    let columns = relation.facts.columns.iter().zip(&relation.masks);
    columns
        // What is seen instead of a value that is never looked at does not need the privilege to look.
        .filter(|(column, method)| {
            column.readable || matches!(method, Some(MaskMethod::Null | MaskMethod::Constant(_)))
        })
        .map(|(column, method)| {
            let name = identifier(&column.name);
            let value = format!("{qualifier}.{name}");
            match method {
                Some(method) => format!("{} AS {name}", mask(method, &value, column, key)),
                None => format!("{value} AS {name}"),
            }
        })
        .collect()
}
