//! The least-privilege role that matches a policy, as SQL for whoever owns the database to read and run.
//!
//! Separate because it is the one place that writes SQL for others to run: nothing here runs it. Invariant: every name in the
//! text went through [`Quoted`]; where it is not known which columns a relation has, none of it is granted.

mod live;
mod narrowing;
mod offline;
mod quoted;

use std::fmt::{self, Write};

use pg_policy::{Access, StatementKind};

use self::narrowing::Narrowing;
use self::quoted::Quoted;
use super::subject::Subject;
use crate::{Call, Connection, Error};

/// What the role is to be.
#[derive(Clone, Debug, Default)]
pub struct GrantOptions {
    /// Its name; else made from the policy's name and access.
    pub role: Option<String>,
    /// The database; else the connection's, or the current one.
    pub database: Option<String>,
    /// The schemas that it may use; else those of the search path, or `public`.
    pub schemas: Vec<String>,
    /// Whether it logs in itself; else it is a group for roles that do.
    pub login: bool,
}

/// Writes the SQL of a role that may do what the policy allows, as far as that is known without a database: where lists leave
/// columns of a table over and do not name them, the role gets none.
///
/// # Errors
/// Admin access, which no privileges narrow, and names that PostgreSQL does not take.
pub fn grants(subject: &Subject, options: &GrantOptions) -> Result<String, Error> {
    let schemas = schemas(subject, options)?;
    let narrowing = offline::narrowing(subject, &schemas)?;
    written(subject, options, &schemas, &narrowing)
}

/// Writes the same SQL with what the catalog says: every relation of the schemas is judged by the connection's own policy, and
/// granted whole, by columns, or not.
///
/// # Errors
/// As [`grants`]; what connecting, and asking the catalog, gives.
pub async fn grants_live(
    call: &Call,
    connection: &Connection,
    subject: &Subject,
    options: &GrantOptions,
) -> Result<String, Error> {
    let schemas = schemas(subject, options)?;
    let narrowing = live::narrowing(call, connection, subject, &schemas).await?;
    written(subject, options, &schemas, &narrowing)
}

fn written(
    subject: &Subject,
    options: &GrantOptions,
    schemas: &[String],
    narrowing: &Narrowing,
) -> Result<String, Error> {
    if subject.access == Access::Admin {
        return Err(Error::argument(
            "admin access is whatever its role may do: there is no least role for it; name a connection or profile with \
             less access",
        ));
    }
    let role = role_name(subject, options)?;
    let role = Quoted(&role);
    let database = options.database.as_ref().or(subject.database.as_ref());
    let database = database.map(|database| checked(database.clone(), "database")).transpose()?;
    let database = database.as_deref();
    let mut sql = String::new();
    let text = &mut sql;
    line(
        text,
        format_args!(
            "-- A role for {}: {} access. Read it, then run it in the database as the",
            subject.name, subject.access
        ),
    );
    line(
        text,
        format_args!(
            "-- owner of the schemas. It sets no password: \\password does, or pg_hba.conf decides without."
        ),
    );
    line(text, format_args!("BEGIN;\n"));
    let login = if options.login { "LOGIN" } else { "NOLOGIN" };
    line(
        text,
        format_args!(
            "CREATE ROLE {role} {login} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;"
        ),
    );
    settings(text, subject, &role);
    match database {
        Some(database) => {
            line(text, format_args!("\nGRANT CONNECT ON DATABASE {} TO {role};", Quoted(database)));
        }
        None => line(text, format_args!("\n-- GRANT CONNECT ON DATABASE … TO {role};")),
    }
    let privileges = privileges(subject);
    let tables = privileges.join(", ");
    let sequences = if subject.access >= Access::Write { "USAGE, SELECT" } else { "SELECT" };
    for schema in schemas {
        let schema = Quoted(schema);
        let create = if subject.access >= Access::Schema { ", CREATE" } else { "" };
        line(text, format_args!("\nGRANT USAGE{create} ON SCHEMA {schema} TO {role};"));
        if !tables.is_empty() {
            line(text, format_args!("GRANT {tables} ON ALL TABLES IN SCHEMA {schema} TO {role};"));
            line(text, format_args!("GRANT {sequences} ON ALL SEQUENCES IN SCHEMA {schema} TO {role};"));
            line(
                text,
                format_args!(
                    "-- The same for what the role that runs this creates later; other owners: add FOR ROLE owner."
                ),
            );
            line(
                text,
                format_args!(
                    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {tables} ON TABLES TO {role};"
                ),
            );
            line(
                text,
                format_args!(
                    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {sequences} ON SEQUENCES TO {role};"
                ),
            );
        }
    }
    narrowing.write(text, &role, &privileges);
    line(text, format_args!("\nCOMMIT;"));
    advice(text, subject, database, schemas);
    Ok(sql)
}

