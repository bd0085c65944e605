//! Every function of every extension that the server has, and what the gate says of it in read access:
//! `tests/corpus/extensions.txt`, reviewed line by line.
//!
//! Separate from the trials, which run what is let through: here a person has read what each function does. Invariant: a function
//! that is not in the table fails the test, and what reaches files or other hosts, runs text or changes state is refused in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use pg_core::{Access, Call};
use pg_policy::Verdict;
use pg_tests::Database;

use super::generated::EXTENSIONS;
use crate::support::service::service;

/// Extensions, schemas and names of what a statement can call.
const FUNCTIONS: &str = "
    SELECT DISTINCT e.extname::text COLLATE \"C\", quote_ident(n.nspname), quote_ident(p.proname), p.proname::text COLLATE \"C\"
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    WHERE p.prokind <> 'p' AND (p.prorettype = 'tsm_handler'::regtype
        OR NOT p.proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[]
        AND p.prorettype <> ALL (ARRAY['internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype,
            'language_handler'::regtype, 'fdw_handler'::regtype, 'index_am_handler'::regtype,
            'table_am_handler'::regtype]::oid[]))
    ORDER BY 1, 4";

/// The reviewed table: `extension name verdict`, and a reason where it is refused.
fn reviewed() -> BTreeMap<(String, String), (String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/extensions.txt");
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut table = BTreeMap::new();
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [extension, name, verdict, reason @ ..] = words.as_slice() else { panic!("unreadable: {line}") };
        let entry = ((*verdict).to_owned(), reason.join(" "));
        let known = table.insert(((*extension).to_owned(), (*name).to_owned()), entry);
        assert!(known.is_none(), "twice: {line}");
    }
    table
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the suite asks the server past the toolkit")]
async fn every_function_of_every_extension_is_judged_as_reviewed() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute(EXTENSIONS).await.unwrap();
    let service = service(&database.url(), Access::Read);
    let call = Call::new(&service);
    let connection = service.connection(None).unwrap();
    let table = reviewed();
    let (mut differences, mut count) = (String::new(), 0);
    for row in admin.query(FUNCTIONS, &[]).await.unwrap() {
        let [extension, schema, quoted, name]: [String; 4] = std::array::from_fn(|column| row.get(column));
        let statement = format!("SELECT {schema}.{quoted}()");
        let explanation = connection.explain_verdict(&call, &statement).await.unwrap();
        let verdict = match explanation.verdict {
            Verdict::Allowed => "read".to_owned(),
            Verdict::Refused => "refused".to_owned(),
            other => panic!("{statement}: {other:?}"),
        };
        let why = explanation.refusal.map(|refusal| refusal.why).unwrap_or_default();
        count += 1;
        match table.get(&(extension.clone(), name.clone())) {
            Some((expected, _)) if *expected == verdict => {}
            Some((expected, _)) => {
                writeln!(differences, "{extension} {name}: {verdict}, reviewed as {expected}").unwrap();
            }
            None => writeln!(differences, "{extension} {name} {verdict} {why}").unwrap(),
        }
    }
    assert!(differences.is_empty(), "not as in corpus/extensions.txt:\n{differences}");
    assert!(count > 100, "only {count} functions: the server has no extensions");
}

#[test]
fn what_is_refused_says_why() {
    for ((extension, name), (verdict, reason)) in reviewed() {
        let reasoned = match verdict.as_str() {
            "read" => reason.is_empty(),
            "refused" => reason.split(' ').count() > 1,
            _ => false,
        };
        assert!(reasoned, "{extension} {name} {verdict} {reason}");
    }
}
