//! The body of a function that is written in SQL or PL/pgSQL, out of its definition.
//!
//! Separate because a body is text in a text, or a tree of its own. Invariant: every statement of a body in SQL is read, under the
//! search path that the function sets for itself; a body that cannot be read gives an error and never nothing. Of one in PL/pgSQL,
//! which no parser here reads well enough, the names of the server's functions that it calls are read, and not what it puts
//! together as text.

use pg_query::protobuf::{CreateFunctionStmt, Node, RawStmt, ReturnStmt, Token, a_const};
use pg_query::{NodeEnum, protobuf};

use super::syntax;
use crate::functions;
use crate::names::{FunctionName, RelationName};
use crate::needs::Needs;
use crate::refusal::Refusal;

/// What the statements of a function need.
pub(super) fn body(definition: &str) -> Result<Vec<Needs>, Refusal> {
    let statements = syntax::parse(definition)?;
    let statement = syntax::only_statement(&statements, definition)?;
    let Some(NodeEnum::CreateFunctionStmt(function)) = syntax::node(statement) else {
        return Ok(vec![Needs::of(statement, definition)?]);
    };
    if option(function, "language").any(|language| is(language, "plpgsql")) {
        return Ok(vec![called(source(function).unwrap_or_default(), definition)?]);
    }
    let path = search_path(function);
    let mut needs = match (&function.sql_body, source(function)) {
        (Some(body), _) => {
            let parts = parts(body);
            parts.iter().map(|part| Needs::of(part, definition)).collect::<Result<Vec<_>, _>>()?
        }
        (None, Some(source)) => {
            let statements = syntax::parse(source)?;
            statements.iter().map(|part| Needs::of(part, source)).collect::<Result<Vec<_>, _>>()?
        }
        (None, None) => return Err(super::broken("it has no body that could be read")),
    };
    if let Some(path) = path {
        needs.iter_mut().for_each(|needs| needs.looked_up_in(&path));
    }
    Ok(needs)
}

/// The names in a body that stand where relations are named, as far as they stand in it in so many words: `schema.name`, and
/// what follows `FROM`, `INTO` and their like. Variables may be among them.
pub(super) fn relations(definition: &str) -> Result<Vec<RelationName>, Refusal> {
    let statements = syntax::parse(definition)?;
    let Some(NodeEnum::CreateFunctionStmt(function)) =
        syntax::node(syntax::only_statement(&statements, definition)?)
    else {
        return Err(super::broken("it is no definition of a function"));
    };
    let source = source(function).unwrap_or_default();
    let (words, path) = (words(source)?, search_path(function));
    let before =
        [Token::From, Token::Into, Token::Update, Token::Join, Token::Only, Token::Table, Token::Using];
    let mut names = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let kind = |offset: usize| words.get(at + offset).map(|word| word.kind);
        let behind = at.checked_sub(1).and_then(|at| words.get(at)).map(|word| word.kind);
        let behind_keyword = behind.is_some_and(|kind| before.contains(&kind));
        // With a parenthesis it is a call, but for the columns of an INSERT.
        let called = kind(3) == Some(Token::Ascii40) && behind != Some(Token::Into);
        let qualified = kind(1) == Some(Token::Ascii46) && !called;
        let name = written(source, word);
        match words.get(at + 2).filter(|_| qualified) {
            Some(last) => {
                names.push(RelationName { schema: Some(name), name: written(source, last) });
            }
            None if behind_keyword => {
                let schemas = path.iter().flatten().cloned().map(Some).chain([None]);
                names.extend(schemas.map(|schema| RelationName { schema, name: name.clone() }));
            }
            None => {}
        }
    }
    Ok(names)
}

/// The words of a body without its comments.
fn words(source: &str) -> Result<Vec<super::Word>, Refusal> {
    let words = super::tokens(source).ok_or_else(|| super::broken("its body cannot be read"))?;
    let said = |word: &super::Word| !matches!(word.kind, Token::SqlComment | Token::CComment);
    Ok(words.into_iter().filter(said).collect())
}

/// A word as the server reads it.
fn written(source: &str, word: &super::Word) -> String {
    let text = source.get(word.start..word.end).unwrap_or_default();
    match text.strip_prefix('"').and_then(|quoted| quoted.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => text.to_lowercase(),
    }
}

/// The needs of a body of which only the calls are known that stand in it in so many words.
fn called(source: &str, definition: &str) -> Result<Needs, Refusal> {
    let mut needs = Needs::of(&syntax::raw(syntax::select(None)), definition)?;
    for pair in words(source)?.windows(2) {
        let [name, behind] = pair else { continue };
        if behind.kind != Token::Ascii40 {
            continue;
        }
        let name = written(source, name);
        // What else is called may as well be a variable, a type or grammar.
        if functions::denied(&name).is_some_and(|denied| denied.extension.is_none()) {
            needs.calls(FunctionName { schema: None, name });
        }
    }
    Ok(needs)
}

fn is(node: &NodeEnum, word: &str) -> bool {
    matches!(node, NodeEnum::String(protobuf::String { sval }) if sval == word)
}

fn option<'f>(function: &'f CreateFunctionStmt, name: &str) -> impl Iterator<Item = &'f NodeEnum> {
    let named = move |node: &'f Node| match &node.node {
        Some(NodeEnum::DefElem(option)) if option.defname == name => option.arg.as_ref()?.node.as_ref(),
        _ => None,
    };
    function.options.iter().filter_map(named)
}

/// The text of the body.
fn source(function: &CreateFunctionStmt) -> Option<&str> {
    match option(function, "as").next()? {
        NodeEnum::List(list) => list.items.first().and_then(word),
        NodeEnum::String(protobuf::String { sval }) => Some(sval),
        _ => None,
    }
}

/// The schemas that the function looks names up in, where it says so.
fn search_path(function: &CreateFunctionStmt) -> Option<Vec<String>> {
    option(function, "set").find_map(|set| match set {
        NodeEnum::VariableSetStmt(set) if set.name == "search_path" => {
            let schemas = set.args.iter().filter_map(word);
            // Printed as one string, the list stands in it with commas.
            Some(
                schemas
                    .flat_map(|text| text.split(','))
                    .map(|name| name.trim().trim_matches('"').to_owned())
                    .collect(),
            )
        }
        _ => None,
    })
}

fn word(node: &Node) -> Option<&str> {
    match &node.node {
        Some(NodeEnum::String(protobuf::String { sval })) => Some(sval),
        Some(NodeEnum::AConst(constant)) => match &constant.val {
            Some(a_const::Val::Sval(text)) => Some(&text.sval),
            _ => None,
        },
        _ => None,
    }
}

/// The statements of `RETURN …` and `BEGIN ATOMIC … END`.
fn parts(body: &Node) -> Vec<RawStmt> {
    match &body.node {
        Some(NodeEnum::List(list)) => list.items.iter().flat_map(parts).collect(),
        Some(NodeEnum::ReturnStmt(returned)) => {
            let ReturnStmt { returnval } = returned.as_ref();
            vec![syntax::raw(syntax::select(returnval.clone()))]
        }
        Some(_) => vec![syntax::raw(body.clone())],
        None => Vec::new(),
    }
}
