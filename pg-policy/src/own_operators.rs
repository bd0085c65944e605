//! Texts of our own, in which every operator and type is the server's own.
//!
//! Separate because it changes a text instead of judging it. A name without a schema means whatever fits best on the search path: who
//! may create there can make an operator that fits `float4 > int4` better than the server's, and it would run with the rights of
//! whoever asks. Invariant: in what comes out, no operator is looked up by a name without a schema; a text in which one would be, as by
//! `USING`, is an error.

use std::sync::Arc;

use pg_query::protobuf::{
    AExpr, AExprKind, BoolExpr, BoolExprType, CaseExpr, CaseWhen, Node, NullTest, NullTestType, ParseResult,
    RawStmt, String as Word, SubLinkType, TypeName, a_const,
};
use pg_query::{DeparseOptions, NodeEnum, ParserOptions};

use crate::parse;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::tree::{Edit, Editor, same_but_for_places};

/// The schema of what is the server's own.
const OWN: &str = "pg_catalog";

/// A statement of which every operator and every type that is cast to is named as the server's own, so that no search path decides what it
/// calls. It is meant for texts that are part of a program, and does not judge them.
///
/// # Errors
/// A text that is not one statement, that cannot be written out again, or in which the grammar has no place for the schema of an operator.
pub fn with_own_operators(text: &str) -> Result<String, Refusal> {
    let shared: Arc<str> = text.into();
    let unlike = || {
        Refusal::new(
            Rule::Compose,
            "a text whose operators are to be named",
            "it cannot be written out again, or calls an operator that cannot be named, as USING does",
            "write it in a simpler way, with ON for USING",
        )
    };
    parse::needs(&shared)?;
    let mut statement = parsed(text).ok_or_else(unlike)?;
    statement.edit("stmt", &mut Qualifier);
    statement.edit("stmt", &mut Flattener);
    let tree = ParseResult { version: 0, stmts: vec![statement] };
    let written = pg_query::deparse(&tree, DeparseOptions::default()).map_err(|_| unlike())?;
    let mut back = parsed(&written).ok_or_else(unlike)?;
    back.edit("stmt", &mut Flattener);
    let operators = parse::needs(&written.as_str().into())?.operators;
    match tree.stmts.as_slice() {
        [meant]
            if same_but_for_places(&back, meant)
                && operators.iter().all(|used| used.name.schema.is_some()) =>
        {
            Ok(written)
        }
        _ => Err(unlike()),
    }
}

fn parsed(text: &str) -> Option<RawStmt> {
    let tree = pg_query::parse(text, ParserOptions::DEFAULT).ok()?.protobuf;
    let [statement] = <[RawStmt; 1]>::try_from(tree.stmts).ok()?;
    Some(RawStmt { stmt_location: 0, stmt_len: 0, ..statement })
}

/// Makes one list of `a AND (b AND c)`, as the grammar sometimes does.
struct Flattener;

impl Editor for Flattener {
    fn node(&mut self, node: &mut Node) -> bool {
        if let Some(NodeEnum::BoolExpr(outer)) = &mut node.node
            && outer.boolop != BoolExprType::NotExpr as i32
        {
            let mut waiting: Vec<Node> = outer.args.drain(..).rev().collect();
            while let Some(next) = waiting.pop() {
                match next.node {
                    Some(NodeEnum::BoolExpr(inner)) if inner.boolop == outer.boolop => {
                        waiting.extend(inner.args.into_iter().rev());
                    }
                    node => outer.args.push(Node { node }),
                }
            }
        }
        true
    }

    fn place(&mut self, _: &mut i32) {}
}

struct Qualifier;

impl Editor for Qualifier {
    fn node(&mut self, node: &mut Node) -> bool {
        let replaced = match &mut node.node {
            Some(NodeEnum::AExpr(expression)) => operator(expression),
            Some(NodeEnum::CaseExpr(case)) => {
                searched(case);
                None
            }
            Some(NodeEnum::SubLink(link)) => {
                if link.oper_name.is_empty() && link.sub_link_type == SubLinkType::AnySublink as i32 {
                    link.oper_name = own("=");
                } else {
                    qualify(&mut link.oper_name);
                }
                None
            }
            Some(NodeEnum::SortBy(sort)) => {
                qualify(&mut sort.use_op);
                None
            }
            Some(NodeEnum::TypeCast(cast)) => {
                cast.type_name.as_mut().into_iter().for_each(of_server);
                None
            }
            Some(NodeEnum::ColumnDef(column)) => {
                column.type_name.as_mut().into_iter().for_each(of_server);
                None
            }
            _ => None,
        };
        if let Some(replaced) = replaced {
            node.node = Some(replaced);
        }
        true
    }

    fn place(&mut self, _: &mut i32) {}
}

fn own(symbol: &str) -> Vec<Node> {
    [OWN, symbol].map(|word| NodeEnum::String(Word { sval: word.to_owned() }).into_node()).to_vec()
}

