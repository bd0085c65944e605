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
public st_point i postgis
public st_geogfromtext i postgis
public st_centroid i postgis
public st_simplify i postgis
public st_asmvtgeom i postgis
public st_asmvt i postgis
public st_makeline i postgis
public st_dump i postgis
public st_geohash i postgis
public st_envelope i postgis
public st_within i postgis
public st_collectionextract i postgis
public st_subdivide i postgis
public st_clusterdbscan i postgis
public st_srid i postgis
public st_extent i postgis
public st_hexagongrid i postgis
public st_tileenvelope i postgis
public st_geomfromgeojson i postgis
public st_isvalid i postgis
public st_perimeter i postgis
public st_azimuth i postgis
public st_linelocatepoint i postgis
public st_snaptogrid i postgis
public st_value i postgis
public st_clip i postgis
public st_asgdalraster i postgis
public st_asraster i postgis
public postgis_version s postgis
public postgis_full_version s postgis
public st_estimatedextent s postgis
public find_srid s postgis
public find_extent s postgis
public addgeometrycolumn v postgis
public dropgeometrycolumn v postgis
public updategeometrysrid v postgis
public postgis_extensions_upgrade v postgis
public populate_geometry_columns v postgis
public st_fromflatgeobuftotable v postgis
public lockrow v postgis
public enablelongtransactions v postgis
public _postgis_stats v postgis
public st_fromgdalraster i postgis_raster
public st_addband i postgis_raster
public st_mapalgebra i postgis_raster
public st_retile s postgis_raster
public st_valuecount s postgis_raster
public st_createoverview v postgis_raster
public addrasterconstraints v postgis_raster
topology gettopogeomelements s postgis_topology
topology st_getfacegeometry s postgis_topology
topology getnodebypoint s postgis_topology
topology createtopology v postgis_topology
topology droptopology v postgis_topology
topology topogeo_addpoint v postgis_topology
topology addtopogeometrycolumn v postgis_topology
topology validatetopology v postgis_topology
public inner_product i vector
public l1_distance i vector
public vector_norm i vector
public l2_normalize i vector
public subvector i vector
public binary_quantize i vector
public hamming_distance i vector
public time_bucket_gapfill v timescaledb
public locf v timescaledb
public interpolate v timescaledb
public create_hypertable v timescaledb
public drop_chunks v timescaledb
public add_job v timescaledb
public add_retention_policy v timescaledb
public hypertable_size v timescaledb
public compress_chunk v timescaledb
public show_chunks s timescaledb
public skeys i hstore
public svals i hstore
public hstore_to_json i hstore
public cube i cube
public cube_distance i cube
public earth_distance i earthdistance
public ll_to_earth i earthdistance
public earth_box i earthdistance
public metaphone i fuzzystrmatch
public dmetaphone i fuzzystrmatch
public idx i intarray
public uniq i intarray
public sort_asc i intarray
public isbn i isn
public is_valid i isn
public isn_weak i isn
public system_rows v tsm_system_rows
public system_time v tsm_system_time
public crosstab2 s tablefunc
public connectby s tablefunc
public normal_rand v tablefunc
public xpath_string i xml2
public xpath_table s xml2
cron schedule v pg_cron
cron unschedule v pg_cron
cron alter_job v pg_cron
cron schedule_in_database v pg_cron
net http_get v pg_net
net http_post v pg_net
public http v http
public http_post v http
aws_s3 table_import_from_s3 v aws_s3
aws_s3 query_export_to_s3 v aws_s3
aws_lambda invoke s aws_lambda
azure_openai create_embeddings s azure_ai
azure_storage blob_get s azure_storage
pgml embed i pgml
pgml predict i pgml
pgml train v pgml
pgml load_dataset v pgml
pgml transform s pgml
ai openai_embed p ai
ai describe_image p ai
public get_raw_page v pageinspect
public heap_page_items v pageinspect
public bt_page_items v pageinspect
public pgstattuple v pgstattuple
public pgstatindex v pgstattuple
public pg_buffercache_pages v pg_buffercache
public pg_buffercache_evict v pg_buffercache
public pg_visibility_map v pg_visibility
public pg_truncate_visibility_map v pg_visibility
public bt_index_check v amcheck
public bt_index_parent_check v amcheck
public verify_heapam v amcheck
public heap_force_kill v pg_surgery
public pgrowlocks v pgrowlocks
public hypopg_create_index v hypopg
public hypopg v hypopg
public pg_file_write v adminpack
public pg_logdir_ls v adminpack
public ssl_is_used v sslinfo
public ssl_client_dn v sslinfo
public pg_prewarm v pg_prewarm
ag_catalog cypher s age
public results_eq s pgtap
public lives_ok s pgtap
public set_user s set_user
public oracle_execute s oracle_fdw
public run_command_on_workers s citus
duckdb read_csv s pg_duckdb
duckdb raw_query s pg_duckdb
public pg_dirtyread s pg_dirtyread
graphql resolve s pg_graphql
utl_file fopen v orafce
public pg_get_wal_records_info v pg_walinspect
partman run_maintenance v pg_partman
partman create_parent v pg_partman
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
public <+> i vector
public <~> i vector
public ? i hstore
public <@> i earthdistance
public <<% i pg_trgm
public @@ i intarray
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
    ("public", "raster", None, None),
    ("public", "sparsevec", None, None),
    ("public", "cube", None, None),
    ("public", "isbn", None, None),
    ("public", "query_int", None, None),
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
            'i' | 'p' => Volatility::Immutable,
            's' | 'd' => Volatility::Stable,
            _ => Volatility::Volatile,
        },
        security_definer: letter == 'd',
        language: if ['u', 'p'].contains(&letter) { "plpython3u" } else { "sql" }.to_owned(),
        trusted_language: !['u', 'p'].contains(&letter),
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
