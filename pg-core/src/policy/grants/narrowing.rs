//! What is taken away from, or added to, the privileges on whole schemas.
//!
//! Separate because it is found out in two ways, offline and from the catalog, and written in one. Invariant: a relation loses
//! all privileges before it is given some.

use std::fmt::Write;

use super::quoted::{Literal, Quoted, list, remark};

/// What is different from whole schemas.
#[derive(Debug, Default)]
pub(super) struct Narrowing {
    /// Relations that are given although their schemas are not.
    pub(super) added: Vec<(Option<String>, String)>,
    /// Relations that are not given whole.
    pub(super) narrowed: Vec<Narrowed>,
    /// Names of relations that are taken away in each of some schemas, wherever they are.
    pub(super) anywhere: Option<Anywhere>,
    /// What the reader must know.
    pub(super) remarks: Vec<String>,
}

/// A relation that is not given whole.
#[derive(Debug)]
pub(super) struct Narrowed {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) reach: Reach,
    pub(super) why: String,
}

/// How much of a relation is given.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Nothing,
    Columns {
        /// Those that may be read.
        read: Vec<String>,
        /// Those that may be written, where the policy lets rows be changed.
        written: Vec<String>,
    },
}

/// Relations of these names in these schemas.
#[derive(Debug)]
pub(super) struct Anywhere {
    pub(super) names: Vec<String>,
    pub(super) schemas: Vec<String>,
}

impl Narrowing {
    /// Appends the SQL.
    pub(super) fn write(&self, text: &mut String, role: &Quoted<'_>, privileges: &[&str]) {
        self.appended(text, role, privileges).unwrap_or_default();
    }

    /// Writing to a string does not fail.
    fn appended(&self, text: &mut String, role: &Quoted<'_>, privileges: &[&str]) -> std::fmt::Result {
        let whole = privileges.join(", ");
        for (schema, name) in &self.added {
            let relation = match schema {
                Some(schema) => {
                    writeln!(text, "GRANT USAGE ON SCHEMA {} TO {role};", Quoted(schema))?;
                    format!("{}.{}", Quoted(schema), Quoted(name))
                }
                None => Quoted(name).to_string(),
            };
            writeln!(text, "GRANT {whole} ON TABLE {relation} TO {role};")?;
        }
        for narrowed in &self.narrowed {
            narrowed.write(text, role, privileges)?;
        }
        if let Some(anywhere) = &self.anywhere {
            anywhere.write(text, role)?;
        }
        for line in &self.remarks {
            writeln!(text, "-- {}", remark(line))?;
        }
        Ok(())
    }
}

impl Narrowed {
    fn write(&self, text: &mut String, role: &Quoted<'_>, privileges: &[&str]) -> std::fmt::Result {
        let relation = format!("{}.{}", Quoted(&self.schema), Quoted(&self.name));
        writeln!(text, "\n-- {}", remark(&self.why))?;
        writeln!(text, "REVOKE ALL ON TABLE {relation} FROM {role};")?;
        let Reach::Columns { read, written } = &self.reach else { return Ok(()) };
        for privilege in privileges {
            let columns = match *privilege {
                "SELECT" => read,
                "INSERT" | "UPDATE" | "REFERENCES" => written,
                _ => {
                    writeln!(text, "GRANT {privilege} ON TABLE {relation} TO {role};")?;
                    continue;
                }
            };
            if !columns.is_empty() {
                writeln!(text, "GRANT {privilege} ({}) ON TABLE {relation} TO {role};", list(columns))?;
            }
        }
        Ok(())
    }
}

impl Anywhere {
    /// A block that asks the catalog when it is run: a REVOKE by a bare name would meet the first in the search path only.
    fn write(&self, text: &mut String, role: &Quoted<'_>) -> std::fmt::Result {
        let literals = |names: &[String]| {
            let literals: Vec<String> = names.iter().map(|name| Literal(name).to_string()).collect();
            literals.join(", ")
        };
        let body = format!(
            "DECLARE\n  relation pg_catalog.regclass;\nBEGIN\n  FOR relation IN\n    SELECT c.oid FROM pg_catalog.pg_class AS c\n    \
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname IN ({})\n      \
             AND c.relnamespace::pg_catalog.regnamespace IN (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname IN ({}))\n  \
             LOOP\n    EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %s FROM %s', relation, {});\n  END LOOP;\nEND",
            literals(&self.names),
            literals(&self.schemas),
            Literal(&role.to_string()),
        );
        let tag = tag(&body);
        writeln!(text, "\n-- Listed without a schema: taken back in each of these schemas.")?;
        writeln!(text, "DO {tag}\n{body}\n{tag};")
    }
}

/// A dollar quote that does not end within the text.
fn tag(body: &str) -> String {
    let mut tag = "$revoke$".to_owned();
    while body.contains(&tag) {
        tag.insert(1, 'x');
    }
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relation_loses_all_before_it_gets_columns() {
        let narrowed = Narrowed {
            schema: "app".to_owned(),
            name: "cards".to_owned(),
            reach: Reach::Columns {
                read: vec!["id".to_owned()],
                written: vec!["id".to_owned(), "pan".to_owned()],
            },
            why: "two\nlines".to_owned(),
        };
        let narrowing = Narrowing { narrowed: vec![narrowed], ..Narrowing::default() };
        let mut text = String::new();
        narrowing.write(&mut text, &Quoted("r"), &["SELECT", "UPDATE", "DELETE"]);
        let lines: Vec<&str> = text.trim().lines().collect();
        assert_eq!(
            lines,
            [
                "-- two lines",
                "REVOKE ALL ON TABLE \"app\".\"cards\" FROM \"r\";",
                "GRANT SELECT (\"id\") ON TABLE \"app\".\"cards\" TO \"r\";",
                "GRANT UPDATE (\"id\", \"pan\") ON TABLE \"app\".\"cards\" TO \"r\";",
                "GRANT DELETE ON TABLE \"app\".\"cards\" TO \"r\";",
            ]
        );
    }

    #[test]
    fn a_block_does_not_end_within_a_name() {
        let names = vec!["a$revoke$; DROP TABLE x".to_owned()];
        let anywhere = Anywhere { names, schemas: vec!["public".to_owned()] };
        let narrowing = Narrowing { anywhere: Some(anywhere), ..Narrowing::default() };
        let mut text = String::new();
        narrowing.write(&mut text, &Quoted("r"), &["SELECT"]);
        assert!(text.contains("DO $xrevoke$"), "{text}");
    }
}