fn qualify(name: &mut Vec<Node>) {
    if let [Node { node: Some(NodeEnum::String(symbol)) }] = name.as_slice() {
        *name = own(&symbol.sval);
    }
}

fn of_server(name: &mut TypeName) {
    qualify(&mut name.names);
}

/// An operator of the server between two values.
fn applied(symbol: &str, left: Option<Box<Node>>, right: Option<Box<Node>>) -> Node {
    let expression = AExpr {
        kind: AExprKind::AexprOp as i32,
        name: own(symbol),
        lexpr: left,
        rexpr: right,
        ..AExpr::default()
    };
    NodeEnum::AExpr(Box::new(expression)).into_node()
}

fn all_or_any(what: BoolExprType, args: Vec<Node>) -> NodeEnum {
    NodeEnum::BoolExpr(Box::new(BoolExpr { boolop: what as i32, args, ..BoolExpr::default() }))
}

/// Names the operators of an expression; where the grammar has no place for the schema, by what it stands for.
fn operator(expression: &mut AExpr) -> Option<NodeEnum> {
    let kind = AExprKind::try_from(expression.kind).unwrap_or(AExprKind::Undefined);
    let (left, right) = (expression.lexpr.clone(), expression.rexpr.clone());
    let items = |node: &Option<Box<Node>>| match node.as_deref() {
        Some(Node { node: Some(NodeEnum::List(list)) }) => list.items.clone(),
        _ => Vec::new(),
    };
    let bounds = |first: &str, second: &str, what: BoolExprType| {
        let both = items(&right);
        let [low, high] = both.as_slice() else { return None };
        let bound = |symbol: &str, bound: &Node| applied(symbol, left.clone(), Some(Box::new(bound.clone())));
        Some(all_or_any(what, vec![bound(first, low), bound(second, high)]))
    };
    match kind {
        AExprKind::AexprOp | AExprKind::AexprOpAny | AExprKind::AexprOpAll => {
            qualify(&mut expression.name);
            None
        }
        AExprKind::AexprLike | AExprKind::AexprIlike | AExprKind::AexprSimilar => {
            expression.kind = AExprKind::AexprOp as i32;
            qualify(&mut expression.name);
            None
        }
        AExprKind::AexprIn => {
            let items = items(&right);
            let negated = matches!(expression.name.as_slice(),
                [Node { node: Some(NodeEnum::String(symbol)) }] if symbol.sval == "<>");
            // An array takes the type of what stands before it, as each item of the list does.
            if let Some(array) = items.iter().map(literal).collect::<Option<Vec<_>>>() {
                let quoted = array.iter().map(|item| format!("{item:?}")).collect::<Vec<_>>().join(",");
                let kind = if negated { AExprKind::AexprOpAll } else { AExprKind::AexprOpAny };
                expression.kind = kind as i32;
                expression.name = own(if negated { "<>" } else { "=" });
                expression.rexpr = Some(Box::new(word(format!("{{{quoted}}}"))));
                return None;
            }
            let (symbol, what) =
                if negated { ("<>", BoolExprType::AndExpr) } else { ("=", BoolExprType::OrExpr) };
            let mut each: Vec<Node> =
                items.into_iter().map(|item| applied(symbol, left.clone(), Some(Box::new(item)))).collect();
            if each.len() == 1 { each.pop().and_then(|one| one.node) } else { Some(all_or_any(what, each)) }
        }
        AExprKind::AexprBetween => bounds(">=", "<=", BoolExprType::AndExpr),
        AExprKind::AexprNotBetween => bounds("<", ">", BoolExprType::OrExpr),
        AExprKind::AexprNullif => {
            let equal = applied("=", left.clone(), right);
            Some(case(vec![(equal, null())], *left?))
        }
        AExprKind::AexprDistinct | AExprKind::AexprNotDistinct => {
            let differs = kind == AExprKind::AexprDistinct;
            let (left, right) = (left?, right?);
            let of_null = |value: &Node, test: NullTestType| {
                let test = NullTest {
                    arg: Some(Box::new(value.clone())),
                    nulltesttype: test as i32,
                    ..NullTest::default()
                };
                NodeEnum::NullTest(Box::new(test)).into_node()
            };
            let other = if differs { NullTestType::IsNotNull } else { NullTestType::IsNull };
            let whens = vec![
                (of_null(&left, NullTestType::IsNull), of_null(&right, other)),
                (of_null(&right, NullTestType::IsNull), truth(differs)),
            ];
            let symbol = if differs { "<>" } else { "=" };
            Some(case(whens, applied(symbol, Some(left), Some(right))))
        }
        // No place for the schema: an error in the end.
        AExprKind::Undefined | AExprKind::AexprBetweenSym | AExprKind::AexprNotBetweenSym => None,
    }
}

/// A literal of plain words, which an array's text takes in quotes.
fn literal(node: &Node) -> Option<&str> {
    match &node.node {
        Some(NodeEnum::AConst(pg_query::protobuf::AConst {
            val: Some(a_const::Val::Sval(text)), ..
        })) if text
            .sval
            .chars()
            .all(|letter| letter.is_ascii_graphic() && !"\\\"".contains(letter) || letter == ' ') =>
        {
            Some(&text.sval)
        }
        _ => None,
    }
}

