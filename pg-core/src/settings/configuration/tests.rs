//! The configuration as a whole: sources laid over each other, and what is said of mistakes.

use std::path::Path;
use std::time::Duration;

use pg_policy::{Access, StatementKinds};

use super::super::{ConnectionOptions, Environment};
use super::*;

mod profiles;
mod telemetry;

const FILE: &str = "/etc/pg.toml";

fn load(
    text: &str,
    variables: &[(&str, &str)],
    overrides: Overrides,
) -> Result<Configuration, ConfigurationError> {
    let environment = variables.iter().copied().collect::<Environment>().with_user("ada");
    let draft = file::parse(Path::new(FILE), text.to_owned(), &environment)?;
    Configuration::lay(draft, &environment, overrides)
}

fn loaded(text: &str, variables: &[(&str, &str)]) -> Configuration {
    load(text, variables, Overrides::default()).unwrap_or_else(|error| panic!("{text}: {}", chain(&error)))
}

fn with(text: &str, variables: &[(&str, &str)], overrides: Overrides) -> Configuration {
    load(text, variables, overrides).unwrap_or_else(|error| panic!("{text}: {}", chain(&error)))
}

fn refused(text: &str, variables: &[(&str, &str)]) -> String {
    let error = load(text, variables, Overrides::default()).expect_err(text);
    format!("{}\n{error:?}", chain(&error))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(": {error}");
        source = error.source();
    }
    text
}

fn target(configuration: &Configuration, name: &str) -> String {
    configuration.connections[name].settings.targets()[0].to_string()
}

fn kinds(words: &str) -> StatementKinds {
    words.parse().unwrap()
}

/// One connection over TCP, with what is given in the file's section.
fn one(keys: &str) -> String {
    format!("[connections.c]\nhost = \"h\"\n{keys}\n")
}

#[test]
fn reads_the_whole_file() {
    let configuration = loaded(
        r#"
        [connections.shop]
        url = "postgresql://reader@db.example/shop"
        password = "hunter2"
        sslmode = "require"
        connect_timeout = 5
        keepalives = false
        access = "write"
        pool_size = 4
        search_path = ["shop", "public"]
        label = "Shop, production"
        [connections.shop.limits]
        rows = 10
        max_rows = 100
        max_bytes = 2048
        statement_timeout_ms = 1500
        lock_timeout_ms = 500
        [connections.shop.policy]
        allowed_operations = ["select"]
        blocked_operations = ["truncate"]
        allowed_functions = ["now"]
        max_statement_bytes = 4096

        [connections.other]
        host = "h"
        port = 6000

        [defaults]
        access = "schema"
        pool_size = 3
        [server]
        listen = "0.0.0.0:8080"
        allowed_origins = ["https://a.example"]
        connect_hosts = ["db.example"]
        [logging]
        level = "debug"
        log_statements = true
        slow_statement_ms = 250
        "#,
        &[],
    );
    let shop = &configuration.connections["shop"];
    assert_eq!(
        (shop.access, shop.pool_size, shop.label.as_deref()),
        (Access::Write, 4, Some("Shop, production"))
    );
    assert_eq!(shop.search_path, ["shop", "public"]);
    assert_eq!(shop.settings.user(), "reader");
    assert_eq!(shop.settings.connect_timeout(), Some(Duration::from_secs(5)));
    assert_eq!(
        shop.limits,
        Limits {
            rows: 10,
            max_rows: 100,
            max_bytes: 2048,
            answer_bytes: 2048,
            statement_timeout: Duration::from_millis(1500),
            lock_timeout: Duration::from_millis(500),
            ..Limits::default()
        }
    );
    assert_eq!(
        shop.policy,
        PolicyOptions {
            rules: RuleOptions::default(),
            allowed_operations: Some(kinds("select")),
            blocked_operations: kinds("truncate"),
            allowed_functions: vec!["now".to_owned()],
            max_statement_bytes: 4096,
            ..PolicyOptions::default()
        }
    );
    let other = &configuration.connections["other"];
    assert_eq!((other.access, other.pool_size, other.limits), (Access::Schema, 3, Limits::default()));
    assert_eq!(target(&configuration, "other"), "h:6000");
    assert_eq!(configuration.server.listen.as_ref().unwrap().to_string(), "0.0.0.0:8080");
    assert_eq!(configuration.server.connect_hosts, ["db.example"]);
    assert_eq!(configuration.logging.slow_statement, Duration::from_millis(250));
    assert_eq!((configuration.logging.level, configuration.logging.log_statements), (LogLevel::Debug, true));
    assert!(!format!("{configuration:?}").contains("hunter2"));
}