fn line(text: &mut String, line: fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}

/// Settings that hold where the policy does too: a second lock on the same door. They are the role's own, so that whoever logs
/// in as a member sets them there.
fn settings(text: &mut String, subject: &Subject, role: &Quoted<'_>) {
    if subject.access == Access::Read {
        line(text, format_args!("ALTER ROLE {role} SET default_transaction_read_only = on;"));
    }
    let statement = subject.limits.statement_timeout.as_millis();
    let lock = subject.limits.lock_timeout.as_millis();
    line(text, format_args!("ALTER ROLE {role} SET statement_timeout = '{statement}ms';"));
    line(text, format_args!("ALTER ROLE {role} SET lock_timeout = '{lock}ms';"));
    line(
        text,
        format_args!(
            "ALTER ROLE {role} SET idle_in_transaction_session_timeout = '{}ms';",
            statement.saturating_mul(2)
        ),
    );
    let path: Vec<String> = subject.search_path.iter().map(|schema| Quoted(schema).to_string()).collect();
    if !path.is_empty() {
        line(text, format_args!("ALTER ROLE {role} SET search_path = {};", path.join(", ")));
    }
}

/// The privileges on tables that the allowed kinds of statements need.
fn privileges(subject: &Subject) -> Vec<&'static str> {
    let allowed = |kind: StatementKind| {
        let within = kind.least_access().is_some_and(|least| least <= subject.access);
        let listed = subject.options.allowed_operations.as_ref().is_none_or(|kinds| kinds.contains(kind));
        within && listed && !subject.options.blocked_operations.contains(kind)
    };
    let merge = allowed(StatementKind::Merge);
    let privileges = [
        // WHERE, RETURNING and MERGE read.
        ("SELECT", true),
        ("INSERT", allowed(StatementKind::Insert) || merge),
        ("UPDATE", allowed(StatementKind::Update) || merge),
        ("DELETE", allowed(StatementKind::Delete) || merge),
        ("TRUNCATE", allowed(StatementKind::Truncate)),
        ("REFERENCES", subject.access >= Access::Schema),
    ];
    privileges.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect()
}

/// What PUBLIC gives to every role, this one too.
fn advice(text: &mut String, subject: &Subject, database: Option<&str>, schemas: &[String]) {
    line(text, format_args!("\n-- What PUBLIC may do, this role may too. Where nobody else relies on it:"));
    match database {
        Some(database) => {
            line(text, format_args!("--   REVOKE ALL ON DATABASE {} FROM PUBLIC;", Quoted(database)));
        }
        None => line(text, format_args!("--   REVOKE ALL ON DATABASE … FROM PUBLIC;")),
    }
    for schema in schemas {
        let schema = Quoted(schema);
        line(text, format_args!("--   REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC;"));
        line(text, format_args!("--   REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC;"));
    }
    if subject.access >= Access::Schema {
        line(
            text,
            format_args!(
                "-- ALTER and DROP need ownership: make this role a member of the owner where it is to have them."
            ),
        );
    }
}

fn role_name(subject: &Subject, options: &GrantOptions) -> Result<String, Error> {
    let name = options.role.clone().unwrap_or_else(|| {
        use super::subject::SubjectName;
        let of = match &subject.name {
            SubjectName::Connection(name) | SubjectName::Profile(name) => name.as_str(),
            SubjectName::Defaults => "agent",
        };
        format!("{of}_{}", subject.access)
    });
    if name.starts_with("pg_") || ["public", "none"].contains(&name.as_str()) {
        return Err(Error::argument(format!(
            "`{name}` cannot be a role's name: PostgreSQL keeps it for itself; choose another with --role"
        )));
    }
    checked(name, "role")
}

fn schemas(subject: &Subject, options: &GrantOptions) -> Result<Vec<String>, Error> {
    let rules = &subject.options.rules;
    let named = match &rules.allowed_schemas {
        _ if !options.schemas.is_empty() => &options.schemas,
        Some(allowed) => allowed,
        None => &subject.search_path,
    };
    let denied = |schema: &&String| rules.denied_schemas.contains(schema);
    let users = named.iter().filter(|schema| *schema != "$user" && !schema.starts_with("pg_"));
    let mut schemas: Vec<String> = users.filter(|schema| !denied(schema)).cloned().collect();
    let listed = rules.allowed_schemas.is_some() || rules.allowed_tables.is_some();
    if listed && options.schemas.is_empty() && rules.allowed_schemas.is_none() {
        // Only single tables are allowed.
        schemas.clear();
    }
    if schemas.is_empty() && !listed {
        schemas.push("public".to_owned());
    }
    schemas.into_iter().map(|schema| checked(schema, "schema")).collect()
}

