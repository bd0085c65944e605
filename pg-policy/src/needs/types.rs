//! The types that a statement names: casts, column definitions of functions, domains in DDL.
//!
//! Separate because a type runs functions that no text names: input, casts, the checks of domains.
//! Invariant: a name without schema that is one of the server's types is the server's, as on its default path.

use pg_query::protobuf::{FuncCall, TypeName as TypeNode, a_const};
use pg_query::{Node, NodeEnum};

use super::collect::Collector;
use super::{Need, TypeUse, names, reasons};
use crate::access::Access;
use crate::functions::is_builtin_type;
use crate::names::DataType;

/// Functions that take the name of a type as text and use the type.
const BY_TEXT: [&str; 2] = ["pg_input_is_valid", "pg_input_error_info"];

impl Collector<'_> {
    /// Notes a type that is not the server's.
    pub(super) fn data_type(&mut self, node: &TypeNode) {
        if node.names.is_empty() {
            return;
        }
        match names::qualified(&node.names) {
            Some((schema, name)) => {
                self.needs.casts += 1;
                self.note_type(schema, name, node.location);
            }
            None => self.demand(Need::Never(reasons::PLANNED), "a type without a name"),
        }
    }

    fn note_type(&mut self, schema: Option<String>, name: String, offset: i32) {
        let of_server = match schema.as_deref() {
            None => is_builtin_type(&name),
            Some(schema) => ["pg_catalog", "information_schema"].contains(&schema),
        };
        if !of_server {
            let position = self.position(offset);
            self.needs.types.push(TypeUse { name: DataType { schema, name }, position });
        }
    }

    /// Notes the type in the call of a function that takes its name as text.
    pub(super) fn type_in_text(&mut self, call: &FuncCall) {
        let by_text =
            names::qualified(&call.funcname).is_some_and(|(_, name)| BY_TEXT.contains(&name.as_str()));
        if !by_text {
            return;
        }
        let plain = call.args.get(1).and_then(literal).filter(|text| {
            text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.'))
        });
        match plain.map(|text| text.split('.').collect::<Vec<_>>()).as_deref() {
            Some([name]) => self.note_type(None, (*name).to_owned(), call.location),
            Some([schema, name]) => {
                self.note_type(Some((*schema).to_owned()), (*name).to_owned(), call.location);
            }
            _ => self.demand(Need::Access(Access::Admin), "the use of a type whose name is given as text"),
        }
    }
}

/// The text of a literal.
pub(super) fn literal(node: &Node) -> Option<&str> {
    match &node.node {
        Some(NodeEnum::AConst(constant)) => match &constant.val {
            Some(a_const::Val::Sval(text)) => Some(&text.sval),
            _ => None,
        },
        Some(NodeEnum::TypeCast(cast)) => cast.arg.as_deref().and_then(literal),
        _ => None,
    }
}