// One test for each row of the table in the module's documentation.

#[test]
fn the_default_connection_comes_from_command_line_then_urls_then_parts_then_file() {
    let file = "[connections.default]\nhost = \"file\"\naccess = \"write\"\n";
    let url = ("DATABASE_URL", "postgresql://url");
    let uri = ("DATABASE_URI", "postgresql://uri");
    let parts =
        [("DB_HOST", "parts"), ("DB_PORT", "1"), ("DB_NAME", "d"), ("DB_USER", "u"), ("DB_PASSWORD", "p")];
    let libpq = ("PGHOST", "libpq");

    assert_eq!(target(&loaded(file, &[]), "default"), "file:5432");
    let from_parts = loaded(file, &parts);
    assert_eq!(target(&from_parts, "default"), "parts:1");
    assert_eq!(from_parts.connections["default"].settings.database(), "d");
    assert_eq!(from_parts.connections["default"].access, Access::Write, "the rest of the file's entry stays");
    assert_eq!(target(&loaded(file, &[&parts[..], &[uri]].concat()), "default"), "uri:5432");
    assert_eq!(target(&loaded(file, &[&parts[..], &[uri, url]].concat()), "default"), "url:5432");
    let overrides = Overrides {
        connection: ConnectionOptions::from_conninfo("host=line").unwrap(),
        ..Overrides::default()
    };
    let configuration = with(file, &[url], overrides);
    assert_eq!(target(&configuration, "default"), "line:5432");
    assert_eq!(
        loaded("", &[("DB_HOST", "h"), ("DB_DATABASE", "d")]).connections["default"].settings.database(),
        "d"
    );

    assert_eq!(target(&loaded("", &[libpq]), "default"), "libpq:5432");
    let with_others = loaded(&one(""), &[libpq]);
    assert!(
        !with_others.connections.contains_key("default"),
        "libpq's variables alone add none to the file's"
    );
    assert!(loaded("", &[]).connections.is_empty());
    assert!(loaded("", &[url, uri]).warnings[0].contains("DATABASE_URL"));
}

#[test]
fn the_command_line_changes_single_options_unless_it_says_where() {
    let connection = |conninfo: &str| Overrides {
        connection: ConnectionOptions::from_conninfo(conninfo).unwrap(),
        ..Overrides::default()
    };
    let variables = &[("DATABASE_URL", "postgresql://u:hunter2@url/d")];
    let settings = &with("", variables, connection("dbname=other")).connections["default"].settings;
    assert_eq!(
        (settings.targets()[0].to_string().as_str(), settings.database(), settings.user()),
        ("url:5432", "other", "u")
    );
    let settings = &with("", variables, connection("host=elsewhere")).connections["default"].settings;
    assert_eq!(
        (settings.user(), settings.password.as_ref()),
        ("ada", None),
        "no password of another host goes there"
    );
}

#[test]
fn missing_options_come_from_libpqs_variables() {
    let configuration = loaded(&one(""), &[("PGPORT", "7000"), ("PGSSLMODE", "require")]);
    assert_eq!(target(&configuration, "c"), "h:7000");
}

