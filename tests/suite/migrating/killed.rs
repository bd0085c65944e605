//! A migration that is killed, wherever it is, and started again.

use std::path::Path;
use std::process::Child;

use pg_tests::Database;

use super::{configuration, text};
use crate::support::command::command;
use crate::support::configuration::file;

const PLAN: &str = "name = \"m\"\nsource = \"old_erp\"\ntarget = \"new_erp\"\nrange_rows = 40\njobs = 2\ndefer = true
on_reject = \"keep\"
[[tables]]
source = \"transactions\"\ntarget = \"ledger_entries\"\nfilter = \"customer_id <= 120\"\nconflict = [\"legacy_id\"]
[tables.columns]
legacy_id = \"transaction_id\"
profile_id = { from = \"customer_id\", key_of = \"customer_profiles\" }
occurred_at = { sql = \"transaction_date AT TIME ZONE 'UTC'\" }
kind = \"kind\"
amount = \"amount\"
[[tables]]
source = \"customers\"\ntarget = \"customer_profiles\"\nfilter = \"customer_id <= 120\"\nnew_key = \"profile_id\"
[tables.columns]
legacy_id = \"customer_id\"
business_name = { from = \"company_name\", clean = \"trim\" }
email_address = { from = \"email\", clean = \"lower\" }
onboarding_date = \"registration_date\"
data_source = { sql = \"'x'\" }
";

/// A gate: rows from a key on wait for a lock, in either table.
const GATE: &str = "CREATE TABLE public.gate (relation text, id bigint);
    GRANT SELECT ON public.gate TO PUBLIC;
    CREATE FUNCTION public.wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF EXISTS (SELECT FROM public.gate g WHERE g.relation = TG_TABLE_NAME AND NEW.legacy_id = g.id) THEN
        PERFORM pg_advisory_xact_lock_shared(4712);
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER wait BEFORE INSERT ON new_erp.customer_profiles FOR EACH ROW EXECUTE FUNCTION public.wait_at_gate();
    CREATE TRIGGER wait BEFORE INSERT ON new_erp.ledger_entries FOR EACH ROW EXECUTE FUNCTION public.wait_at_gate()";

const WAITING: &str = "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// All that was migrated, in words in which keys that the target makes do not appear; and what was taken away before.
const CONTENT: &str = "SELECT md5(string_agg(r, '|' ORDER BY r)) || ' ' || count(*) || ' ' ||
    (SELECT count(*) FROM pg_constraint WHERE conrelid = 'new_erp.ledger_entries'::regclass AND contype = 'f') || ' ' ||
    (SELECT count(*) FROM pg_indexes WHERE schemaname = 'new_erp')
    FROM (SELECT (p.legacy_id, p.business_name, p.email_address, e.legacy_id, e.occurred_at, e.kind, e.amount)::text AS r
      FROM new_erp.customer_profiles p FULL JOIN new_erp.ledger_entries e USING (profile_id)) AS rows";

fn start(plan: &Path, configuration: &Path) -> Child {
    let mut command = command([]);
    command.arg("migrate").arg(plan).arg("--config").arg(configuration).args(["--format", "json"]);
    command.spawn().expect("pg-cli starts")
}

#[tokio::test]
async fn a_migration_that_is_killed_at_twenty_moments_ends_equal_every_time() {
    let database = Database::shop().await;
    let configuration = configuration(&database);
    let plan = file(PLAN);
    let (admin, holder) = (database.admin().await, database.admin().await);
    admin.batch_execute(GATE).await.unwrap();
    let ids: String = text(
        &database,
        "SELECT string_agg(transaction_id::text, ' ' ORDER BY transaction_id) FROM old_erp.transactions WHERE customer_id <= 120",
    )
    .await;
    let ids: Vec<i64> = ids.split(' ').map(|id| id.parse().unwrap()).collect();
    let step = ids.len() / 11;
    let customers = [1, 2, 40, 41, 60, 79, 80, 100, 119, 120].map(|id| ("customer_profiles", id));
    let entries = (0..10).map(|at| ("ledger_entries", ids[at * step]));
    let mut expected = None;
    let mut moments = 0;
    for (relation, id) in customers.into_iter().chain(entries) {
        admin
            .batch_execute(
                "TRUNCATE new_erp.ledger_entries, new_erp.customer_profiles; DROP SCHEMA IF EXISTS toolkit CASCADE;
                 DELETE FROM public.gate",
            )
            .await
            .unwrap();
        admin.execute("INSERT INTO public.gate VALUES ($1, $2)", &[&relation, &id]).await.unwrap();
        holder.batch_execute("SELECT pg_advisory_lock(4712)").await.unwrap();
        let mut child = start(&plan, &configuration);
        while text(&database, WAITING).await == "0" {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it came to {relation} {id}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // Whoever waited in the server goes on now, with nobody to listen.
        holder.batch_execute("SELECT pg_advisory_unlock(4712)").await.unwrap();
        let ended = start(&plan, &configuration).wait_with_output().unwrap();
        assert!(ended.status.success(), "{relation} {id}: {}", String::from_utf8_lossy(&ended.stderr));
        let content = text(&database, CONTENT).await;
        assert_eq!(*expected.get_or_insert_with(|| content.clone()), content, "killed at {relation} {id}");
        moments += 1;
    }
    assert_eq!(moments, 20);
    let expected = expected.unwrap();
    assert!(expected.ends_with(" 1 5"), "the foreign key and every index are there again: {expected}");
}
