//! Values against a live server: what the codecs write must be what the server itself prints, and what they
//! write in JSON must come back as the same value through a parameter.
//!
//! Separate from the decoders' own tests, whose bytes are written by hand: here the server makes the bytes.
//! Each function takes a client of a database of its own and panics with every difference that it found.

#![expect(
    clippy::disallowed_methods,
    reason = "the suite asks the server in both protocols, and only with its own SQL"
)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a check that cannot go on has failed"
)]

mod expressions;
mod outputs;
pub(crate) mod parameters;
mod random;

use expressions::{EXPRESSIONS, EXPRESSIONS_14, EXPRESSIONS_17, EXPRESSIONS_VECTOR, EXPRESSIONS_XML};
use pg_core::{ColumnCodec, Raw};
use random::RANDOM;
use serde_json::Value;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, SimpleQueryMessage};

/// Settings under which the codecs' text form is the server's.
const SETTINGS: &str = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; \
     SET extra_float_digits = 1; SET bytea_output = 'hex'; SET client_min_messages = 'warning'";

/// Types that the tables below use, beside the server's own.
const TYPES: &str = r#"
    CREATE EXTENSION IF NOT EXISTS hstore;
    CREATE EXTENSION IF NOT EXISTS ltree;
    CREATE EXTENSION IF NOT EXISTS citext;
    CREATE SCHEMA "Odd Schema";
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy', 'qu"oted', '');
    CREATE TYPE pair AS (a text, "B b" integer);
    CREATE TYPE "Odd Schema".nested AS (p pair, many pair[], day date, j jsonb, empty text);
    CREATE DOMAIN positive AS numeric(12, 3) CHECK (value > 0);
    CREATE DOMAIN pairs AS pair[];
    CREATE DOMAIN label AS text;
    CREATE TYPE labels AS RANGE (subtype = text, collation = "C");
    CREATE TABLE altered (a integer, gone text, b text);
    ALTER TABLE altered DROP COLUMN gone;
    INSERT INTO altered VALUES (1, 'x y'), (2, NULL);
"#;

/// Prepares a session and the types for the functions below.
pub(crate) async fn prepare(client: &Client) {
    client.batch_execute(SETTINGS).await.unwrap();
    client.batch_execute(TYPES).await.unwrap();
}

async fn server_version(client: &Client) -> u32 {
    let row = client.query_one("SELECT current_setting('server_version_num')", &[]).await.unwrap();
    row.get::<_, &str>(0).parse().unwrap()
}

/// The columns of a query as the server prints them, row by row.
async fn printed(client: &Client, sql: &str) -> Vec<Vec<Option<String>>> {
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect())
        }
        _ => None,
    });
    rows.collect()
}

struct Cell {
    text: Option<String>,
    json: String,
}

/// The columns of a query as the codecs write them; a column without a codec is asked for as `::text`.
async fn decoded(client: &Client, sql: &str) -> (Vec<Type>, Vec<Vec<Cell>>) {
    let statement = client.prepare(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let types: Vec<Type> = statement.columns().iter().map(|column| column.type_().clone()).collect();
    let codecs: Vec<Option<ColumnCodec>> = types.iter().map(ColumnCodec::for_type).collect();
    let columns: Vec<String> = codecs
        .iter()
        .enumerate()
        .map(|(column, codec)| format!("c{column}{}", if codec.is_some() { "" } else { "::text" }))
        .collect();
    let names: Vec<String> = (0..types.len()).map(|column| format!("c{column}")).collect();
    let wrapped = format!("SELECT {} FROM ({sql}) AS wrapped({})", columns.join(", "), names.join(", "));
    let rows = if codecs.iter().all(Option::is_some) {
        client.query(&statement, &[]).await
    } else {
        client.query(&wrapped, &[]).await
    };
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let codecs: Vec<ColumnCodec> =
        codecs.into_iter().map(|codec| codec.unwrap_or_else(ColumnCodec::text)).collect();
    let cells = rows.iter().map(|row| {
        let cell = |(column, codec): (usize, &ColumnCodec)| {
            let raw = row.get::<_, Option<Raw<'_>>>(column).map(|raw| raw.0);
            let (mut text, mut json) = (Vec::new(), Vec::new());
            let what = || format!("{sql}: column {column}, {}", types[column]);
            let is_value = codec.write_text(raw, &mut text).unwrap_or_else(|e| panic!("{}: {e}", what()));
            codec.write_json(raw, &mut json).unwrap_or_else(|e| panic!("{}: {e}", what()));
            let json = String::from_utf8(json).unwrap();
            serde_json::from_str::<Value>(&json).unwrap_or_else(|e| panic!("{}: {e}: {json}", what()));
            assert!(!json.contains(['\n', '\r']), "{}: {json}", what());
            Cell { text: is_value.then(|| String::from_utf8(text).unwrap()), json }
        };
        codecs.iter().enumerate().map(cell).collect()
    });
    (types.clone(), cells.collect())
}

/// Compares every cell of a query; returns how many there were.
async fn compare(client: &Client, sql: &str, differences: &mut Vec<String>) -> usize {
    let printed = printed(client, sql).await;
    let (types, decoded) = decoded(client, sql).await;
    assert_eq!(printed.len(), decoded.len(), "{sql}");
    let mut cells = 0;
    for (printed, decoded) in printed.iter().zip(&decoded) {
        for ((printed, decoded), ty) in printed.iter().zip(decoded).zip(&types) {
            cells += 1;
            if *printed != decoded.text {
                differences.push(format!(
                    "{}: the server prints {printed:?}, decoded {:?}",
                    pg_core::type_name(ty),
                    decoded.text
                ));
            }
        }
    }
    cells
}

fn assert_none(mut differences: Vec<String>) {
    let count = differences.len();
    differences.truncate(40);
    assert!(count == 0, "{count} differences, the first are:\n{}", differences.join("\n"));
}

async fn expressions(client: &Client) -> Vec<&'static str> {
    let mut expressions = EXPRESSIONS.to_vec();
    let version = server_version(client).await;
    if version >= 140_000 {
        expressions.extend(EXPRESSIONS_14);
    }
    if version >= 170_000 {
        expressions.extend(EXPRESSIONS_17);
    }
    if client.simple_query("SELECT '<a/>'::xml").await.is_ok() {
        expressions.extend(EXPRESSIONS_XML);
    }
    if client.simple_query("CREATE EXTENSION IF NOT EXISTS vector").await.is_ok() {
        expressions.extend(EXPRESSIONS_VECTOR);
    }
    expressions
}