#[test]
fn access_comes_from_command_line_then_connection_then_defaults() {
    let access = |text: &str, variables: &[(&str, &str)], access: Option<Access>| {
        with(text, variables, Overrides { access, ..Overrides::default() }).connections["c"].access
    };
    let plain = &one("");
    let own = &one("access = \"schema\"");
    let defaults = &format!("{plain}[defaults]\naccess = \"write\"\n");
    assert_eq!(access(plain, &[], None), Access::Read);
    assert_eq!(access(own, &[], None), Access::Schema);
    assert_eq!(access(defaults, &[], None), Access::Write);
    assert_eq!(access(own, &[], Some(Access::Admin)), Access::Admin);
    assert_eq!(access(plain, &[("READONLY_MODE", "false")], None), Access::Write);
    assert_eq!(access(own, &[("READONLY_MODE", "false")], None), Access::Schema);
    assert_eq!(access(own, &[("READONLY_MODE", "false")], Some(Access::Read)), Access::Read);
}

#[test]
fn readonly_mode_stands_above_everything() {
    let overrides = Overrides { access: Some(Access::Admin), ..Overrides::default() };
    let configuration = with(&one("access = \"admin\""), &[("READONLY_MODE", "true")], overrides);
    assert_eq!(
        (configuration.connections["c"].access, configuration.defaults.access),
        (Access::Read, Access::Read)
    );
}

#[test]
fn pool_size_comes_from_connection_then_variable_then_defaults() {
    let size = |text: &str, variables: &[(&str, &str)]| loaded(text, variables).connections["c"].pool_size;
    let variable = [("DEFAULT_POOL_SIZE", "7")];
    let defaults = &format!("{}[defaults]\npool_size = 5\n", one(""));
    assert_eq!(size(&one(""), &[]), 10);
    assert_eq!(size(defaults, &[]), 5);
    assert_eq!(size(defaults, &variable), 7);
    assert_eq!(size(&one("pool_size = 3"), &variable), 3);
}

#[test]
fn max_connections_caps_every_pool() {
    let configuration = loaded(&one("pool_size = 30"), &[("MAX_CONNECTIONS", "20")]);
    assert_eq!((configuration.connections["c"].pool_size, configuration.defaults.pool_size), (20, 10));
    assert_eq!(configuration.defaults.max_pool_size, Some(20));
    assert!(configuration.warnings[0].contains("MAX_CONNECTIONS"));
    assert_eq!(loaded(&one(""), &[("MAX_CONNECTIONS", "4")]).connections["c"].pool_size, 4);
}

#[test]
fn the_narrowest_statement_timeout_holds() {
    let own = &one("[connections.c.limits]\nstatement_timeout_ms = 5000");
    let timeout = |text: &str, variables: &[(&str, &str)], statement_timeout: Option<Duration>| {
        let overrides = Overrides { statement_timeout, ..Overrides::default() };
        with(text, variables, overrides).connections["c"].limits.statement_timeout
    };
    let seconds = Duration::from_secs;
    assert_eq!(timeout(&one(""), &[], None), seconds(30));
    assert_eq!(timeout(own, &[], None), seconds(5));
    assert_eq!(timeout(own, &[("QUERY_TIMEOUT", "20")], None), seconds(5));
    assert_eq!(timeout(own, &[("QUERY_TIMEOUT", "250ms")], None), Duration::from_millis(250));
    assert_eq!(timeout(own, &[("QUERY_TIMEOUT", "4")], Some(seconds(3))), seconds(3));
    assert_eq!(timeout(own, &[], Some(seconds(60))), seconds(5));
    assert_eq!(timeout(&one(""), &[("QUERY_TIMEOUT", "60")], None), seconds(60), "a default gives way");
    assert_eq!(timeout(&one(""), &[], Some(seconds(60))), seconds(60), "a default gives way");
}

#[test]
fn limits_come_from_connection_then_defaults() {
    let text = format!("{}[defaults.limits]\nlock_timeout_ms = 7\nrows = 20\nmax_rows = 40\n", one(""));
    let limits = loaded(&text, &[]).connections["c"].limits;
    assert_eq!((limits.lock_timeout, limits.rows, limits.max_rows), (Duration::from_millis(7), 20, 40));
    assert_eq!(limits.max_bytes, 1024 * 1024);
    let limits = loaded(&one("[connections.c.limits]\nmax_rows = 5"), &[]).connections["c"].limits;
    assert_eq!((limits.rows, limits.max_rows), (5, 5));
    let limits = loaded(&one("[connections.c.limits]\nrows = 50000"), &[]).connections["c"].limits;
    assert_eq!((limits.rows, limits.max_rows), (50_000, 50_000));
    assert!(refused(&one("[connections.c.limits]\nrows = 9\nmax_rows = 5"), &[]).contains("max_rows"));
}

