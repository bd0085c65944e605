//! The types that a caller declares for parameters, where PostgreSQL cannot tell them from the statement.
//!
//! Separate because a type changes what a statement calls: it is judged as a cast to it would be. Invariant: a name is taken
//! apart by the server's own grammar and written out again in quotes, and what is declared travels with the statement
//! only beside a verdict on exactly those types.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use pg_query::NodeEnum;
use pg_query::protobuf::{self, RawStmt};

use crate::access::Access;
use crate::parse;
use crate::rows::Identifier;
use crate::vetted::Vetted;

/// Longer names, in bytes, are no names of types.
const LONGEST: usize = 512;
/// Types that the grammar itself gives a length of one, which a parameter does not have.
const OF_LENGTH_ONE: [&str; 2] = ["bpchar", "bit"];

/// A type by the name that a caller gives it: `integer`, `text[]`, `shop.mood`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ParameterType {
    schema: Option<Identifier>,
    name: Identifier,
    is_array: bool,
}

/// The name, with each part in quotes: as PostgreSQL's `to_regtype` reads it.
impl fmt::Display for ParameterType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        write!(f, "{}{}", self.name, if self.is_array { "[]" } else { "" })
    }
}

/// A text that is not the name of a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not the name of a type: {why}")]
pub struct UnreadableType {
    name: String,
    why: &'static str,
}

impl FromStr for ParameterType {
    type Err = UnreadableType;

    fn from_str(name: &str) -> Result<Self, UnreadableType> {
        let unreadable = |why| UnreadableType { name: name.chars().take(60).collect(), why };
        if name.len() > LONGEST {
            return Err(unreadable("it is too long"));
        }
        let has_length = name.contains('(');
        let read = parse::compare(vec![format!("SELECT NULL::{name}")], move |statements| {
            Ok(statements
                .first()
                .and_then(|statement| only_cast(statement))
                .map(|cast| take(cast, has_length)))
        });
        match read {
            Ok(Some(read)) => read.map_err(unreadable),
            _ => Err(unreadable("write it as in a cast, for example integer, text[] or shop.mood")),
        }
    }
}

/// The type in a `SELECT NULL::type` and nothing more.
fn only_cast(statement: &RawStmt) -> Option<&protobuf::TypeName> {
    let Some(NodeEnum::SelectStmt(select)) = parse::node(statement) else { return None };
    let [only] = select.target_list.as_slice() else { return None };
    let Some(NodeEnum::ResTarget(target)) = &only.node else { return None };
    let Some(NodeEnum::TypeCast(cast)) = target.val.as_ref()?.node.as_ref() else { return None };
    let Some(NodeEnum::AConst(constant)) = cast.arg.as_ref()?.node.as_ref() else { return None };
    let alone = protobuf::SelectStmt {
        target_list: select.target_list.clone(),
        limit_option: select.limit_option,
        op: select.op,
        ..protobuf::SelectStmt::default()
    };
    (constant.isnull && target.name.is_empty() && target.indirection.is_empty() && **select == alone)
        .then_some(cast.type_name.as_ref()?)
}

fn take(cast: &protobuf::TypeName, has_length: bool) -> Result<ParameterType, &'static str> {
    let words: Vec<&str> = cast
        .names
        .iter()
        .filter_map(|word| match &word.node {
            Some(NodeEnum::String(word)) => Some(word.sval.as_str()),
            _ => None,
        })
        .collect();
    let (schema, name) = match words.as_slice() {
        [name] => (None, *name),
        [schema, name] => (Some(Identifier::new(*schema)), *name),
        _ => return Err("write it as in a cast, for example integer, text[] or shop.mood"),
    };
    if cast.setof || cast.pct_type {
        return Err("a parameter has one value, of a type by its own name");
    }
    if !cast.typmods.is_empty() && (has_length || !OF_LENGTH_ONE.contains(&name)) {
        return Err(
            "a parameter's type has no length and no precision: leave them out, and cast in the statement",
        );
    }
    Ok(ParameterType { schema, name: Identifier::new(name), is_array: !cast.array_bounds.is_empty() })
}

/// What is declared of each parameter of a statement, in order; `None` leaves it to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredTypes(Vec<Option<ParameterType>>);

impl DeclaredTypes {
    /// These types, in the order of the parameters.
    pub fn new(types: Vec<Option<ParameterType>>) -> Self {
        Self(types)
    }

