//! Rows by column: what is read back from Arrow and Parquet is what the server has.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a check that cannot go on has failed")]

mod copying;

use std::io::Cursor;

use arrow_array::{Array, RecordBatch, cast::AsArray, types};
use arrow_schema::DataType;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use pg_core::{Access, Call, ColumnFormat, ErrorReport, RowWriter};
use pg_tests::Database;
use serde_json::json;
use tokio::io::{AsyncReadExt, duplex};

use crate::support::service::{ask, service};

/// The bytes of a query's rows in a format, or why there are none.
async fn written(database: &Database, format: ColumnFormat, query: &str) -> Result<Vec<u8>, ErrorReport> {
    let service = service(&database.owner_url(), Access::Write);
    let (mut reader, writer) = duplex(64 << 10);
    let call = Call::new(&service).with_rows_to(RowWriter::columns(format, writer));
    let read = tokio::spawn(async move {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).await.expect("the stream ends");
        bytes
    });
    let answer = ask(&call, "execute_query", json!({"query": query})).await.map_err(|error| error.report());
    drop(call);
    let bytes = read.await.expect("the reader ends");
    let count = answer?["row_count"].as_u64().expect("a count");
    let rows: usize = batches(format, bytes.clone()).iter().map(RecordBatch::num_rows).sum();
    assert_eq!(rows as u64, count);
    Ok(bytes)
}

fn batches(format: ColumnFormat, bytes: Vec<u8>) -> Vec<RecordBatch> {
    match format {
        ColumnFormat::Parquet => {
            let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).expect("it is Parquet");
            reader.build().expect("it can be read").map(|batch| batch.expect("a batch")).collect()
        }
        ColumnFormat::Arrow => {
            let reader = arrow_ipc::reader::StreamReader::try_new(Cursor::new(bytes), None);
            reader.expect("it is a stream of Arrow").map(|batch| batch.expect("a batch")).collect()
        }
    }
}

async fn read(database: &Database, format: ColumnFormat, query: &str) -> Vec<RecordBatch> {
    let bytes = written(database, format, query).await;
    batches(format, bytes.unwrap_or_else(|report| panic!("{query}: {report}")))
}

const FORMATS: [ColumnFormat; 2] = [ColumnFormat::Parquet, ColumnFormat::Arrow];

/// A value as PostgreSQL writes it, or, of dates and times, as the number that Arrow holds.
fn shown(column: &dyn Array, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Int16 => column.as_primitive::<types::Int16Type>().value(row).to_string(),
        DataType::Int32 => column.as_primitive::<types::Int32Type>().value(row).to_string(),
        DataType::Int64 => column.as_primitive::<types::Int64Type>().value(row).to_string(),
        DataType::UInt32 => column.as_primitive::<types::UInt32Type>().value(row).to_string(),
        DataType::Float32 => column.as_primitive::<types::Float32Type>().value(row).to_string(),
        DataType::Float64 => column.as_primitive::<types::Float64Type>().value(row).to_string(),
        DataType::Decimal128(..) => column.as_primitive::<types::Decimal128Type>().value_as_string(row),
        DataType::Date32 => column.as_primitive::<types::Date32Type>().value(row).to_string(),
        DataType::Time64(_) => column.as_primitive::<types::Time64MicrosecondType>().value(row).to_string(),
        DataType::Timestamp(..) => {
            column.as_primitive::<types::TimestampMicrosecondType>().value(row).to_string()
        }
        DataType::Binary => {
            let bytes = column.as_binary::<i32>().value(row);
            bytes.iter().map(|byte| format!("{byte:02x}")).collect()
        }
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::List(_) => {
            let list = column.as_list::<i32>().value(row);
            let items: Vec<String> =
                (0..list.len()).map(|item| shown(&list, item).unwrap_or_else(|| "NULL".into())).collect();
            format!("{{{}}}", items.join(","))
        }
        other => panic!("{other}"),
    })
}