#[test]
fn allowed_operations_are_those_that_variable_and_file_have_in_common() {
    let text =
        &one("access = \"write\"\n[connections.c.policy]\nallowed_operations = [\"select\", \"delete\"]\n\
         blocked_operations = [\"drop\"]");
    let variables = [("ALLOWED_OPERATIONS", "select, insert,"), ("BLOCKED_KEYWORDS", "TRUNCATE")];
    let policy = &loaded(text, &variables).connections["c"].policy;
    assert_eq!(policy.allowed_operations, Some(kinds("select")));
    assert_eq!(policy.blocked_operations, kinds("drop, truncate"));
    let policy = &loaded(&one(""), &variables).connections["c"].policy;
    assert_eq!(policy.allowed_operations, Some(kinds("select, insert")));
    assert_eq!(loaded(&one(""), &[]).connections["c"].policy, PolicyOptions::default());
    let message = refused(text, &[("ALLOWED_OPERATIONS", "insert")]);
    assert!(message.contains("[connections.c]") && message.contains("in common"), "{message}");
}

#[test]
fn the_shorter_statement_length_holds() {
    let text = &one("[connections.c.policy]\nmax_statement_bytes = 5000");
    let length = |text: &str, variables: &[(&str, &str)]| {
        loaded(text, variables).connections["c"].policy.max_statement_bytes
    };
    let long = [("MAX_QUERY_LENGTH", "9000000")];
    assert_eq!((length(text, &[]), length(text, &long)), (5000, 5000));
    assert_eq!(length(text, &[("MAX_QUERY_LENGTH", "4000")]), 4000);
    assert_eq!(length(&one(""), &long), 9_000_000, "a default gives way");
}

#[test]
fn listen_address_comes_from_command_line_then_variables_then_file() {
    let text = "[server]\nlisten = \"h:1\"\n";
    let listen = |text: &str, variables: &[(&str, &str)], listen: Option<&str>| {
        let listen = listen.map(|text| text.parse().unwrap());
        with(text, variables, Overrides { listen, ..Overrides::default() })
            .server
            .listen
            .map(|it| it.to_string())
    };
    assert_eq!(listen("", &[], None), None);
    assert_eq!(listen(text, &[], None).as_deref(), Some("h:1"));
    assert_eq!(listen(text, &[("MCP_SERVER_PORT", "2")], None).as_deref(), Some("127.0.0.1:2"));
    assert_eq!(listen(text, &[("MCP_SERVER_HOST", "::1")], None).as_deref(), Some("[::1]:3000"));
    assert_eq!(listen(text, &[("MCP_SERVER_PORT", "2")], Some("x:3")).as_deref(), Some("x:3"));
}

#[test]
fn logging_comes_from_command_line_then_variables_then_file() {
    let text = "[logging]\nlevel = \"error\"\nlog_statements = true\nslow_statement_ms = 5\n";
    let logging = |variables: &[(&str, &str)], log_level| {
        with(text, variables, Overrides { log_level, ..Overrides::default() }).logging
    };
    let variables =
        &[("MCP_LOG_LEVEL", "WARNING"), ("ENABLE_QUERY_LOGGING", "no"), ("SLOW_QUERY_THRESHOLD", "1500")];
    assert_eq!(logging(&[], None).level, LogLevel::Error);
    let by_variables = logging(variables, None);
    assert_eq!((by_variables.level, by_variables.log_statements), (LogLevel::Warn, false));
    assert_eq!(by_variables.slow_statement, Duration::from_millis(1500));
    assert_eq!(logging(variables, Some(LogLevel::Off)).level, LogLevel::Off);
    assert_eq!(logging(&[("SLOW_QUERY_THRESHOLD", "2s")], None).slow_statement, Duration::from_secs(2));
}

