//! A database that the corpora are judged on: extensions, an application's own functions, types and views, and traps.
//!
//! Separate because several tests look at it. Invariant: what is not in it was not asked for.

use pg_policy::{
    Attached, DataType, Facts, FunctionFacts, RelationDescription, RelationKind, RelationName, TypeFacts,
    TypeFunction, Volatility,
};

/// The database's catalog.
pub(crate) struct Database;

/// Functions and operators: schema, name, volatility, extension.
const FUNCTIONS: &str = "
public st_area i postgis
public st_asgeojson i postgis
public st_astext i postgis
public st_buffer i postgis
public st_collect i postgis
public st_contains i postgis
public st_distance i postgis
public st_dwithin i postgis
public st_geomfromtext i postgis
public st_intersects i postgis
public st_length i postgis
public st_makeenvelope i postgis
public st_makepoint i postgis
public st_setsrid i postgis
public st_transform i postgis
public st_union i postgis
public st_x i postgis
public st_y i postgis
public avg i vector
public cosine_distance i vector
public l2_distance i vector
public vector_dims i vector
public similarity i pg_trgm
public word_similarity i pg_trgm
public show_trgm i pg_trgm
public unaccent s unaccent
public akeys i hstore
public avals i hstore
public nlevel i ltree
public subpath i ltree
public levenshtein i fuzzystrmatch
public soundex i fuzzystrmatch
public digest i pgcrypto
public crypt i pgcrypto
public gen_salt v pgcrypto
public gen_random_bytes v pgcrypto
public uuid_generate_v4 v uuid-ossp
public time_bucket i timescaledb
public first s timescaledb
public last s timescaledb
public crosstab s tablefunc
public dblink v dblink
public dblink_exec v dblink
app net_price i -
app order_total s -
app is_open s -
app fiscal_year i -
app close_order v -
app log_view v -
app owner_peek d -
app reach u -
";

const OPERATORS: &str = "
public <-> i vector
public <=> i vector
public <#> i vector
public % i pg_trgm
public <% i pg_trgm
public && i postgis
public @> i hstore
public ~ i ltree
public -> i hstore
app <!!> v -
";

