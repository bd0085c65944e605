//! Every catalog query, prepared on the server that the tests run on, against the type of its rows. Which server that is,
//! `PG_TOOLKIT_POSTGRES_BIN` chooses; CONTRIBUTING.md says how to try the other majors.
#![expect(clippy::disallowed_methods, reason = "what the server says of a text is asked past the toolkit")]

use std::collections::BTreeSet;

use pg_core::Access;
use pg_introspect::catalog::QUERIES;
use pg_tests::Database;

use super::Zoo;
use crate::support::service::service;

/// The types that a column of a catalog query may have: each has one form in JSON, on every version.
const TYPES: [&str; 13] = [
    "bool",
    "int4",
    "int8",
    "float8",
    "numeric",
    "text",
    "timestamptz",
    "json",
    "_text",
    "_int4",
    "_int8",
    "_float8",
    "_bool",
];

#[tokio::test]
async fn every_catalog_query_prepares_with_the_columns_of_its_row_type() {
    let zoo = Zoo::counting().await;
    let admin = zoo.database.admin().await;
    let version: i32 = admin
        .query_one("SELECT current_setting('server_version_num')::int4 / 10000", &[])
        .await
        .unwrap()
        .get(0);
    let mut wrong = Vec::new();
    for query in QUERIES {
        let name = query.name();
        let text = query.text_for(version.unsigned_abs()).unwrap();
        let prepared = match admin.prepare(text).await {
            Ok(prepared) => prepared,
            Err(failure) => {
                wrong.push(format!("{name} does not prepare: {:?}", failure.as_db_error()));
                continue;
            }
        };
        let columns: BTreeSet<&str> = prepared.columns().iter().map(|column| column.name()).collect();
        let fields: BTreeSet<&str> = query.fields().iter().copied().collect();
        if columns != fields {
            wrong.push(format!("{name}: columns {columns:?}, fields {fields:?}"));
        }
        let casts = prepared.columns().iter().filter(|column| !TYPES.contains(&column.type_().name()));
        wrong.extend(casts.map(|column| format!("{name}: {} is {}", column.name(), column.type_())));
    }
    assert!(wrong.is_empty(), "on PostgreSQL {version}: {wrong:#?}");
}

/// Queries that only roles with a privilege may run; what stands on them is unknown to others.
const RESTRICTED: [&str; 3] = ["check_access", "check_files", "check_wal"];

/// Roles without any privilege read what they may, on every version.
#[tokio::test]
async fn every_catalog_query_prepares_for_a_role_without_privileges() {
    let zoo = Zoo::counting().await;
    let reader = service(&zoo.database.reader_url(), Access::Read);
    let connection = reader.connection(None).unwrap();
    for query in QUERIES {
        let parameters = super::parameters(query.name(), &zoo.database).await;
        let rows =
            query.check(&pg_core::Call::new(&reader), &connection, parameters.as_array().unwrap()).await;
        match rows {
            Err(error) if RESTRICTED.contains(&query.name()) => {
                assert_eq!(error.report().sqlstate.as_deref(), Some("42501"), "{}", error.report());
            }
            Err(error) => panic!("{}: {}", query.name(), error.report()),
            Ok(_) => assert!(!RESTRICTED.contains(&query.name()), "{} is not restricted", query.name()),
        }
    }
}

/// Operators that fit better than the server's own, as anybody may make who may create in a schema of the search path: a text that calls one
/// does not prepare, since they give points.
const BETTER_OPERATORS: &str = r#"
DO $$
DECLARE
    one text; other text; symbol text;
    types text[] := '{"\"char\"",bool,float4,float8,int2,int4,int8,interval,name,numeric,oid,pg_lsn,regclass,regnamespace,regproc,regtype,regrole,
        text,timestamptz,timestamp,varchar,xid,json,jsonb,inet,bytea,tid,int2vector,oidvector,"\"char\"[]","int2[]","int4[]","int8[]","name[]",
        "oid[]","text[]","float4[]"}';
BEGIN
    FOREACH one IN ARRAY types LOOP
        FOREACH other IN ARRAY types LOOP
            EXECUTE format('CREATE FUNCTION public.better(%s, %s) RETURNS point IMMUTABLE LANGUAGE sql AS $f$SELECT point(1, 1)$f$', one, other);
            FOREACH symbol IN ARRAY '{=,<>,<,>,<=,>=,+,-,*,/,||,~,!~,~~,!~~,~*,~~*,&&,@>,<@,%,&,|,->,->>}'::text[] LOOP
                BEGIN
                    EXECUTE format('CREATE OPERATOR public.%s (leftarg = %s, rightarg = %s, function = public.better)', symbol, one, other);
                EXCEPTION WHEN undefined_function OR invalid_function_definition THEN NULL;
                END;
            END LOOP;
        END LOOP;
    END LOOP;
END $$"#;

/// Types that stand before the server's own, as the owner of a database may put them there.
const BETTER_TYPES: &str = "CREATE SCHEMA evil; CREATE DOMAIN evil.int8 AS point; CREATE DOMAIN evil.text AS point;
    CREATE DOMAIN evil.oid AS point; CREATE DOMAIN evil.int4 AS point; CREATE DOMAIN evil.name AS point;
    CREATE DOMAIN evil.regclass AS point; CREATE DOMAIN evil.float8 AS point; GRANT USAGE ON SCHEMA evil TO PUBLIC;
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = evil, public, pg_catalog', current_database()); END $$";

#[tokio::test]
async fn no_catalog_query_calls_what_others_put_on_the_search_path() {
    let zoo = Zoo::counting().await;
    let mut asked = Vec::new();
    for query in QUERIES {
        let parameters = super::parameters(query.name(), &zoo.database).await;
        asked.push((query, parameters.as_array().unwrap().clone()));
    }
    let admin = zoo.database.admin().await;
    admin.batch_execute(BETTER_OPERATORS).await.unwrap();
    admin.batch_execute(BETTER_TYPES).await.unwrap();
    let met =
        zoo.database.admin().await.prepare("SELECT 1 FROM pg_class WHERE reltuples > 0").await.unwrap_err();
    assert_eq!(met.code().map(|state| state.code()), Some("42804"), "the operators fit: {met}");
    let service = service(&zoo.database.url(), Access::Read);
    let connection = service.connection(None).unwrap();
    let mut wrong = Vec::new();
    for (query, parameters) in asked {
        if let Err(error) = query.check(&pg_core::Call::new(&service), &connection, &parameters).await {
            wrong.push(format!("{}: {}", query.name(), error.report()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), QUERIES.len());
}

/// A text that is wrong for its type is found: the first test can fail.
#[tokio::test]
async fn a_column_too_many_would_be_seen() {
    let database = Database::empty().await;
    let prepared = database.admin().await.prepare("SELECT 1::oid AS pid").await.unwrap();
    let columns = prepared.columns();
    assert!(!TYPES.contains(&columns[0].type_().name()));
    let schemas = QUERIES.iter().find(|query| query.name() == "schemas").unwrap();
    assert!(schemas.fields().contains(&"owner") && !schemas.fields().contains(&"pid"));
}