#[test]
fn the_file_comes_from_the_argument_then_the_variable() {
    let folder = std::env::temp_dir();
    let path = |name: &str| folder.join(format!("pgt-configuration-{}-{name}.toml", std::process::id()));
    let (first, second) = (path("first"), path("second"));
    std::fs::write(&first, "[connections.first]\nhost = \"h\"\n").unwrap();
    std::fs::write(&second, "[connections.second]\nhost = \"h\"\n").unwrap();
    let environment: Environment = [("PG_TOOLKIT_CONFIG", second.to_str().unwrap())].into_iter().collect();
    let environment = environment.with_user("ada");
    let names = |file: Option<&Path>| -> Vec<String> {
        Configuration::load(file, &environment, Overrides::default())
            .unwrap()
            .connections
            .into_keys()
            .collect()
    };
    let found = (names(Some(&first)), names(None));
    std::fs::remove_file(&first).unwrap();
    std::fs::remove_file(&second).unwrap();
    assert_eq!(found, (vec!["first".to_owned()], vec!["second".to_owned()]));
    let error = Configuration::load(Some(&first), &environment, Overrides::default()).unwrap_err();
    assert!(error.to_string().contains("first.toml"), "{error}");
}

#[test]
fn names_place_key_and_remedy_of_a_mistake_in_the_file() {
    for (text, says) in [
        ("[conections.a]\n", &["/etc/pg.toml:1:2", "`conections`", "did you mean `connections`"][..]),
        ("\n[connections.a]\nhots = \"h\"\n", &["3:1", "`hots`", "[connections.a]", "did you mean `host`"]),
        ("[connections.a]\ndatabase = \"h\"\n", &["2:1", "`database`", "did you mean `dbname`"]),
        ("[connections.a.limits]\nrow = 1\n", &["2:1", "[connections.a.limits]", "did you mean `rows`"]),
        ("[connections.a.limits]\nrows = 0\n", &["2:8", "`rows`", "from 1 to"]),
        ("[connections.a.limits]\nrows = \"many\"\n", &["`many`"]),
        ("[connections.a]\naccess = \"root\"\n", &["2:10", "`root`", "read, write, schema or admin"]),
        ("[connections.a]\npool_size = 1.5\n", &["pool_size", "float"]),
        ("[connections.a]\npassword = 12345\n", &["password", "a string"]),
        (
            "[connections.a]\nurl = \"postgresql://u:hunter2@h/d?sslmod=x\"\n",
            &["2:7", "did you mean `sslmode`"],
        ),
        ("[connections.a]\nurl = \"mysql://u:hunter2@h\"\n", &["`mysql://`", "postgresql://"]),
        ("[connections.a]\nsslmode = \"on\"\n", &["`a`", "sslmode", "`on`", "verify-full"]),
        ("[connections.a]\nsslcrl = \"x\"\n", &["sslcrl", "not supported"]),
        (
            "[connections.a]\npassword = \"hunter2\"\npassword_file = \"/x\"\n",
            &["password and password_file", "keep one"],
        ),
        ("[connections.a]\npassword_env = \"NO_SUCH\"\n", &["2:16", "`NO_SUCH`"]),
        ("[connections.a]\npassword_command = []\n", &["password_command"]),
        ("[connections.\"a b\"]\nhost = \"h\"\n", &["letters, digits"]),
        ("[server]\nlisten = \"3000\"\n", &["`3000`", "127.0.0.1:3000"]),
        ("[logging]\nlevel = \"loud\"\n", &["`loud`", "debug"]),
        ("[logging]\nlog_statements = \"yes\"\n", &["`yes`", "true or false"]),
        ("[connections.a]\npassword = \"hunter2\n", &["/etc/pg.toml:2:"]),
        ("connections = 3\n", &["connections", "a table"]),
        ("[connections]\na = 3\n", &["2:5", "`a`", "a table"]),
    ] {
        let message = refused(text, &[]);
        assert!(!message.contains("hunter2") && !message.contains("12345\n"), "{message}");
        for word in says {
            assert!(message.contains(word), "{text}: {message} lacks {word}");
        }
    }
}