/// Schema, name, a function of its casts with its volatility, a check.
type TypeLine = (&'static str, &'static str, Option<(&'static str, char)>, Option<&'static str>);

/// Schema, name, kind, definition, a row-security policy, a wrapper.
type RelationLine = (
    &'static str,
    &'static str,
    RelationKind,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
);

/// Types: schema, name, a function of its casts with its volatility, a check.
const TYPES: &[TypeLine] = &[
    ("public", "geometry", None, None),
    ("public", "geography", None, None),
    ("public", "vector", None, None),
    ("public", "halfvec", None, None),
    ("public", "hstore", None, None),
    ("public", "ltree", None, None),
    ("public", "lquery", None, None),
    ("public", "citext", None, None),
    ("app", "mood", None, None),
    ("app", "my_enum", None, None),
    ("app", "address", None, None),
    ("app", "t", None, None),
    ("app", "order_line", None, None),
    ("app", "domain", None, Some("VALUE <> ''::text")),
    ("app", "email", None, Some("VALUE ~ '^[^@]+@[^@]+$'::text AND length(VALUE) < 320")),
    ("app", "money2", Some(("to_money2", 'i')), None),
    ("app", "loud", Some(("shout", 'v')), None),
    ("app", "guarded", None, Some("app.close_order(VALUE) IS NOT NULL")),
    ("app", "peeking", None, Some("pg_read_file(VALUE) IS NOT NULL")),
];

/// Views and their like: schema, name, kind, definition, a row-security policy, a wrapper.
const RELATIONS: &[RelationLine] = &[
    (
        "app",
        "recent",
        RelationKind::View,
        Some("SELECT id, total FROM app.orders WHERE placed > now() - '7 days'::interval"),
        None,
        None,
    ),
    ("app", "deep", RelationKind::View, Some("SELECT id FROM app.recent"), None, None),
    ("app", "tenants", RelationKind::Table, None, Some("tenant = current_setting('app.tenant'::text)"), None),
    ("app", "guarded_rows", RelationKind::Table, None, Some("app.owner_peek(id) = 1"), None),
    ("app", "noisy", RelationKind::View, Some("SELECT app.close_order(id) FROM app.orders"), None, None),
    ("app", "deeply_noisy", RelationKind::View, Some("SELECT * FROM app.noisy"), None, None),
    ("app", "hashes", RelationKind::View, Some("SELECT rolname, rolpassword FROM pg_authid"), None, None),
    (
        "app",
        "by_text",
        RelationKind::View,
        Some("SELECT query_to_xml('SELECT 1', true, true, '')"),
        None,
        None,
    ),
    ("app", "watched", RelationKind::Table, None, Some("app.log_view(id)"), None),
    (
        "app",
        "hashes_stored",
        RelationKind::MaterializedView,
        Some("SELECT rolpassword FROM pg_catalog.pg_authid"),
        None,
        None,
    ),
    (
        "app",
        "noisy_stored",
        RelationKind::MaterializedView,
        Some("SELECT app.close_order(id) FROM app.orders"),
        None,
        None,
    ),
    ("app", "server_log", RelationKind::ForeignTable, None, None, Some("file_fdw")),
    ("app", "elsewhere", RelationKind::ForeignTable, None, None, Some("postgres_fdw")),
    ("app", "over_files", RelationKind::View, Some("SELECT line FROM app.server_log"), None, None),
];

fn function(schema: &str, letter: char, extension: &str) -> FunctionFacts {
    FunctionFacts {
        schema: schema.to_owned(),
        volatility: match letter {
            'i' => Volatility::Immutable,
            's' | 'd' => Volatility::Stable,
            _ => Volatility::Volatile,
        },
        security_definer: letter == 'd',
        language: if letter == 'u' { "plpython3u" } else { "sql" }.to_owned(),
        trusted_language: letter != 'u',
        extension: (extension != "-").then(|| extension.to_owned()),
        cost: 1.0,
        definition: None,
    }
}

fn listed(list: &str, schema: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
    let lines = list.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let all: Vec<FunctionFacts> = lines
        .filter_map(|words| match words.as_slice() {
            [of, known, letter, extension] if *known == name && schema.is_none_or(|schema| schema == *of) => {
                Some(function(of, letter.chars().next()?, extension))
            }
            _ => None,
        })
        .collect();
    (!all.is_empty()).then_some(all)
}

impl Facts for Database {
    fn function(&self, schema: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
        // A type's name, called like a function, is no function.
        let is_type = TYPES.iter().any(|(_, known, ..)| *known == name);
        listed(FUNCTIONS, schema, name).or(is_type.then(Vec::new))
    }

    fn operator(&self, schema: Option<&str>, symbol: &str) -> Option<Vec<FunctionFacts>> {
        listed(OPERATORS, schema, symbol)
    }

    fn relation(&self, schema: Option<&str>, name: &str) -> Option<Vec<RelationDescription>> {
        let found = RELATIONS
            .iter()
            .find(|(of, known, ..)| *known == name && schema.is_none_or(|schema| schema == *of));
        let (schema, name, kind, definition, policy, wrapper) = found?;
        Some(vec![RelationDescription {
            schema: (*schema).to_owned(),
            name: (*name).to_owned(),
            kind: *kind,
            extension: None,
            wrappers: wrapper.iter().map(|wrapper| (*wrapper).to_owned()).collect(),
            definition: definition.map(str::to_owned),
            attached: policy
                .iter()
                .map(|expression| Attached {
                    what: format!("the row-security policy p of {schema}.{name}"),
                    expression: (*expression).to_owned(),
                })
                .collect(),
            columns: Vec::new(),
            kin: Vec::<RelationName>::new(),
            types: Vec::<DataType>::new(),
        }])
    }

    fn data_type(&self, schema: Option<&str>, name: &str) -> Option<Vec<TypeFacts>> {
        let found =
            TYPES.iter().find(|(of, known, ..)| *known == name && schema.is_none_or(|schema| schema == *of));
        let (schema, name, cast, check) = found?;
        Some(vec![TypeFacts {
            schema: (*schema).to_owned(),
            name: (*name).to_owned(),
            checks: check
                .iter()
                .map(|expression| Attached {
                    what: format!("the check of the domain {schema}.{name}"),
                    expression: (*expression).to_owned(),
                })
                .collect(),
            functions: cast
                .iter()
                .map(|(name, letter)| TypeFunction {
                    name: (*name).to_owned(),
                    implicit: true,
                    facts: function(schema, *letter, "-"),
                })
                .collect(),
        }])
    }
}
