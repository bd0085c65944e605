//! Options resolved to settings: the precedence of libpq, what is trusted, and what is said of mistakes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;

use super::super::{Host, HostOrder, SslMode, Target};
use super::*;
use crate::settings::Secret;

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().copied().collect::<Environment>().with_user("ada")
}

fn resolved(conninfo: &str, variables: &[(&str, &str)]) -> ConnectionSettings {
    ConnectionOptions::from_conninfo(conninfo)
        .unwrap()
        .resolve(&environment(variables), Trust::Operator)
        .unwrap_or_else(|error| panic!("{conninfo}: {error}"))
        .settings
}

fn refused(conninfo: &str, variables: &[(&str, &str)]) -> String {
    ConnectionOptions::from_conninfo(conninfo)
        .and_then(|options| options.resolve(&environment(variables), Trust::Operator))
        .expect_err(conninfo)
        .to_string()
}

fn password(settings: &ConnectionSettings) -> Option<&str> {
    match &settings.password {
        Some(PasswordSource::Given(secret)) => Some(secret.expose()),
        _ => None,
    }
}

/// A folder of the test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pgt-settings-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _removed = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn takes_what_is_given_before_service_before_variables_before_defaults() {
    let folder = Folder::new("precedence");
    let file = folder.write("services", "[shop]\nhost=from-service\nport=3\n");
    let variables: &[(&str, &str)] = &[
        ("PGSERVICEFILE", &file),
        ("PGHOST", "from-variable"),
        ("PGPORT", "2"),
        ("PGDATABASE", "from-variable"),
        ("PGAPPNAME", "from-variable"),
    ];
    let settings = resolved("service=shop application_name=given", variables);
    assert_eq!(
        settings.targets,
        [Target { host: Host::Tcp("from-service".to_owned()), address: None, port: 3 }]
    );
    assert_eq!(
        (settings.database(), settings.application_name(), settings.user()),
        ("from-variable", "given", "ada")
    );

    let settings = resolved("host=given port=1 service=shop", variables);
    assert_eq!(settings.targets[0].to_string(), "given:1");
    let by_variable = [variables, &[("PGSERVICE", "shop")]].concat();
    assert_eq!(resolved("", &by_variable).targets[0].to_string(), "from-service:3");
    assert_eq!(resolved("", variables).targets[0].to_string(), "from-variable:2");
}

#[test]
fn defaults_are_libpqs() {
    let settings = resolved("host=h", &[]);
    assert_eq!((settings.user(), settings.database()), ("ada", "ada"));
    assert_eq!(settings.targets[0].to_string(), "h:5432");
    assert_eq!((settings.ssl_mode(), settings.host_order), (SslMode::Prefer, HostOrder::Given));
    assert_eq!(settings.connect_timeout(), Some(Duration::from_secs(10)));
    assert_eq!(resolved("host=h user=bob", &[]).database(), "bob");
    assert_eq!(resolved("host=h connect_timeout=0", &[]).connect_timeout(), None);
}

#[test]
fn reads_every_variable_of_libpqs_that_is_offered() {
    let settings = resolved(
        "",
        &[
            ("PGHOST", "h"),
            ("PGHOSTADDR", "192.0.2.1"),
            ("PGPORT", "6000"),
            ("PGDATABASE", "d"),
            ("PGUSER", "u"),
            ("PGPASSWORD", "hunter2"),
            ("PGOPTIONS", "-c geqo=off"),
            ("PGAPPNAME", "app"),
            ("PGSSLMODE", "verify-full"),
            ("PGSSLROOTCERT", "/ca"),
            ("PGSSLCERT", "/cert"),
            ("PGSSLKEY", "/key"),
            ("PGCONNECT_TIMEOUT", "3"),
            ("PGTARGETSESSIONATTRS", "primary"),
            ("PGLOADBALANCEHOSTS", "random"),
            ("PGCHANNELBINDING", "require"),
        ],
    );
    assert_eq!(settings.targets[0].to_string(), "h:6000");
    assert_eq!(settings.targets[0].address, Some("192.0.2.1".parse().unwrap()));
    assert_eq!((settings.database(), settings.user(), password(&settings)), ("d", "u", Some("hunter2")));
    assert_eq!((settings.options.as_deref(), settings.application_name()), (Some("-c geqo=off"), "app"));
    assert_eq!(settings.tls.certificate.as_deref(), Some(Path::new("/cert")));
    assert_eq!(settings.tls.key.as_deref(), Some(Path::new("/key")));
    assert_eq!(
        (settings.ssl_mode(), settings.connect_timeout()),
        (SslMode::VerifyFull, Some(Duration::from_secs(3)))
    );
    assert_eq!((settings.session_target, settings.host_order), (SessionTarget::Primary, HostOrder::Random));
    assert_eq!(settings.channel_binding, ChannelBinding::Require);
}

