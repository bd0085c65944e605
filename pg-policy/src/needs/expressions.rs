//! What expressions use: functions, operators, parameters.
//!
//! Separate because there are many ways to write a call. Invariant: whatever the grammar turns into a
//! call by name is noted, also table sampling methods, `OPERATOR(…)`, `ORDER BY … USING` and `a.b`,
//! which calls `b(a)` where `a` is a row without such a column.

use pg_query::Node;
use pg_query::protobuf::{AExpr, AExprKind, JsonExprOp};

use super::collect::Collector;
use super::{Form, FunctionUse, Need, OperatorUse, names, reasons};
use crate::names::{FunctionName, OperatorName};
use crate::tree::Message;

impl Collector<'_> {
    /// Notes what a part that is neither statement nor relation uses; most parts use nothing by name.
    pub(super) fn expression(&mut self, message: Message<'_>) {
        match message {
            Message::FuncCall(call) => self.function(&call.funcname, call.location),
            Message::RangeTableSample(sample) => self.function(&sample.method, sample.location),
            Message::AExpr(expression) => self.operator_expression(expression),
            Message::SubLink(link) => self.operator(&link.oper_name, link.location),
            Message::SortBy(sort) => self.operator(&sort.use_op, sort.location),
            Message::ColumnRef(column) if column.fields.len() > 1 => {
                if let Some(last) = column.fields.last().and_then(names::word) {
                    self.attribute(last, column.location);
                }
            }
            Message::AIndirection(indirection) => {
                for attribute in indirection.indirection.iter().filter_map(names::word) {
                    self.attribute(attribute, -1);
                }
            }
            Message::JsonFuncExpr(call) => self.grammar(json_function(call.op), call.location),
            Message::JsonTable(table) => self.grammar("json_table", table.location),
            Message::JsonParseExpr(call) => self.grammar("json", call.location),
            Message::JsonScalarExpr(call) => self.grammar("json_scalar", call.location),
            Message::JsonSerializeExpr(call) => self.grammar("json_serialize", call.location),
            Message::JsonObjectConstructor(call) => self.grammar("json_object", call.location),
            Message::JsonArrayConstructor(call) => self.grammar("json_array", call.location),
            Message::JsonArrayQueryConstructor(call) => self.grammar("json_array", call.location),
            Message::JsonObjectAgg(_) => self.grammar("json_objectagg", -1),
            Message::JsonArrayAgg(_) => self.grammar("json_arrayagg", -1),
            Message::MergeSupportFunc(call) => self.grammar("merge_action", call.location),
            Message::ParamRef(parameter) => {
                let number = usize::try_from(parameter.number).unwrap_or(0);
                self.needs.highest_parameter = self.needs.highest_parameter.max(number);
            }
            _ => {}
        }
    }

    fn function(&mut self, name: &[Node], offset: i32) {
        match names::qualified(name) {
            Some((schema, name)) => {
                let position = self.position(offset);
                let name = FunctionName { schema, name };
                self.needs.functions.push(FunctionUse { name, form: Form::Call, position });
            }
            None => self.demand(Need::Never(reasons::PLANNED), "a function without a name"),
        }
    }

    fn grammar(&mut self, name: &str, offset: i32) {
        let position = self.position(offset);
        let name = FunctionName { schema: None, name: name.to_owned() };
        self.needs.functions.push(FunctionUse { name, form: Form::Grammar, position });
    }

    fn attribute(&mut self, name: &str, offset: i32) {
        let position = self.position(offset);
        let name = FunctionName { schema: None, name: name.to_owned() };
        self.needs.functions.push(FunctionUse { name, form: Form::Attribute, position });
    }

    fn operator_expression(&mut self, expression: &AExpr) {
        match AExprKind::try_from(expression.kind).unwrap_or(AExprKind::Undefined) {
            // The grammar writes the words here; the server uses the built-in comparison operators.
            AExprKind::AexprBetween
            | AExprKind::AexprNotBetween
            | AExprKind::AexprBetweenSym
            | AExprKind::AexprNotBetweenSym => {}
            AExprKind::Undefined
            | AExprKind::AexprOp
            | AExprKind::AexprOpAny
            | AExprKind::AexprOpAll
            | AExprKind::AexprDistinct
            | AExprKind::AexprNotDistinct
            | AExprKind::AexprNullif
            | AExprKind::AexprIn
            | AExprKind::AexprLike
            | AExprKind::AexprIlike
            | AExprKind::AexprSimilar => self.operator(&expression.name, expression.location),
        }
    }

    /// Notes an operator; an empty name means that the grammar left the choice to the server's default.
    fn operator(&mut self, name: &[Node], offset: i32) {
        if name.is_empty() {
            return;
        }
        match names::qualified(name) {
            Some((schema, symbol)) => {
                let position = self.position(offset);
                self.needs.operators.push(OperatorUse { name: OperatorName { schema, symbol }, position });
            }
            None => self.demand(Need::Never(reasons::PLANNED), "an operator without a name"),
        }
    }
}

fn json_function(operation: i32) -> &'static str {
    match JsonExprOp::try_from(operation).unwrap_or(JsonExprOp::Undefined) {
        JsonExprOp::JsonExistsOp => "json_exists",
        JsonExprOp::JsonQueryOp => "json_query",
        JsonExprOp::JsonValueOp => "json_value",
        JsonExprOp::JsonTableOp | JsonExprOp::Undefined => "json_table",
    }
}
