//! Profiles: what they give, how connections narrow them, and what is said of mistakes in them.

use pg_policy::Rule;

use super::*;

fn entry(text: &str) -> ConnectionEntry {
    loaded(text, &[]).connections["c"].clone()
}

/// Asserts that a text is refused with all of these words.
fn says(text: &str, words: &[&str]) {
    let message = refused(text, &[]);
    for word in words {
        assert!(message.contains(word), "{text}\n{message}\nlacks {word}");
    }
}

#[test]
fn a_connection_that_names_no_profile_reads() {
    let plain = entry(&one(""));
    let named = entry(&one("profile = \"read_only\""));
    assert_eq!((plain.access, &plain.profile), (Access::Read, &None));
    assert_eq!((named.access, named.profile.as_deref()), (Access::Read, Some("read_only")));
    assert_eq!((named.limits, &named.policy), (plain.limits, &plain.policy));
}

#[test]
fn standard_changes_rows_and_nothing_else() {
    let standard = entry(&one("profile = \"standard\""));
    assert_eq!(standard.access, Access::Write);
    let allowed = standard.policy.allowed_operations.unwrap();
    assert!(kinds("select, insert, update, delete, merge").iter().all(|kind| allowed.contains(kind)));
    assert!(!kinds("call, notify, lock, truncate, create").iter().any(|kind| allowed.contains(kind)));
}

#[test]
fn production_reads_with_short_limits() {
    let production = entry(&one("profile = \"production\""));
    assert_eq!(production.access, Access::Read);
    assert_eq!((production.limits.rows, production.limits.max_rows), (500, 5000));
    assert_eq!(production.limits.statement_timeout, Duration::from_secs(10));
    assert_eq!(production.policy.allowed_operations, Some(kinds("select, show, explain")));
}