#[test]
fn zips_hosts_addresses_and_ports() {
    let shown = |conninfo: &str| -> Vec<String> {
        resolved(conninfo, &[]).targets.iter().map(ToString::to_string).collect()
    };
    assert_eq!(shown("host=a,b,c port=1"), ["a:1", "b:1", "c:1"]);
    assert_eq!(shown("host=a,b,c port=1,,3"), ["a:1", "b:5432", "c:3"]);
    assert_eq!(shown("host=/tmp,::1"), ["/tmp/.s.PGSQL.5432", "[::1]:5432"]);
    assert_eq!(shown("hostaddr=192.0.2.1,192.0.2.2"), ["192.0.2.1:5432", "192.0.2.2:5432"]);
    assert_eq!(shown("postgresql://a:1,b/d"), ["a:1", "b:5432"]);
}

#[test]
fn names_option_value_and_what_is_allowed() {
    for (conninfo, variables, says) in [
        ("sslmode=always", &[][..], &["sslmode", "`always`", "verify-full"][..]),
        ("", &[("PGSSLMODE", "on")], &["PGSSLMODE", "`on`", "prefer"]),
        ("sslmod=require", &[], &["`sslmod`", "did you mean `sslmode`"]),
        ("postgresql://h/d?sslmod=require", &[], &["`sslmod`", "did you mean `sslmode`"]),
        ("database=x", &[], &["did you mean `dbname`"]),
        ("host=h port=x", &[], &["port", "`x`", "65535"]),
        ("host=h port=70000", &[], &["port", "`70000`"]),
        ("hostaddr=localhost", &[], &["hostaddr", "`localhost`", "`host`"]),
        ("host=a,b port=1,2,3", &[], &["2 hosts", "3 ports"]),
        ("host=a,b hostaddr=192.0.2.1", &[], &["2 hosts", "1 addresses"]),
        ("connect_timeout=soon", &[], &["connect_timeout", "`soon`", "whole numbers"]),
        ("sslcrl=/x", &[], &["sslcrl", "not supported"]),
        ("", &[("PGREQUIREPEER", "x")], &["requirepeer", "PGREQUIREPEER"]),
        ("gssencmode=require", &[], &["gssencmode"]),
        ("sslmode=verify-ca", &[], &["sslrootcert"]),
        ("sslmode=require sslrootcert=system", &[], &["verify-full"]),
        ("sslnegotiation=direct", &[], &["sslmode=require"]),
        ("ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2", &[], &["TLS version"]),
        ("client_encoding=LATIN1", &[], &["UTF8"]),
        ("service=none", &[("PGSYSCONFDIR", "/no/such")], &["`none`", "no service file"]),
        ("service=x", &[("PGSERVICEFILE", "/no/such")], &["/no/such"]),
    ] {
        let message = refused(conninfo, variables);
        for word in says {
            assert!(message.contains(word), "{conninfo}: {message} lacks {word}");
        }
    }
}

#[test]
fn trusts_as_libpq_does() {
    let roots = |conninfo: &str| resolved(conninfo, &[]).tls.roots;
    assert_eq!(roots("host=h sslmode=require"), super::super::RootCertificates::Unchecked);
    assert_eq!(roots("host=h sslmode=verify-full"), super::super::RootCertificates::System);
    assert_eq!(resolved("host=h sslrootcert=system", &[]).ssl_mode(), SslMode::VerifyFull);
    let home = Folder::new("roots");
    fs::create_dir_all(home.0.join(".postgresql")).unwrap();
    let own = home.write(".postgresql/root.crt", "");
    let settings = resolved("host=h sslmode=require", &[("HOME", home.path())]);
    assert_eq!(settings.tls.roots, super::super::RootCertificates::File(own.into()));
}