fn word(sval: String) -> Node {
    constant(Some(a_const::Val::Sval(Word { sval })))
}

fn constant(value: Option<a_const::Val>) -> Node {
    let isnull = value.is_none();
    NodeEnum::AConst(pg_query::protobuf::AConst { isnull, val: value, location: 0 }).into_node()
}

fn null() -> Node {
    constant(None)
}

fn truth(boolval: bool) -> Node {
    constant(Some(a_const::Val::Boolval(pg_query::protobuf::Boolean { boolval })))
}

fn case(whens: Vec<(Node, Node)>, otherwise: Node) -> NodeEnum {
    let when = |(condition, result)| {
        let when = CaseWhen {
            expr: Some(Box::new(condition)),
            result: Some(Box::new(result)),
            ..CaseWhen::default()
        };
        NodeEnum::CaseWhen(Box::new(when)).into_node()
    };
    NodeEnum::CaseExpr(Box::new(CaseExpr {
        args: whens.into_iter().map(when).collect(),
        defresult: Some(Box::new(otherwise)),
        ..CaseExpr::default()
    }))
}

/// `CASE x WHEN y` as `CASE WHEN x = y`.
fn searched(case: &mut CaseExpr) {
    let Some(value) = case.arg.take() else { return };
    for when in &mut case.args {
        if let Some(NodeEnum::CaseWhen(when)) = &mut when.node {
            let compared = when.expr.take();
            when.expr = Some(Box::new(applied("=", Some(value.clone()), compared)));
        }
    }
}

/// A node of its kind.
trait IntoNode {
    fn into_node(self) -> Node;
}

impl IntoNode for NodeEnum {
    fn into_node(self) -> Node {
        Node { node: Some(self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_every_operator_and_type_as_the_servers_own() {
        for (text, expected) in [
            (
                "SELECT a + b * 2 > 0 FROM t",
                "SELECT a OPERATOR(pg_catalog.+) (b OPERATOR(pg_catalog.*) 2) OPERATOR(pg_catalog.>) 0 FROM t",
            ),
            ("SELECT a::oid", "SELECT a::pg_catalog.oid"),
            ("SELECT a LIKE 'b'", "SELECT a OPERATOR(pg_catalog.~~) 'b'"),
            ("SELECT a IN ('b', 'c d')", r#"SELECT a OPERATOR(pg_catalog.=) ANY('{"b","c d"}')"#),
            ("SELECT a NOT IN ('b')", r#"SELECT a OPERATOR(pg_catalog.<>) ALL('{"b"}')"#),
            ("SELECT a IN (1, 2)", "SELECT a OPERATOR(pg_catalog.=) 1 OR a OPERATOR(pg_catalog.=) 2"),
            ("SELECT a NOT IN (1, 2)", "SELECT a OPERATOR(pg_catalog.<>) 1 AND a OPERATOR(pg_catalog.<>) 2"),
            ("SELECT a IN (SELECT 1)", "SELECT a OPERATOR(pg_catalog.=) ANY (SELECT 1)"),
            ("SELECT a = ANY (b)", "SELECT a OPERATOR(pg_catalog.=) ANY(b)"),
            (
                "SELECT a BETWEEN 1 AND 2",
                "SELECT a OPERATOR(pg_catalog.>=) 1 AND a OPERATOR(pg_catalog.<=) 2",
            ),
            ("SELECT NULLIF(a, 0)", "SELECT CASE WHEN a OPERATOR(pg_catalog.=) 0 THEN NULL ELSE a END"),
            ("SELECT CASE a WHEN 1 THEN 2 END", "SELECT CASE WHEN a OPERATOR(pg_catalog.=) 1 THEN 2 END"),
            (
                "SELECT a IS DISTINCT FROM b",
                "SELECT CASE WHEN a IS NULL THEN b IS NOT NULL WHEN b IS NULL THEN true ELSE a OPERATOR(pg_catalog.<>) b END",
            ),
        ] {
            let squeezed =
                |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            assert_eq!(squeezed(&with_own_operators(text).unwrap()), squeezed(expected), "{text}");
        }
    }

    #[test]
    fn says_what_it_cannot_read() {
        assert!(with_own_operators("SELECT 1; SELECT 2").is_err());
        assert!(with_own_operators("SELECT FROM WHERE").is_err());
    }

    #[test]
    fn lets_no_operator_through_that_it_cannot_name() {
        assert!(with_own_operators("SELECT 1 FROM a JOIN b ON a.c = b.c").is_ok());
        for text in [
            "SELECT 1 FROM a JOIN b USING (c)",
            "SELECT 1 FROM a NATURAL JOIN b",
            "SELECT 1 BETWEEN SYMMETRIC 2 AND 1",
        ] {
            assert!(with_own_operators(text).is_err(), "{text}");
        }
    }
}