#[test]
fn a_profile_of_the_file_wins_over_what_it_extends_and_blocks_what_that_blocks() {
    let text = "
        [profiles.base]
        extends = \"standard\"
        limits.max_rows = 50
        policy.blocked_operations = [\"delete\"]
        [profiles.leaf]
        extends = \"base\"
        access = \"schema\"
        policy.allowed_operations = [\"select\", \"update\", \"create table\"]
        policy.blocked_operations = [\"merge\"]
        [connections.c]
        host = \"h\"
        profile = \"leaf\"
    ";
    let leaf = entry(text);
    assert_eq!((leaf.access, leaf.limits.max_rows), (Access::Schema, 50));
    assert_eq!(leaf.policy.allowed_operations, Some(kinds("select, update, create table")));
    assert_eq!(leaf.policy.blocked_operations, kinds("delete, merge"));
    let names: Vec<String> = loaded(text, &[]).profiles.into_keys().collect();
    assert_eq!(names, ["base", "leaf", "production", "read_only", "standard"]);
}

#[test]
fn a_profile_that_says_no_access_reads() {
    let text =
        "[profiles.p]\n[defaults]\naccess = \"write\"\n[connections.c]\nhost = \"h\"\nprofile = \"p\"\n";
    assert_eq!(entry(text).access, Access::Read);
}

#[test]
fn a_connection_may_narrow_its_profile() {
    let narrow = entry(&one("profile = \"standard\"\naccess = \"read\"\nlimits.max_rows = 5\n\
                             policy.allowed_operations = [\"select\"]\npolicy.blocked_operations = [\"show\"]"));
    assert_eq!((narrow.access, narrow.limits.max_rows, narrow.limits.rows), (Access::Read, 5, 5));
    assert_eq!(narrow.policy.allowed_operations, Some(kinds("select")));
    let verb = "[profiles.p]\naccess = \"schema\"\npolicy.allowed_operations = [\"drop table\"]\n";
    let verb = format!("{verb}{}", one("profile = \"p\"\npolicy.allowed_operations = [\"drop\"]"));
    assert_eq!(
        entry(&verb).policy.allowed_operations,
        Some(kinds("drop table")),
        "a verb means no more than its profile allows"
    );
}

#[test]
fn a_connection_may_not_widen_its_profile() {
    let production = |keys: &str| one(&format!("profile = \"production\"\n{keys}"));
    for (keys, words) in [
        (
            "access = \"write\"",
            &["4:10", "more than the read access of the profile `production`", "extends"][..],
        ),
        ("limits.max_rows = 6000", &["4:19", "limits.max_rows = 6000", "the 5000 of the profile"]),
        ("limits.rows = 6000", &["4:15", "limits.rows = 6000", "5000"]),
        ("limits.statement_timeout_ms = 10001", &["limits.statement_timeout_ms", "10000"]),
        ("limits.lock_timeout_ms = 2000", &["limits.lock_timeout_ms", "1000"]),
        ("policy.max_statement_bytes = 70000", &["policy.max_statement_bytes", "65536"]),
        ("policy.allowed_operations = [\"select\", \"insert\"]", &["4:40", "does not allow `insert`"]),
        ("policy.allowed_functions = [\"app.f\"]", &["4:29", "does not list the function `app.f`"]),
    ] {
        says(&production(keys), words);
    }
}

#[test]
fn nothing_outside_the_file_widens_a_profile() {
    let text = one("profile = \"production\"");
    let variables = [
        ("READONLY_MODE", "false"),
        ("ALLOWED_OPERATIONS", "SELECT,DELETE"),
        ("QUERY_TIMEOUT", "600"),
        ("MAX_QUERY_LENGTH", "1000000"),
    ];
    let held = loaded(&text, &variables).connections["c"].clone();
    assert_eq!((held.access, held.limits.statement_timeout), (Access::Read, Duration::from_secs(10)));
    assert_eq!(held.policy.allowed_operations, Some(kinds("select")));
    assert_eq!(held.policy.max_statement_bytes, 65536);

    let overrides = Overrides { access: Some(Access::Write), ..Overrides::default() };
    let message = load(&text, &[], overrides).unwrap_err().to_string();
    assert!(
        message.contains("[connections.c]") && message.contains("`production` holds it to read"),
        "{message}"
    );
}

#[test]
fn defaults_name_a_profile_for_the_rest_and_for_connections_made_at_run_time() {
    let text = format!("[defaults]\nprofile = \"production\"\nlimits.max_rows = 10\n{}", one(""));
    let configuration = loaded(&text, &[]);
    let held = &configuration.connections["c"];
    assert_eq!((held.profile.as_deref(), held.limits.max_rows), (Some("production"), 10));
    assert_eq!(configuration.defaults.policy.allowed_operations, Some(kinds("select, show, explain")));
    says(
        &format!("[defaults]\nprofile = \"production\"\n{}", one("access = \"write\"")),
        &["5:10", "`production`"],
    );
    says("[defaults]\nprofile = \"production\"\naccess = \"write\"\n", &["3:10", "`production`"]);
}

#[test]
fn names_the_place_of_a_profile_that_is_not_there() {
    says(&one("profile = \"standart\""), &["3:11", "no profile `standart`", "did you mean `standard`?"]);
    says(&one("profile = \"x\""), &["there are production, read_only, standard"]);
    says("[profiles.a]\nextends = \"b\"\n", &["2:11", "no profile `b`"]);
    says("[defaults]\nprofile = \"readonly\"\n", &["2:11", "did you mean `read_only`?"]);
}

#[test]
fn profiles_that_extend_each_other_in_a_circle_are_a_mistake() {
    let text =
        "[profiles.a]\nextends = \"b\"\n[profiles.b]\nextends = \"c\"\n[profiles.c]\nextends = \"a\"\n";
    says(text, &["6:11", "in a circle", "`a` extends `b` extends `c` and again `a`"]);
    says("[profiles.a]\nextends = \"a\"\n", &["2:11", "in a circle"]);
}

#[test]
fn built_in_profiles_are_not_redefined() {
    says(
        "[profiles.standard]\naccess = \"read\"\n",
        &["[profiles.standard]", "built in", "extends = \"standard\""],
    );
}

#[test]
fn a_kind_that_is_both_allowed_and_blocked_is_a_mistake() {
    let policy = |keys: &str| one(&format!("access = \"admin\"\n[connections.c.policy]\n{keys}"));
    says(
        &policy("allowed_operations = [\"select\", \"drop table\"]\nblocked_operations = [\"drop\"]"),
        &["5:33", "`drop table` is both in allowed_operations and in blocked_operations"],
    );
    // To allow a verb and block one of its kinds says something.
    let some = entry(&policy("allowed_operations = [\"drop\"]\nblocked_operations = [\"drop table\"]"));
    assert_eq!(some.policy.blocked_operations, kinds("drop table"));
    says(
        &format!(
            "[defaults]\npolicy.blocked_operations = [\"delete\"]\n{}",
            one("access = \"write\"\npolicy.allowed_operations = [\"delete\"]")
        ),
        &["6:30", "`delete`"],
    );
    says(&policy("allowed_operations = []"), &["5:22", "allows nothing"]);
}

#[test]
fn a_kind_that_is_allowed_above_the_access_is_a_mistake() {
    let keys = |access: &str, kind: &str| one(&format!("{access}\npolicy.allowed_operations = [\"{kind}\"]"));
    says(&keys("access = \"read\"", "insert"), &["4:30", "`insert`", "needs write access", "access is read"]);
    says(&keys("", "insert"), &["4:30", "access = \"write\""]);
    says(&keys("access = \"write\"", "truncate"), &["needs schema access"]);
    says(&keys("access = \"schema\"", "grant"), &["needs admin access"]);
    says(&keys("access = \"admin\"", "commit"), &["4:30", "`commit`", "no access level allows it"]);
    assert_eq!(entry(&keys("access = \"schema\"", "create")).access, Access::Schema);
    // What the file does not say is decided outside.
    let insert = keys("", "insert");
    assert_eq!(loaded(&insert, &[("READONLY_MODE", "false")]).connections["c"].access, Access::Write);
    let overrides = Overrides { access: Some(Access::Write), ..Overrides::default() };
    assert_eq!(with(&insert, &[], overrides).connections["c"].access, Access::Write);
    let readonly = loaded(&keys("access = \"write\"", "insert"), &[("READONLY_MODE", "true")]);
    assert_eq!(readonly.connections["c"].access, Access::Read);
    let profile = "[profiles.p]\naccess = \"read\"\npolicy.allowed_operations = [\"update\"]\n";
    says(profile, &["3:30", "`update`"]);
}

#[test]
fn a_default_of_rows_above_the_most_is_a_mistake_at_its_place() {
    says(&one("limits.rows = 9\nlimits.max_rows = 5"), &["3:15", "limits.rows = 9", "limits.max_rows = 5"]);
    let text = format!("[defaults]\nlimits.max_rows = 5\n{}", one("limits.rows = 9"));
    says(&text, &["5:15", "limits.max_rows = 5"]);
}

#[test]
fn a_word_that_is_no_kind_of_statement_is_answered_with_the_nearest() {
    let word = |word: &str| one(&format!("policy.blocked_operations = [\"{word}\"]"));
    says(&word("delet"), &["3:30", "`delet`", "did you mean `DELETE`?"]);
    says(&word("create tabel"), &["did you mean `CREATE TABLE`?"]);
    says(&word("frobnicate"), &["a kind of statement: ALTER, ANALYZE", "CREATE TABLE"]);
    says(&word(""), &["3:30", "a kind of statement"]);
    says(&one("policy.blocked_operations = \"drop\""), &["3:29", "a list"]);
    says(&one("policy.blocked_operations = [3]"), &["3:30", "such as \"SELECT\""]);
    let message = refused("", &[("BLOCKED_KEYWORDS", "DROP, FROB")]);
    assert!(message.contains("BLOCKED_KEYWORDS") && message.contains("`FROB`"), "{message}");
    let message = refused("", &[("ALLOWED_OPERATIONS", ",")]);
    assert!(message.contains("ALLOWED_OPERATIONS") && message.contains("SELECT,INSERT"), "{message}");
}

#[test]
fn every_key_is_looked_at_in_every_table() {
    for (text, words) in [
        (
            "[profiles.p]\nacces = \"read\"\n",
            &["2:1", "`acces`", "[profiles.p]", "did you mean `access`"][..],
        ),
        ("[profiles.p.limits]\nmax_row = 3\n", &["2:1", "[profiles.p.limits]", "did you mean `max_rows`"]),
        ("[profiles.p.policy]\nallowed_function = []\n", &["[profiles.p.policy]", "`allowed_functions`"]),
        ("[profiles.p]\npool_size = 3\n", &["2:1", "`pool_size`", "[profiles.p]"]),
        ("[defaults.policy]\nblocked = []\n", &["2:1", "[defaults.policy]", "blocked_operations"]),
        ("[server]\nport = 3\n", &["2:1", "`port`", "[server]", "listen"]),
        ("[logging]\nlog_level = 3\n", &["2:1", "`log_level`", "[logging]"]),
        ("[policies.p]\n", &["1:2", "`policies`", "the file", "profiles"]),
        ("[connections.c]\nprofile = 3\n", &["2:11", "profile", "a string"]),
        ("[profiles.\"a b\"]\n", &["[profiles.a b]", "letters, digits"]),
        ("[profiles.\"a\\nb\"]\n", &["[profiles.a\\nb]", "letters, digits"]),
        ("[profiles]\np = \"read\"\n", &["2:5", "`p`", "a table"]),
        ("[connections.c]\nlimits = 3\n", &["2:10", "`limits`", "a table"]),
        ("[connections.c.limits]\nmax_rows = -1\n", &["2:12", "-1", "from 1 to 4294967295"]),
        ("[connections.c.limits]\nmax_rows = 99999999999999999999\n", &["2:12", "`max_rows`"]),
        ("[connections.c.limits]\nstatement_timeout_ms = 30s\n", &["2:", "/etc/pg.toml"]),
        (
            "[connections.c.limits]\nstatement_timeout_ms = \"30s\"\n",
            &["2:24", "`30s`", "from 1 to 2147483647"],
        ),
        ("[connections.c]\naccess = \"Read\"\n", &["2:10", "`Read`", "read, write, schema or admin"]),
        ("[connections.c]\naccess = true\n", &["2:10", "access"]),
        ("[connections.c]\nsearch_path = \"public\"\n", &["2:15", "a list"]),
        ("[connections.c]\nhost = 1.5\n", &["2:8", "host", "a string or a whole number"]),
        ("[connections.c]\nhost = [\"a\"]\n", &["2:8", "host", "a string or a whole number"]),
        ("[connections.c]\nlabel = 1979-05-27\nlabel = 3\n", &["3:1", "duplicate key"]),
        ("[connections.c]\n[connections.c]\n", &["2:", "duplicate"]),
        ("[connections.c]\nlabel =\n", &["2:"]),
        ("\u{feff}[connection.c]\n", &["`connection`"]),
    ] {
        says(text, words);
    }
}

#[test]
fn lists_of_names_reach_the_rules() {
    let rules = entry(&one(
        "access = \"schema\"\n[connections.c.policy]\nallowed_schemas = [\"app\"]\nallowed_tables = [\"crm.leads\"]\n\
         denied_schemas = [\"hr\"]\ndenied_tables = [\"app.cards\"]\nallowed_columns = [\"crm.leads.id\"]\n\
         denied_columns = [\"app.users.hash\"]\ndenied_functions = [\"app.purge\"]\nallowed_settings = [\"work_mem\"]\n\
         allowed_wrappers = [\"postgres_fdw\"]\nrequire_where = true\ntruncate = false\ndrop = false",
    ))
    .policy;
    let policy = crate::policy::policy(Access::Schema, &rules);
    let facts = pg_policy::NoFacts;
    for (statement, rule) in [
        ("DELETE FROM app.users", Rule::Where),
        ("TRUNCATE app.users", Rule::Truncate),
        ("DROP TABLE app.users", Rule::Drop),
        ("SELECT 1 FROM hr.people", Rule::Schema),
        ("SELECT 1 FROM other.people", Rule::Table),
        ("SELECT 1 FROM app.cards", Rule::Table),
    ] {
        assert_eq!(policy.vet(statement, &facts).unwrap_err().rule(), rule, "{statement}");
    }
}

#[test]
fn a_connection_narrows_the_lists_of_its_profile() {
    let profile = "[profiles.p]\npolicy.allowed_schemas = [\"a\", \"b\"]\npolicy.denied_tables = [\"a.x\"]\n\
                   policy.allowed_columns = [\"a.t.c\", \"a.t.d\", \"a.u.e\"]\npolicy.drop = false\n\
                   policy.masked_predicates = \"tokens\"\n";
    let with = |keys: &str| format!("{profile}{}", one(&format!("profile = \"p\"\n{keys}")));
    let rules = entry(&with(
        "policy.allowed_tables = [\"a.t\"]\npolicy.denied_tables = [\"b.y\"]\npolicy.allowed_columns = [\"a.t.c\"]",
    ))
    .policy
    .rules;
    assert_eq!(rules.allowed_schemas, None, "to say one of the two keys says it all");
    assert_eq!(rules.allowed_tables.as_deref(), Some(&["a.t".to_owned()][..]));
    assert_eq!(rules.denied_tables, ["b.y", "a.x"]);
    let columns: Vec<String> = rules.allowed_columns.iter().map(|column| column.column.clone()).collect();
    assert_eq!(columns, ["c", "e"], "what it says nothing of stays as it was");
    assert!(!rules.drop);
    for (keys, words) in [
        ("policy.allowed_schemas = [\"c\"]", &["10:27", "does not allow the schema `c`"][..]),
        ("policy.allowed_tables = [\"c.t\"]", &["10:26", "does not allow the table `c.t`"]),
        ("policy.allowed_tables = [\"t\"]", &["does not allow the table `t`"]),
        ("policy.allowed_columns = [\"a.t.z\"]", &["does not allow the column `a.t.z`"]),
        ("policy.allowed_columns = [\"t.z\"]", &["does not allow the column `t.z`"]),
        ("policy.allowed_settings = [\"work_mem\"]", &["does not allow the setting `work_mem`"]),
        ("policy.allowed_wrappers = [\"w\"]", &["does not allow the foreign-data wrapper `w`"]),
        ("policy.drop = true", &["10:15", "drop = true is looser"]),
        ("policy.triggers = \"any\"", &["10:19", "triggers = \"any\" is looser"]),
        ("policy.masked_predicates = \"masked\"", &["10:28", "masked_predicates = \"masked\" is looser"]),
    ] {
        says(&with(keys), words);
    }
}

#[test]
fn names_that_are_both_allowed_and_denied_are_a_mistake() {
    let both = |what: &str, name: &str| {
        one(&format!("policy.denied_{what} = [\"{name}\"]\npolicy.allowed_{what} = [\"{name}\"]"))
    };
    for (what, name) in
        [("schemas", "app"), ("tables", "app.t"), ("columns", "app.t.c"), ("functions", "app.f")]
    {
        let message = format!("`{name}` is both in allowed_{what} and in denied_{what}");
        says(&both(what, name), &["4:", &message]);
    }
    says(
        &one("[connections.c.policy]\ndenied_columns = [\"users.hash\"]\n\
              masked_columns = [{ column = \"app.users.hash\", method = \"null\" }]"),
        &["5:19", "`app.users.hash` is both in masked_columns and in denied_columns"],
    );
    says(&one("policy.denied_columns = [\"password\"]"), &["3:26", "`password`"]);
    says(&one("policy.allowed_settings = [\"role\"]"), &["3:28", "`role`"]);
    says(&one("policy.require_where = \"yes\""), &["3:24", "true or false"]);
    says(&one("policy.triggers = \"some\""), &["3:19", "`some`"]);
    says(&one("policy.masked_predicates = \"hash\""), &["3:28", "`hash`"]);
}