#[cfg(unix)]
#[test]
fn warns_of_a_passfile_that_is_not_private() {
    use std::os::unix::fs::PermissionsExt;
    let home = Folder::new("passfile");
    let file = home.write(".pgpass", "*:*:*:*:hunter2\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let resolve = |conninfo: &str| {
        let options = ConnectionOptions::from_conninfo(conninfo).unwrap();
        options.resolve(&environment(&[("HOME", home.path())]), Trust::Operator).unwrap()
    };
    let warnings = resolve("host=h").warnings;
    assert!(warnings[0].contains("chmod 0600") && !warnings[0].contains("hunter2"), "{warnings:?}");
    assert!(resolve("host=h password=x").warnings.is_empty());
}

/// What a client's connection would send to the host that it names.
fn for_client(options: ConnectionOptions, variables: &[(&str, &str)]) -> Result<ConnectionSettings, String> {
    let resolved = options.resolve(&environment(variables), Trust::Client);
    resolved.map(|resolved| resolved.settings).map_err(|error| error.to_string())
}

#[test]
fn a_client_that_names_the_host_gets_none_of_the_operators_credentials() {
    let home = Folder::new("client");
    let services = home.write(".pg_service.conf", "[shop]\nhost=db\npassword=hunter2\n");
    let variables: &[(&str, &str)] = &[
        ("HOME", home.path()),
        ("PGPASSWORD", "hunter2"),
        ("PGPASSFILE", "/etc/pgpass"),
        ("PGSERVICE", "shop"),
        ("PGSERVICEFILE", &services),
        ("PGSSLCERT", "/cert"),
        ("PGSSLKEY", "/key"),
        ("PGUSER", "operator"),
        ("PGSSLMODE", "require"),
    ];
    for conninfo in ["host=evil", "hostaddr=192.0.2.1", "port=6000", "postgresql://evil/d"] {
        let settings = for_client(ConnectionOptions::from_conninfo(conninfo).unwrap(), variables).unwrap();
        assert_eq!((&settings.password, &settings.passfile), (&None, &None), "{conninfo}");
        assert_eq!((&settings.tls.certificate, &settings.tls.key), (&None, &None), "{conninfo}");
        assert_eq!((settings.user(), settings.ssl_mode()), ("ada", SslMode::Require), "{conninfo}");
        assert!(!settings.targets[0].to_string().contains("db:"), "{conninfo}");
    }
    let by_service =
        for_client(ConnectionOptions::from_conninfo("service=shop user=u").unwrap(), variables).unwrap();
    assert_eq!(
        (by_service.targets[0].to_string().as_str(), password(&by_service)),
        ("db:5432", Some("hunter2"))
    );
}

#[test]
fn a_client_may_not_name_files_of_this_machine() {
    for conninfo in [
        "host=h passfile=/root/.pgpass",
        "host=h sslkey=/etc/shadow",
        "host=h sslcert=/x",
        "host=h sslrootcert=/x",
        "servicefile=/x service=s",
        "service=s host=evil",
    ] {
        for_client(ConnectionOptions::from_conninfo(conninfo).unwrap(), &[]).expect_err(conninfo);
    }
    assert!(for_client(ConnectionOptions::from_conninfo("host=h sslrootcert=system").unwrap(), &[]).is_ok());
    let mut options = ConnectionOptions::from_conninfo("host=h").unwrap();
    options.set_password(PasswordSource::Command(vec!["id".to_owned()]));
    for_client(options, &[]).expect_err("a command");
}

#[test]
fn a_client_may_not_weaken_the_way_to_the_operators_server() {
    let variables = &[("PGHOST", "db"), ("PGPASSWORD", "hunter2"), ("PGSSLMODE", "verify-full")];
    let client = |conninfo: &str| for_client(ConnectionOptions::from_conninfo(conninfo).unwrap(), variables);
    assert!(client("sslmode=disable").unwrap_err().contains("sslmode"));
    assert!(client("sslmode=verify-full dbname=d").is_ok());
    assert_eq!(client("host=mine sslmode=disable").unwrap().ssl_mode(), SslMode::Disable);
}

