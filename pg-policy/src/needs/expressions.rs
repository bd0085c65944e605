//! What expressions use: functions, operators, parameters.
//!
//! Separate because there are many ways to write a call. Invariant: whatever the grammar turns into a
//! call by name is noted, also table sampling methods, `OPERATOR(…)`, `ORDER BY … USING` and `a.b`,
//! which calls `b(a)` where `a` is a row without such a column.

use pg_query::Node;
use pg_query::protobuf::{AExpr, AExprKind, JsonExprOp, SubLinkType};

use super::collect::Collector;
use super::{Form, FunctionUse, Need, OperatorUse, SettingChange, configured, names, reasons};
use crate::names::{FunctionName, OperatorName};
use crate::tree::Message;

impl Collector<'_> {
    /// Notes what a part that is neither statement nor relation uses; most parts use nothing by name.
    pub(super) fn expression(&mut self, message: Message<'_>) {
        match message {
            Message::FuncCall(call) => {
                let setting = configured::set_config(call);
                if let Some(change) = &setting {
                    let position = self.position(call.location);
                    self.needs.settings.push((change.clone(), position));
                }
                self.type_in_text(call);
                self.function(&call.funcname, call.args.len() == 1, setting, call.location);
            }
            Message::RangeTableSample(sample) => self.function(&sample.method, false, None, sample.location),
            Message::TypeName(node) => self.data_type(node),
            // The grammar leaves the comparison to the name `=`.
            Message::CaseExpr(case) if case.arg.is_some() => self.comparison("=", case.location),
            Message::SubLink(link)
                if link.oper_name.is_empty() && link.sub_link_type == SubLinkType::AnySublink as i32 =>
            {
                self.comparison("=", link.location);
            }
            Message::AExpr(expression) => self.operator_expression(expression),
            Message::SubLink(link) => self.operator(&link.oper_name, link.location),
            Message::SortBy(sort) => self.operator(&sort.use_op, sort.location),
            Message::ColumnRef(column) => {
                self.column(column);
                // In `a.b.c` the row may be `a` as well as `a.b`.
                for attribute in column.fields.iter().skip(1).filter_map(names::word) {
                    self.attribute(attribute, column.location);
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

    fn function(&mut self, name: &[Node], single: bool, setting: Option<SettingChange>, offset: i32) {
        match names::qualified(name) {
            Some((schema, name)) => {
                let position = self.position(offset);
                let name = FunctionName { schema, name };
                self.needs.functions.push(FunctionUse { name, form: Form::Call, single, setting, position });
            }
            None => self.demand(Need::Never(reasons::PLANNED), "a function without a name"),
        }
    }

    fn grammar(&mut self, name: &str, offset: i32) {
        let position = self.position(offset);
        let name = FunctionName { schema: None, name: name.to_owned() };
        self.needs.functions.push(FunctionUse {
            name,
            form: Form::Grammar,
            single: false,
            setting: None,
            position,
        });
    }

    fn attribute(&mut self, name: &str, offset: i32) {
        let position = self.position(offset);
        let name = FunctionName { schema: None, name: name.to_owned() };
        self.needs.functions.push(FunctionUse {
            name,
            form: Form::Attribute,
            single: true,
            setting: None,
            position,
        });
    }

    fn operator_expression(&mut self, expression: &AExpr) {
        match AExprKind::try_from(expression.kind).unwrap_or(AExprKind::Undefined) {
            // The grammar writes the words here; the server looks these operators up by name.
            AExprKind::AexprBetween | AExprKind::AexprBetweenSym => {
                self.comparison(">=", expression.location);
                self.comparison("<=", expression.location);
            }
            AExprKind::AexprNotBetween | AExprKind::AexprNotBetweenSym => {
                self.comparison("<", expression.location);
                self.comparison(">", expression.location);
            }
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

    /// Notes an operator that the grammar applies without its being written.
    pub(super) fn comparison(&mut self, symbol: &str, offset: i32) {
        let position = self.position(offset);
        let name = OperatorName { schema: None, symbol: symbol.to_owned() };
        self.needs.operators.push(OperatorUse { name, position });
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