#[test]
fn names_variable_value_and_what_is_allowed() {
    for (name, value, allowed) in [
        ("READONLY_MODE", "maybe", "true"),
        ("QUERY_TIMEOUT", "soon", "30s"),
        ("QUERY_TIMEOUT", "0", "positive"),
        ("MAX_QUERY_LENGTH", "10k", "whole number"),
        ("DEFAULT_POOL_SIZE", "0", "positive"),
        ("MAX_CONNECTIONS", "-1", "positive"),
        ("ENABLE_QUERY_LOGGING", "2", "true"),
        ("SLOW_QUERY_THRESHOLD", "1h", "2min"),
        ("MCP_SERVER_PORT", "http", "65535"),
        ("MCP_LOG_LEVEL", "loud", "debug"),
        ("DB_PORT", "abc", "65535"),
    ] {
        let message = refused("", &[(name, value)]);
        assert!(message.contains(value) && message.contains(allowed), "{message}");
        assert!(message.contains(name), "{message}");
    }
    let message = refused("", &[("DATABASE_URL", "postgresql://u:hunter2@h:x/d")]);
    assert!(message.contains("DATABASE_URL") && !message.contains("hunter2"), "{message}");
}

#[test]
fn takes_the_password_from_a_variable_of_the_operators_choice() {
    let configuration = loaded(&one("password_env = \"SHOP_PASSWORD\""), &[("SHOP_PASSWORD", "hunter2")]);
    let settings = &configuration.connections["c"].settings;
    assert!(matches!(&settings.password, Some(super::super::PasswordSource::Variable { name, value })
            if name == "SHOP_PASSWORD" && value.expose() == "hunter2"));
}

#[test]
fn gives_connections_the_programs_name_unless_they_have_one() {
    let named = |text: &str| {
        let overrides = Overrides { application_name: Some("pg-mcp".to_owned()), ..Overrides::default() };
        with(text, &[], overrides).connections["c"].settings.application_name().to_owned()
    };
    assert_eq!(named(&one("")), "pg-mcp");
    assert_eq!(named(&one("application_name = \"own\"")), "own");
}

#[test]
fn masks_are_read_with_their_key_and_their_mistakes_are_told() {
    let file = |policy: &str| format!("[connections.c]\nhost = \"h\"\n[connections.c.policy]\n{policy}");
    let masks = "mask_key_env = \"KEY\"\nmasked_columns = [{ column = 'public.\"a.b\".c', method = \"partial\", keep_last = 2 }]\n";
    let policy =
        loaded(&file(masks), &[("KEY", "a key that is long enough")]).connections["c"].policy.clone();
    assert_eq!(policy.masked_columns.len(), 1);
    assert_eq!(policy.masked_columns[0].relation, "a.b");
    assert!(policy.mask_key.is_some());
    assert!(!format!("{policy:?}").contains("long enough"));
    for (text, parts) in [
        (masks.to_owned(), ["4:", "KEY is not set"]),
        ("masked_columns = [{ column = \"a.b\", method = \"null\" }]\n".to_owned(), ["4:", "schema.relation.column"]),
        (
            "masked_columns = [{ column = \"a.b.c\", method = \"null\", value = \"x\" }]\n".to_owned(),
            ["4:", "method = \"constant\""],
        ),
        (
            "masked_columns = [{ column = \"a.b.c\", method = \"null\" }, { column = \"a.b.c\", method = \"hash\" }]\n".to_owned(),
            ["4:", "two masks"],
        ),
    ] {
        let told = refused(&file(&text), &[]);
        for part in parts {
            assert!(told.contains(part), "{text}: {told}");
        }
    }
    let admin = "[connections.c]\nhost = \"h\"\naccess = \"admin\"\n[connections.c.policy]\nmasked_columns = [{ column = \"a.b.c\", method = \"null\" }]\n";
    assert!(refused(admin, &[]).contains("admin access"));
}