/// Each pair of columns is a value, and what is expected of it as text.
#[tokio::test]
async fn every_row_comes_back_as_the_server_has_it() {
    let database = Database::empty().await;
    let pairs = [
        ("n % 2 = 0", "(n % 2 = 0)::text", DataType::Boolean),
        ("(n - 10000)::int2", "(n - 10000)::text", DataType::Int16),
        ("n * 100000", "(n * 100000)::text", DataType::Int32),
        ("n * -400000000000000::int8", "(n * -400000000000000::int8)::text", DataType::Int64),
        ("(4294967295 - n)::oid", "(4294967295 - n)::text", DataType::UInt32),
        ("(n / 8.0)::float4", "((n / 8.0)::float4)::text", DataType::Float32),
        ("n / 16::float8", "(n / 16::float8)::text", DataType::Float64),
        (
            "((n - 9000) * 1.01)::numeric(12, 3)",
            "((n - 9000) * 1.01)::numeric(12, 3)::text",
            DataType::Decimal128(12, 3),
        ),
        ("repeat('9', 38)::numeric(38, 0)", "repeat('9', 38)", DataType::Decimal128(38, 0)),
        ("(n * 1.5)::numeric", "(n * 1.5)::numeric::text", DataType::Utf8),
        ("decode(md5(n::text), 'hex')", "md5(n::text)", DataType::Binary),
        (
            "date '0044-03-15 BC' + n * 50",
            "(date '0044-03-15 BC' + n * 50 - date '1970-01-01')::text",
            DataType::Date32,
        ),
        (
            "time '00:00:01' + n * interval '1 microsecond'",
            "(1000000 + n)::text",
            DataType::Time64(arrow_schema::TimeUnit::Microsecond),
        ),
        (
            "timestamp '1969-12-31 23:59:59' + n * interval '1 microsecond'",
            "(n - 1000000)::text",
            DataType::Timestamp(arrow_schema::TimeUnit::Microsecond, None),
        ),
        (
            "timestamptz '1970-01-01 00:00:00+00' - n * interval '1 microsecond'",
            "(-n)::text",
            DataType::Timestamp(arrow_schema::TimeUnit::Microsecond, Some("UTC".into())),
        ),
        ("md5(n::text)::uuid", "md5(n::text)::uuid::text", DataType::Utf8),
        (
            "make_interval(days => n, secs => 1.5)",
            "make_interval(days => n, secs => 1.5)::text",
            DataType::Utf8,
        ),
        ("jsonb_build_object('n', n)", "jsonb_build_object('n', n)::text", DataType::Utf8),
        ("'ż ' || n", "'ż ' || n", DataType::Utf8),
        ("int4range(n, n + 5)", "int4range(n, n + 5)::text", DataType::Utf8),
        ("CASE WHEN n % 3 > 0 THEN n END", "CASE WHEN n % 3 > 0 THEN n::text END", DataType::Int32),
    ];
    let columns: Vec<String> = pairs.iter().map(|(value, text, _)| format!("{value}, {text}")).collect();
    let query = format!("SELECT {} FROM generate_series(1, 20000) AS n", columns.join(", "));
    for format in FORMATS {
        let batches = read(&database, format, &query).await;
        assert!(batches.len() > 1, "it came in one batch");
        for batch in &batches {
            for (index, (value, _, data_type)) in pairs.iter().enumerate() {
                let (column, expected) = (batch.column(index * 2), batch.column(index * 2 + 1));
                assert_eq!(column.data_type(), data_type, "{value}");
                for row in 0..batch.num_rows() {
                    assert_eq!(shown(column, row), shown(expected, row), "{value}");
                }
            }
        }
    }
}

#[tokio::test]
async fn arrays_of_one_dimension_are_lists() {
    let database = Database::empty().await;
    let query = "SELECT ARRAY[1, NULL, 3] AS i, '{}'::text[] AS none, NULL::date[] AS missing, ARRAY['a,b', ''] AS t,
        ARRAY[1.50, -2]::numeric(6, 2)[] AS d, ARRAY[md5('x')::uuid] AS u UNION ALL SELECT '{7}', '{x}', '{}', '{}', '{}', '{}'";
    for format in FORMATS {
        let batch = &read(&database, format, query).await[0];
        let rows: Vec<Vec<Option<String>>> =
            (0..2).map(|row| batch.columns().iter().map(|column| shown(column, row)).collect()).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            rows[0],
            [
                text("{1,NULL,3}"),
                text("{}"),
                None,
                text("{a,b,}"),
                text("{1.50,-2.00}"),
                text("{9dd4e461-268c-8034-f5c8-564e155c67a6}"),
            ]
        );
        assert_eq!(rows[1], [text("{7}"), text("{x}"), text("{}"), text("{}"), text("{}"), text("{}")]);
    }
}