/// A name that an identifier can hold: PostgreSQL cuts longer ones, and a line of a comment ends at a control character.
fn checked(name: String, what: &str) -> Result<String, Error> {
    if name.is_empty() || name.len() > 63 || name.contains(char::is_control) {
        return Err(Error::argument(format!(
            "a {what}'s name has 1 to 63 bytes and no control character: {name:?} is no such name"
        )));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Configuration, Environment, Overrides};

    fn subject(profile: &str) -> Subject {
        let environment = Environment::default();
        let configuration = Configuration::load(None, &environment, Overrides::default()).unwrap();
        Subject::find(&configuration, None, Some(profile)).unwrap()
    }

    fn sql(profile: &str, options: &GrantOptions) -> String {
        grants(&subject(profile), options).unwrap()
    }

    #[test]
    fn a_reader_may_select_and_is_read_only() {
        let sql = sql("read_only", &GrantOptions { login: true, ..GrantOptions::default() });
        for part in [
            "CREATE ROLE \"read_only_read\" LOGIN NOSUPERUSER",
            "SET default_transaction_read_only = on;",
            "SET statement_timeout = '30000ms';",
            "GRANT USAGE ON SCHEMA \"public\" TO \"read_only_read\";",
            "GRANT SELECT ON ALL TABLES IN SCHEMA \"public\"",
        ] {
            assert!(sql.contains(part), "{sql}\nlacks {part}");
        }
        assert!(!sql.contains("INSERT") && !sql.contains("PASSWORD '"), "{sql}");
    }

    #[test]
    fn privileges_follow_the_allowed_kinds() {
        assert_eq!(privileges(&subject("standard")), ["SELECT", "INSERT", "UPDATE", "DELETE"]);
        let mut narrow = subject("standard");
        narrow.options.blocked_operations = "delete, merge".parse().unwrap();
        assert_eq!(privileges(&narrow), ["SELECT", "INSERT", "UPDATE"]);
    }

    #[test]
    fn names_are_quoted_whatever_is_in_them() {
        let options = GrantOptions {
            role: Some("a\"; DROP TABLE x; --".to_owned()),
            database: Some("My Shop".to_owned()),
            schemas: vec!["Ünïcode".to_owned()],
            ..GrantOptions::default()
        };
        let sql = sql("read_only", &options);
        assert!(sql.contains("CREATE ROLE \"a\"\"; DROP TABLE x; --\" NOLOGIN"), "{sql}");
        assert!(sql.contains("ON DATABASE \"My Shop\"") && sql.contains("ON SCHEMA \"Ünïcode\""), "{sql}");
    }

    #[test]
    fn the_lists_of_the_policy_narrow_the_role() {
        let mut listed = subject("read_only");
        listed.options.rules.allowed_schemas = Some(vec!["app".to_owned(), "hr".to_owned()]);
        listed.options.rules.denied_schemas = vec!["hr".to_owned()];
        listed.options.rules.allowed_tables = Some(vec!["crm.leads".to_owned()]);
        listed.options.rules.denied_tables = vec!["app.cards".to_owned()];
        let sql = grants(&listed, &GrantOptions::default()).unwrap();
        for part in [
            "GRANT SELECT ON ALL TABLES IN SCHEMA \"app\"",
            "GRANT SELECT ON TABLE \"crm\".\"leads\" TO",
            "REVOKE ALL ON TABLE \"app\".\"cards\" FROM",
        ] {
            assert!(sql.contains(part), "{sql}\nlacks {part}");
        }
        assert!(!sql.contains("\"hr\"") && !sql.contains("\"public\""), "{sql}");
        listed.options.rules.allowed_schemas = None;
        let sql = grants(&listed, &GrantOptions::default()).unwrap();
        assert!(!sql.contains("ALL TABLES") && sql.contains("ON TABLE \"crm\".\"leads\""), "{sql}");
    }

    #[test]
    fn there_is_no_least_role_for_admin_access() {
        let mut admin = subject("read_only");
        admin.access = Access::Admin;
        assert!(grants(&admin, &GrantOptions::default()).is_err());
    }

    #[test]
    fn names_that_postgresql_keeps_are_refused() {
        for name in ["pg_monitor", "public", "", "x\0", "x\nDROP TABLE y;"] {
            let options = GrantOptions { role: Some(name.to_owned()), ..GrantOptions::default() };
            assert!(grants(&subject("read_only"), &options).is_err(), "{name:?}");
        }
    }
}