/// Every type that has a decoder reads as psql prints it.
pub(crate) async fn every_type_reads_as_the_server_prints_it(client: &Client) {
    let mut differences = Vec::new();
    for expression in expressions(client).await {
        let sql = format!("SELECT {expression}");
        let statement = client.prepare(&sql).await.unwrap_or_else(|e| panic!("{sql}: {e:?}"));
        let ty = statement.columns()[0].type_();
        if ColumnCodec::for_type(ty).is_none() {
            differences.push(format!("{sql}: {ty} has no decoder"));
        }
        compare(client, &sql, &mut differences).await;
    }
    compare(client, "SELECT altered, a, b FROM altered", &mut differences).await;
    compare(client, "SELECT pg_sleep(0)", &mut differences).await;
    assert_none(differences);
}

/// Cut short anywhere, or with any byte changed, a value is an error or another value, never a panic.
pub(crate) async fn damaged_bytes_are_errors_and_no_panics(client: &Client) {
    let mut errors = 0;
    for expression in expressions(client).await {
        let row = client.query_one(&format!("SELECT {expression}"), &[]).await.unwrap();
        let codec = ColumnCodec::for_type(row.columns()[0].type_()).unwrap();
        let Some(Raw(raw)) = row.get::<_, Option<Raw<'_>>>(0) else { continue };
        let mut decode = |raw: &[u8]| {
            let mut out = b"before".to_vec();
            if codec.write_json(Some(raw), &mut out).and(codec.write_text(Some(raw), &mut out)).is_err() {
                errors += 1;
            }
            assert!(out.starts_with(b"before"));
        };
        for length in 0..raw.len() {
            decode(&raw[..length]);
        }
        for at in 0..raw.len().min(200) {
            for byte in [0, 1, 0x7f, 0x80, 0xff, raw[at].wrapping_add(1)] {
                let mut damaged = raw.to_vec();
                damaged[at] = byte;
                decode(&damaged);
            }
        }
    }
    assert!(errors > 1_000, "{errors}");
}

/// Types that the server cannot send in binary, or whose binary form is not what psql shows, come as text.
pub(crate) async fn types_without_a_decoder_come_as_text(client: &Client) {
    let mut differences = Vec::new();
    for expression in [
        "'pg_class'::regclass",
        "'now'::regproc",
        "'abs(integer)'::regprocedure",
        "'integer'::regtype",
        "ARRAY['pg_class', 'pg_type']::regclass[]",
        "'12.50'::money",
        "ARRAY[1, 2]::money[]",
        "makeaclitem(10, 10, 'SELECT', false)",
        "ARRAY[makeaclitem(10, 10, 'SELECT', false)]",
        "'english'::regconfig",
        "'pg_catalog'::regnamespace",
    ] {
        let sql = format!("SELECT {expression}");
        let statement = client.prepare(&sql).await.unwrap();
        let ty = statement.columns()[0].type_();
        if ColumnCodec::for_type(ty).is_some() {
            differences.push(format!("{sql}: {ty} has a decoder"));
        }
        compare(client, &sql, &mut differences).await;
    }
    assert_none(differences);
}

