//! Parquet into a table: what was written of one table makes an equal one.

use std::path::PathBuf;

use pg_core::{Access, Call, ColumnFormat, ErrorReport, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use super::written;
use crate::support::service::{ask, service, told};

/// A file that is removed with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn of(name: &str, bytes: &[u8]) -> Self {
        let name = format!("{name}-{}.parquet", std::process::id());
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, bytes).expect("the folder for temporary files is writable");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[expect(clippy::disallowed_methods, reason = "tests look at the server past the toolkit")]
async fn database_with(tables: &str) -> Database {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute("SET ROLE shop_owner").await.unwrap();
    admin.batch_execute(tables).await.unwrap();
    database
}

async fn copied(service: &Service, file: &Scratch, more: Value) -> Result<Value, ErrorReport> {
    let mut arguments = json!({"input_format": "parquet", "file": file.0});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let call = Call::new(service).with_local_files();
    ask(&call, "copy_in", arguments).await.map_err(|error| error.report())
}

const TABLE: &str = "CREATE TYPE mood AS ENUM ('glad', 'so ''so');
    CREATE TYPE pair AS (a int, b text);
    CREATE TABLE original (
      id int PRIMARY KEY, yes bool, small int2, large int8, o oid, r float4, d float8, n numeric, p numeric(30, 7),
      t text, c varchar(9), b bytea, day date, tm time, ts timestamp, tz timestamptz, gap interval, u uuid,
      j json, jb jsonb, m mood, pr pair, rg int8range, ip inet, tags text[], nums numeric(9, 2)[], days date[],
      bytes bytea[], grid int[], docs jsonb[]);
    INSERT INTO original
      SELECT n, n % 2 = 0, -n, n * 1000000007::int8, n, n / 7.0, n / 7.0, n * 1.10, n * -3.0000001,
        'it''s \"' || n || E'\\n\\t\\\\', NULL, decode(md5(n::text), 'hex'), date '0100-01-01 BC' + n * 500, time '23:59:59.999999',
        timestamp '0044-03-15 12:00:00.000001 BC' + n * interval '200 days', now() + n * interval '1 microsecond',
        n * interval '1 month 2 days 3.000004 seconds', md5(n::text)::uuid, '{\"b\": 1,  \"a\": 1.10}', jsonb_build_object('n', n),
        (enum_range(NULL::mood))[1 + n % 2], ROW(n, 'x,\"y')::pair, int8range(n, NULL), '10.0.0.1/8', ARRAY['a', NULL, '', 'NULL', '{,\"'],
        ARRAY[n * 1.01, NULL], ARRAY[date '2024-02-29'], ARRAY['\\x00ff'::bytea, ''], ARRAY[[1, 2], [3, NULL]],
        ARRAY['[1]'::jsonb, '\"s\"', 'null']
      FROM generate_series(1, 3000) AS n;
    INSERT INTO original (id, d, r, n, tags, t, jb) VALUES
      (0, 'NaN', '-Infinity', 'NaN', '{}', '', 'null'), (-1, '-0', '1e-45', '1e400', NULL, NULL, '\"text\"'), (-2, 5e-324, 3.4028235e38, '-0.000', '{{a}}', 'ä\u{1f600}', '[]');
    CREATE TABLE copy (LIKE original INCLUDING ALL)";

#[tokio::test]
async fn what_was_written_of_a_table_makes_an_equal_table() {
    let database = database_with(TABLE).await;
    // An array of several dimensions has no place among lists, and goes as text.
    let query = "SELECT id, yes, small, large, o, r, d, n, p, t, c, b, day, tm, ts, tz, gap, u, j, jb, m, pr, rg, ip, tags::text AS tags, \
                 nums, days, bytes, grid::text AS grid, docs FROM original";
    let file = Scratch::of("equal", &written(&database, ColumnFormat::Parquet, query).await.unwrap());
    let service = service(&database.owner_url(), Access::Write);
    let answer = copied(&service, &file, json!({"table_name": "copy"})).await.unwrap();
    assert_eq!((&answer["records"], &answer["affected_rows"]), (&json!(3003), &json!(3003)), "{answer}");
    let differ = "SELECT count(*) AS n FROM (SELECT x::text FROM original x EXCEPT ALL SELECT y::text FROM copy y) AS d";
    let rows = told(&service, "execute_query", json!({"query": differ})).await;
    assert_eq!(rows["rows"], json!([{"n": 0}]));
}

#[tokio::test]
async fn a_row_that_fails_is_known_by_its_number() {
    let database =
        database_with("CREATE TABLE t (id int PRIMARY KEY, price numeric CHECK (price >= 0), note text)")
            .await;
    let query = "SELECT n AS id, CASE n WHEN 4000 THEN -1 ELSE n END::numeric(9, 2) AS price, 'x' AS unwanted FROM generate_series(1, 5000) n \
                 UNION ALL SELECT 7, 1, 'twice'";
    let file = Scratch::of("rejects", &written(&database, ColumnFormat::Parquet, query).await.unwrap());
    let service = service(&database.owner_url(), Access::Write);
    let some = json!({"table_name": "t", "columns": ["price", "id"], "on_error": "skip"});
    let answer = copied(&service, &file, some).await.unwrap();
    assert_eq!(answer["affected_rows"], 4999, "{answer}");
    let rejected: Vec<_> = answer["rejected"].as_array().unwrap().iter().collect();
    let lines: Vec<_> = rejected.iter().map(|rejected| rejected["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [4000, 5001]);
    assert_eq!(rejected[0]["raw"], "{\"id\":4000,\"price\":\"-1.00\"}");

    let report = copied(&service, &file, json!({"table_name": "t", "columns": ["prize"]})).await.unwrap_err();
    assert!(report.message.contains("no column `prize`") && report.message.contains("`price`"), "{report}");
    let report = copied(&service, &file, json!({"table_name": "t"})).await.unwrap_err();
    assert!(report.message.contains("unwanted"), "{report}");
    let torn = Scratch::of("torn", b"PAR1 and no more");
    let report = copied(&service, &torn, json!({"table_name": "t"})).await.unwrap_err();
    assert!(report.message.contains("cannot be read as Parquet"), "{report}");
    let arguments = json!({"table_name": "t", "input_format": "parquet", "data": "PAR1"});
    let report = ask(&Call::new(&service), "copy_in", arguments).await.unwrap_err().report();
    assert!(report.message.contains("`file`"), "{report}");
}