#[test]
fn finds_a_target_that_is_not_listed() {
    let outside = |conninfo: &str| {
        let allowed = ["db.example", "other.example:6000", "192.0.2.1"].map(str::to_owned);
        resolved(conninfo, &[]).target_outside(&allowed).map(ToString::to_string)
    };
    assert_eq!(outside("host=db.example"), None);
    assert_eq!(outside("host=DB.example port=1"), None);
    assert_eq!(outside("host=other.example port=6000"), None);
    assert_eq!(outside("host=other.example").as_deref(), Some("other.example:5432"));
    assert_eq!(outside("host=db.example,evil").as_deref(), Some("evil:5432"));
    assert_eq!(outside("host=db.example.evil").as_deref(), Some("db.example.evil:5432"));
    assert_eq!(outside("host=db.example hostaddr=192.0.2.1"), None);
    assert_eq!(outside("host=db.example hostaddr=127.0.0.1").as_deref(), Some("db.example:5432"));
    assert_eq!(outside("host=/tmp").as_deref(), Some("/tmp/.s.PGSQL.5432"));
}

#[test]
fn describes_without_secrets() {
    let settings = resolved("postgresql://u:hunter2@a,b:1/d", &[]);
    assert_eq!(
        serde_json::to_string(&settings.describe()).unwrap(),
        r#"{"host":"a","port":5432,"hosts":["a:5432","b:1"],"database":"d","user":"u","sslmode":"prefer"}"#
    );
}

/// Percent-encodes everything that is not a letter or a digit.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

proptest! {
    /// Round trip: what is escaped as the documentation says comes back.
    #[test]
    fn passwords_survive_both_forms(secret in "[^\0]{1,20}") {
        for conninfo in [format!("postgresql://u:{}@h/d", encoded(&secret)), format!("host=h user=u password={}", quoted(&secret))] {
            let settings = resolved(&conninfo, &[]);
            prop_assert_eq!(password(&settings), Some(secret.as_str()));
        }
    }

    /// However a string with a password in it is broken, and whatever is shown, the password is not in it.
    #[test]
    fn passwords_are_never_shown(
        // A marker that no message of ours has in it, with what tends to break strings around and inside.
        before in "[ @/?#%&='\\\\:,a-z]{0,4}",
        inside in "[ @/?#%&='\\\\:,\\[]{0,3}",
        tail in "(/d)?(\\?(sslmode=nope|nope=1|port=x|connect_timeout=x))?",
    ) {
        let secret = format!("{before}QQ{inside}XX");
        for conninfo in [
            format!("postgresql://u:{secret}@h{tail}"),
            format!("postgresql://u:{}@h{tail}", encoded(&secret)),
            format!("postgresql://h?password={secret}&user=u"),
            format!("postgresql://h?user=u&password={secret}"),
            format!("mysql://u:{secret}@h"),
            format!("host=h password={secret} user=u sslmode=nope"),
            format!("host=h port=x user=u password={}", quoted(&secret)),
            format!("host=h password='{secret}"),
            format!("user=u password = {secret}"),
        ] {
            let shown = match ConnectionOptions::from_conninfo(&conninfo) {
                Err(error) => format!("{error} {error:?}"),
                Ok(options) => {
                    let mut shown = format!("{options:?}");
                    match options.resolve(&environment(&[]), Trust::Operator) {
                        Err(error) => shown += &format!("{error} {error:?}"),
                        // Unquoted pieces of a password can be legal values of other options; only the password is looked for.
                        Ok(resolved) => shown += &format!("{resolved:?} {:?}", resolved.settings.describe()),
                    }
                    shown
                }
            };
            prop_assert!(!shown.contains("QQ") && !shown.contains("XX"), "{} shows {}", conninfo, shown);
        }
    }

    /// No string makes the parser panic.
    #[test]
    fn any_string_is_read_or_refused(text in ".{0,60}", scheme in "(postgres(ql)?://)?") {
        let _either = ConnectionOptions::from_conninfo(&format!("{scheme}{text}"));
    }

    /// Neither a secret in a variable nor one given as a part is shown.
    #[test]
    fn secrets_from_elsewhere_are_not_shown(marker in "QQ[ -~]{0,9}XX") {
        let variables = environment(&[("PGPASSWORD", &marker), ("PGHOST", "h")]);
        let options = ConnectionOptions::from_parts(Some("h"), Some(1), None, None, Some(Secret::from(marker.clone())));
        let shown = format!(
            "{variables:?} {options:?} {:?} {:?}",
            options.clone().resolve(&variables, Trust::Operator).unwrap(),
            ConnectionOptions::new().resolve(&variables, Trust::Operator).unwrap(),
        );
        prop_assert!(!shown.contains(&marker), "{}", shown);
    }
}