/// Whole catalogs, column by column: the widest mix of types that every server has at hand.
pub(crate) async fn catalogs_read_as_the_server_prints_them(client: &Client) {
    client.batch_execute("ANALYZE").await.unwrap();
    let names = printed(
        client,
        "SELECT oid::regclass FROM pg_class \
         WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v') \
         AND relname !~ '^pg_(stat_|statio_|locks|cursors|prepared|backend|shmem|show|wait|aios)' \
         AND has_table_privilege(oid, 'SELECT') ORDER BY 1",
    )
    .await;
    let mut differences = Vec::new();
    let mut cells = 0;
    for name in names.into_iter().flatten().flatten() {
        cells += compare(client, &format!("SELECT * FROM {name} LIMIT 300"), &mut differences).await;
    }
    assert!(cells > 50_000, "{cells}");
    assert_none(differences);
}

/// Rows of each random expression.
const ROWS: usize = 500;

/// Thousands of random values of every family read as the server prints them.
pub(crate) async fn random_values_read_as_the_server_prints_them(client: &Client) {
    let mut differences = Vec::new();
    let mut cells = 0;
    for expression in RANDOM {
        let fill = format!(
            "DROP TABLE IF EXISTS random_values; SELECT setseed(0.42); CREATE TEMPORARY TABLE random_values AS \
             SELECT n, {expression} AS v FROM generate_series(1, {ROWS}) AS n"
        );
        client.batch_execute(&fill).await.unwrap_or_else(|error| panic!("{fill}: {error:?}"));
        let count = "SELECT count(DISTINCT v::text) FROM random_values";
        let distinct: usize = printed(client, count).await[0][0].as_ref().unwrap().parse().unwrap();
        assert!(distinct > 3, "{expression} is not random: {distinct}");
        cells += compare(client, "SELECT v FROM random_values ORDER BY n", &mut differences).await;
    }
    assert_eq!(cells, RANDOM.len() * ROWS);
    assert_none(differences);
}

/// Floats of random bits, and the neighbourhoods where shortest printers go wrong, read as printed.
pub(crate) async fn floats_of_any_bits_read_as_the_server_prints_them(client: &Client) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut doubles: Vec<f64> = (0..20_000).map(|_| f64::from_bits(random())).collect();
    let mut reals: Vec<f32> = (0..20_000).map(|_| f32::from_bits(random() as u32)).collect();
    // Powers of two, whose lower neighbour is nearer; and decimals that lie half way between two numbers.
    doubles.extend((0..2047u64).map(|exponent| f64::from_bits(exponent << 52)));
    reals.extend((0..255u32).map(|exponent| f32::from_bits(exponent << 23)));
    for _ in 0..5_000 {
        let odd = ((1u64 << 53) + (random() >> 12)) | 1;
        let scale = 5f64.powi((random() % 10) as i32) * 2f64.powi((random() % 40) as i32);
        doubles.push(odd as f64 * scale);
        doubles.push((random() % 1_000_000) as f64 * 10f64.powi((random() % 60) as i32 - 30));
        doubles.push((random() % 100_000_000) as f64 / 10_000.0);
        reals.push((random() % 10_000) as f32 * 10f32.powi((random() % 40) as i32 - 20));
        reals.push(((1u32 << 24) + (random() % (1 << 24)) as u32) as f32 * 5f32.powi((random() % 6) as i32));
    }
    let mut differences = Vec::new();
    client
        .batch_execute("CREATE TEMPORARY TABLE doubles (v float8); CREATE TEMPORARY TABLE reals (v float4)")
        .await
        .unwrap();
    client.execute("INSERT INTO doubles SELECT unnest($1::float8[])", &[&doubles]).await.unwrap();
    client.execute("INSERT INTO reals SELECT unnest($1::float4[])", &[&reals]).await.unwrap();
    compare(client, "SELECT v FROM doubles", &mut differences).await;
    compare(client, "SELECT v FROM reals", &mut differences).await;
    assert_none(differences);
}

/// A test for each check, on an empty database of its own.
macro_rules! on_a_database {
    ($($name:ident: $check:path;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let database = pg_tests::Database::empty().await;
                let client = database.admin().await;
                prepare(&client).await;
                $check(&client).await;
            }
        )*
    };
}

on_a_database! {
    reads_every_type: every_type_reads_as_the_server_prints_it;
    reads_types_without_a_decoder_as_text: types_without_a_decoder_come_as_text;
    reads_catalogs: catalogs_read_as_the_server_prints_them;
    reads_random_values: random_values_read_as_the_server_prints_them;
    reads_floats_of_any_bits: floats_of_any_bits_read_as_the_server_prints_them;
    refuses_damaged_bytes: damaged_bytes_are_errors_and_no_panics;
    binds_json_parameters: parameters::json_parameters_mean_what_they_say;
    takes_back_what_it_gave: parameters::what_comes_out_goes_back_in;
    keeps_awkward_strings: parameters::awkward_strings_survive_every_nesting;
    says_what_would_fit: parameters::misfits_say_what_would_fit;
}