#[tokio::test]
async fn what_has_no_place_is_an_error_that_names_the_column() {
    let database = Database::empty().await;
    for (value, words) in [
        ("'infinity'::timestamptz", "`infinity`"),
        ("'-infinity'::date", "`-infinity`"),
        ("'NaN'::numeric(6, 2)", "`NaN`"),
        ("'24:00'::time", "`24:00:00`"),
        ("ARRAY[[1, 2], [3, 4]]", "several dimensions"),
        ("'[0:1]={1,2}'::int[]", "begin at 1"),
    ] {
        for format in FORMATS {
            let report = written(&database, format, &format!("SELECT {value} AS odd")).await.unwrap_err();
            let said = report.to_string();
            assert!(said.contains("`odd`") && said.contains(words) && said.contains("text"), "{said}");
            let cast = format!("SELECT ({value})::text AS odd");
            assert_eq!(read(&database, format, &cast).await[0].num_rows(), 1);
        }
    }
    let report = written(&database, ColumnFormat::Parquet, "SELECT").await.unwrap_err();
    assert!(report.to_string().contains("no columns"), "{report}");
}

#[tokio::test]
async fn results_without_rows_and_rows_of_writes_are_files_too() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    #[expect(clippy::disallowed_methods, reason = "a test prepares past the toolkit")]
    admin.batch_execute("SET ROLE shop_owner; CREATE TABLE t (n int, x text)").await.expect("a table");
    for format in FORMATS {
        let bytes =
            written(&database, format, "SELECT n AS a, n AS a, x FROM t").await.expect("an empty file");
        assert!(batches(format, bytes).iter().all(|batch| batch.num_rows() == 0));
        let batch = &read(&database, format, "INSERT INTO t VALUES (1, 'x'), (2, NULL) RETURNING *").await[0];
        assert_eq!((batch.num_rows(), shown(batch.column(1), 1)), (2, None));
        assert_eq!(
            batch.schema().field(0).metadata().get("postgresql.type").map(String::as_str),
            Some("integer")
        );
        assert_eq!(
            read(&database, format, "DELETE FROM t RETURNING n AS a, n AS a").await[0]
                .schema()
                .field(1)
                .name(),
            "a_2"
        );
    }
}

#[tokio::test]
async fn the_command_line_writes_files_and_no_terminal_sees_bytes() {
    let database = Database::shop().await;
    let folder = std::env::temp_dir().join(format!("pg-columnar-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, format) in [("parquet", ColumnFormat::Parquet), ("arrow", ColumnFormat::Arrow)] {
        let file = folder.join(name);
        let mut command = std::process::Command::new(pg_tests::binary("pg-cli"));
        command.env_clear().env("DATABASE_URL", database.reader_url());
        let query = "SELECT order_id, total_amount FROM orders ORDER BY order_id";
        let ended =
            command.args(["query", query, "--format", name, "-o"]).arg(&file).output().expect("it runs");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        let rows: usize =
            batches(format, std::fs::read(&file).expect("a file")).iter().map(RecordBatch::num_rows).sum();
        assert_eq!(rows, 2500);

        let mut command = std::process::Command::new(pg_tests::binary("pg-cli"));
        command.env_clear().env("DATABASE_URL", database.reader_url());
        let ended = command.args(["list-tables", "--format", name]).output().expect("it runs");
        assert_eq!((ended.status.code(), ended.stdout.len()), (Some(2), 0));
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(said.contains("rows of a statement"), "{said}");
    }
    std::fs::remove_dir_all(&folder).expect("the folder goes");
}