    /// Each as SQL, `unknown` where it is left to the server.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |declared: &Option<ParameterType>| {
            declared.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string)
        };
        self.0.iter().map(name).collect()
    }

    /// For how many parameters something is said, `None` included.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Each type once, in the order of its first use.
    pub fn distinct(&self) -> Vec<&ParameterType> {
        let mut seen = std::collections::HashSet::new();
        self.0.iter().flatten().filter(|declared| seen.insert(*declared)).collect()
    }

    /// The statement whose verdict is the verdict on these types: a cast of a parameter to each of them.
    pub fn casts(&self) -> String {
        let casts: Vec<String> =
            (1..).zip(self.distinct()).map(|(number, declared)| format!("${number}::{declared}")).collect();
        format!("SELECT {}", casts.join(", "))
    }
}

/// The declared types of a statement, by the numbers that the server at hand has for them.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) types: DeclaredTypes,
    pub(crate) oids: Vec<u32>,
    pub(crate) key: String,
    /// What making values of the types needs: the checks of a domain may call functions of users.
    pub(crate) access: Access,
    pub(crate) only_built_in: bool,
}

impl Declared {
    /// `None` where a type has no number.
    pub(crate) fn new(
        text: &str,
        types: &DeclaredTypes,
        judged: &Vetted,
        oids: &HashMap<String, u32>,
    ) -> Option<Declared> {
        let oid = |declared: &Option<ParameterType>| match declared {
            Some(declared) => oids.get(&declared.to_string()).copied(),
            None => Some(0),
        };
        let oids: Vec<u32> = types.0.iter().map(oid).collect::<Option<_>>()?;
        let (access, only_built_in) = (judged.access(), judged.only_built_in());
        Some(Declared { types: types.clone(), key: key(text, &oids), oids, access, only_built_in })
    }

    /// The same of another text with the same parameters.
    pub(crate) fn of(&self, text: &str) -> Declared {
        Declared { key: key(text, &self.oids), ..self.clone() }
    }
}

/// No text of a statement has a NUL in it, so no two statements share a key.
fn key(text: &str, oids: &[u32]) -> String {
    let oids: Vec<String> = oids.iter().map(u32::to_string).collect();
    format!("{text}\0{}", oids.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> String {
        name.parse::<ParameterType>().unwrap_or_else(|error| panic!("{error}")).to_string()
    }

    #[test]
    fn reads_names_as_casts_write_them() {
        for (given, quoted) in [
            ("text", r#""text""#),
            ("TEXT", r#""text""#),
            ("integer", r#""pg_catalog"."int4""#),
            ("double precision", r#""pg_catalog"."float8""#),
            ("timestamp with time zone", r#""pg_catalog"."timestamptz""#),
            ("character", r#""pg_catalog"."bpchar""#),
            ("character varying", r#""pg_catalog"."varchar""#),
            ("text[]", r#""text"[]"#),
            ("integer ARRAY", r#""pg_catalog"."int4"[]"#),
            ("integer[][]", r#""pg_catalog"."int4"[]"#),
            (r#"shop."Odd ""Type""""#, r#""shop"."Odd ""Type""""#),
        ] {
            assert_eq!(read(given), quoted);
        }
    }

    #[test]
    fn refuses_what_is_more_than_a_name() {
        for given in [
            "",
            "integer, 1",
            "integer) FROM (SELECT 1",
            "integer; DROP TABLE t",
            "integer FROM t",
            "integer AS x",
            "integer + 1",
            "integer::text",
            "integer UNION SELECT 2",
            "integer LIMIT 1",
            "t.c%TYPE",
            "SETOF integer",
            "a.b.c.d",
            "numeric(10,2)",
            "varchar(3)",
            "char(1)",
            "interval minute",
            "$1",
            "\"\"",
        ] {
            assert!(given.parse::<ParameterType>().is_err(), "{given}");
        }
    }

    #[test]
    fn types_are_judged_as_casts() {
        let declared = ["shop.mood", "text", "shop.mood"].map(|name| Some(name.parse().unwrap()));
        let declared = DeclaredTypes::new([None].into_iter().chain(declared).collect());
        assert_eq!(declared.casts(), r#"SELECT $1::"shop"."mood", $2::"text""#);
    }
}
