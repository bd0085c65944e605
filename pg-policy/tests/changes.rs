//! What changes of rows set off, as the catalog's facts tell it.

#![expect(clippy::panic, reason = "a test that meets the unforeseen has failed")]

use pg_policy::{
    Access, Attached, CascadeFacts, ChangedRelation, ExpressionFacts, Facts, FunctionFacts, Policy,
    PolicyBuilder, RelationDescription, RelationKind, RelationName, RowChanges, Rule, RuleFacts, SetOffKind,
    TriggerFacts, Triggers, Volatility,
};

/// A catalog with a few tables of the schema `app`; functions and operators are the server's.
struct Catalog(Vec<ChangedRelation>);

impl Facts for Catalog {
    fn function(&self, _: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
        (name == "reach").then(|| vec![function(false)])
    }

    fn relation(&self, _: Option<&str>, name: &str) -> Option<Vec<RelationDescription>> {
        let view = name == "window";
        Some(vec![RelationDescription {
            schema: "app".to_owned(),
            name: name.to_owned(),
            kind: if view { RelationKind::View } else { RelationKind::Table },
            extension: None,
            wrappers: Vec::new(),
            definition: view.then(|| {
                "SELECT id AS number FROM app.orders o WHERE id IN (SELECT id FROM app.other)".to_owned()
            }),
            attached: Vec::new(),
            columns: Vec::new(),
            kin: Vec::new(),
            types: Vec::new(),
        }])
    }

    fn changed(&self, _: Option<&str>, name: &str) -> Option<Vec<ChangedRelation>> {
        let known = self.0.iter().filter(|relation| relation.name == name).cloned().collect::<Vec<_>>();
        let plain =
            ChangedRelation { schema: "app".to_owned(), name: name.to_owned(), ..ChangedRelation::default() };
        Some(if known.is_empty() { vec![plain] } else { known })
    }

    fn has_catalog(&self) -> bool {
        true
    }
}

/// Knows relations, and not what changes of them set off.
struct Unasked;

impl Facts for Unasked {
    fn function(&self, schema: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
        Catalog(Vec::new()).function(schema, name)
    }

    fn relation(&self, schema: Option<&str>, name: &str) -> Option<Vec<RelationDescription>> {
        Catalog(Vec::new()).relation(schema, name)
    }

    fn has_catalog(&self) -> bool {
        true
    }
}

fn function(trusted: bool) -> FunctionFacts {
    FunctionFacts {
        schema: "app".to_owned(),
        volatility: Volatility::Volatile,
        security_definer: true,
        language: if trusted { "plpgsql" } else { "plpython3u" }.to_owned(),
        trusted_language: trusted,
        extension: None,
        cost: 100.0,
        definition: None,
    }
}

fn orders() -> ChangedRelation {
    ChangedRelation { schema: "app".to_owned(), name: "orders".to_owned(), ..ChangedRelation::default() }
}

fn trigger(on: &str, trusted: bool) -> TriggerFacts {
    TriggerFacts {
        what: "the trigger audit on app.orders".to_owned(),
        on: RowChanges::from_letters(on),
        instead: false,
        definition: None,
        function: "note".to_owned(),
        facts: function(trusted),
    }
}

fn with_trigger(on: &str, trusted: bool) -> Catalog {
    Catalog(vec![ChangedRelation { triggers: vec![trigger(on, trusted)], ..orders() }])
}

fn write() -> PolicyBuilder {
    Policy::builder().access(Access::Write)
}

fn refusal(policy: &Policy, text: &str, facts: &dyn Facts) -> pg_policy::Refusal {
    match policy.vet(text, facts) {
        Ok(_) => panic!("let through: {text}"),
        Err(refusal) => refusal,
    }
}

#[test]
fn a_security_definer_trigger_in_a_trusted_language_is_in_nobodys_way() {
    let vetted = write().build().vet("UPDATE orders SET a = 1", &with_trigger("u", true)).unwrap();
    let told: Vec<String> = vetted.sets_off().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["the trigger audit on app.orders, which calls app.note (plpgsql, volatile, security definer)"]
    );
    assert_eq!(vetted.sets_off()[0].kind, SetOffKind::Trigger);
}

#[test]
fn a_trigger_counts_for_the_changes_that_it_waits_for() {
    let policy = write().build();
    for (on, refused, allowed) in [
        ("i", "INSERT INTO orders VALUES (1)", "DELETE FROM orders"),
        ("u", "UPDATE orders SET a = 1", "INSERT INTO orders VALUES (1) ON CONFLICT DO NOTHING"),
        ("u", "INSERT INTO orders VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2", "DELETE FROM orders"),
        ("d", "WITH x AS (DELETE FROM orders RETURNING a) TABLE x", "UPDATE orders SET a = 1"),
        (
            "d",
            "MERGE INTO orders o USING t ON o.a = t.a WHEN MATCHED THEN DELETE",
            "MERGE INTO orders o USING t ON o.a = t.a WHEN MATCHED THEN UPDATE SET a = 1",
        ),
        ("iud", "EXPLAIN ANALYZE DELETE FROM orders", "EXPLAIN DELETE FROM orders"),
    ] {
        let facts = with_trigger(on, false);
        let refusal = refusal(&policy, refused, &facts);
        assert_eq!(refusal.rule(), Rule::Trigger, "{refusal}");
        assert!(refusal.met().contains("the trigger audit on app.orders"), "{refusal}");
        assert!(refusal.position().is_some(), "{refusal}");
        assert!(policy.vet(allowed, &facts).is_ok(), "{allowed}");
    }
    let schema = Policy::new(Access::Schema);
    assert_eq!(refusal(&schema, "TRUNCATE orders", &with_trigger("t", false)).rule(), Rule::Trigger);
    assert!(schema.vet("TRUNCATE other", &with_trigger("t", false)).is_ok());
}

#[test]
fn what_a_policy_asks_of_triggers_is_its_own() {
    let (trusted, wild) = (with_trigger("u", true), with_trigger("u", false));
    let update = "UPDATE orders SET a = 1";
    let listed = write().triggers(Triggers::Listed);
    assert_eq!(refusal(&listed.clone().build(), update, &trusted).rule(), Rule::Trigger);
    assert!(listed.clone().functions(["app.note"]).build().vet(update, &wild).is_ok());
    assert!(listed.functions(["note"]).build().vet(update, &wild).is_ok());
    assert!(write().triggers(Triggers::Any).build().vet(update, &wild).is_ok());
    let denied = write().triggers(Triggers::Any).denied_functions(["app.note"]).build();
    assert_eq!(refusal(&denied, update, &trusted).rule(), Rule::Trigger);
    assert!(Policy::new(Access::Admin).vet(update, &wild).is_ok());
}

#[test]
fn what_a_change_sets_off_is_asked_for() {
    let refusal = refusal(&write().build(), "UPDATE app.orders SET a = 1", &Unasked);
    assert!(refusal.cannot_be_judged(), "{refusal}");
    let asked = RelationName { schema: Some("app".to_owned()), name: "orders".to_owned() };
    assert_eq!(refusal.questions().changes, [asked]);
    assert!(write().build().vet("SELECT * FROM app.orders", &Unasked).is_ok());
}

#[test]
fn expressions_are_judged_by_what_they_call() {
    let facts = |expression: &str| {
        Catalog(vec![ChangedRelation {
            expressions: vec![ExpressionFacts {
                attached: Attached {
                    what: "the default of app.orders.a".to_owned(),
                    expression: expression.to_owned(),
                },
                on: RowChanges::INSERT,
            }],
            ..orders()
        }])
    };
    let (policy, insert) = (write().build(), "INSERT INTO orders (b) VALUES (1)");
    for harmless in ["nextval('s'::regclass)", "now()", "CURRENT_USER", "a, b"] {
        let verdict = policy.vet(insert, &facts(harmless));
        assert!(verdict.is_ok(), "{harmless}: {verdict:?}");
    }
    for harmful in ["reach()", "pg_read_file('x')", "set_config('a', 'b', false)", "lo_import('x')"] {
        let refusal = refusal(&policy, insert, &facts(harmful));
        assert!(refusal.met().contains("in the default of app.orders.a"), "{refusal}");
    }
    // A policy that lets these be called lets owners call them.
    assert!(write().functions(["reach"]).build().vet(insert, &facts("reach()")).is_ok());
}

#[test]
fn rules_are_judged_like_views_and_run_on() {
    let facts = |definition: &str| {
        Catalog(vec![
            ChangedRelation {
                rules: vec![RuleFacts {
                    what: "the rule r on app.orders".to_owned(),
                    on: RowChanges::INSERT,
                    instead: false,
                    definition: definition.to_owned(),
                }],
                ..orders()
            },
            ChangedRelation { name: "other".to_owned(), triggers: vec![trigger("i", false)], ..orders() },
        ])
    };
    let policy = write().denied_tables(["app.secret"]).require_where().build();
    let insert = "INSERT INTO app.orders VALUES (1)";
    for (action, rule) in [
        (
            "CREATE RULE r AS ON INSERT TO app.orders DO ALSO INSERT INTO app.secret VALUES (new.a);",
            Rule::Table,
        ),
        ("CREATE RULE r AS ON INSERT TO app.orders DO ALSO SELECT * FROM app.secret;", Rule::Table),
        (
            "CREATE RULE r AS ON INSERT TO app.orders WHERE new.a IN (SELECT a FROM app.secret) DO INSTEAD NOTHING;",
            Rule::Table,
        ),
        (
            "CREATE RULE r AS ON INSERT TO app.orders DO INSTEAD (INSERT INTO app.t VALUES (1); SELECT reach(););",
            Rule::Function,
        ),
        (
            "CREATE RULE r AS ON INSERT TO app.orders DO INSTEAD INSERT INTO app.other VALUES (new.a);",
            Rule::Trigger,
        ),
        (
            "CREATE RULE r AS ON INSERT TO app.orders DO INSTEAD DELETE FROM pg_catalog.pg_class;",
            Rule::SystemCatalog,
        ),
        // What is no rule is no harmless one.
        ("DROP TABLE app.orders", Rule::Access),
        ("nonsense", Rule::Syntax),
    ] {
        let refusal = refusal(&policy, insert, &facts(action));
        assert_eq!(refusal.rule(), rule, "{action}: {refusal}");
        assert!(refusal.met().contains("the rule r on app.orders") || rule == Rule::Trigger, "{refusal}");
    }
    // It is not the caller who leaves the condition out.
    let honest = "CREATE RULE r AS ON INSERT TO app.orders DO ALSO UPDATE app.t SET n = app.t.n + new.a;";
    assert!(policy.vet(insert, &facts(honest)).is_ok());
    let read = Policy::builder().denied_tables(["app.secret"]).build();
    let shown = "CREATE RULE r AS ON INSERT TO app.orders DO ALSO SELECT * FROM app.secret;";
    assert_eq!(refusal(&read, &format!("EXPLAIN {insert}"), &facts(shown)).rule(), Rule::Table);
    assert!(read.vet(&format!("EXPLAIN {insert}"), &facts(honest)).is_ok());
}

#[test]
fn foreign_keys_hand_changes_on() {
    let cascade = |on: &str, to: &str, changes: &str| CascadeFacts {
        what: format!("the foreign key of app.{to}"),
        on: RowChanges::from_letters(on),
        to: RelationName { schema: Some("app".to_owned()), name: to.to_owned() },
        changes: RowChanges::from_letters(changes),
        columns: vec!["id".to_owned()],
    };
    let facts = Catalog(vec![
        ChangedRelation {
            cascades: vec![
                cascade("d", "lines", "d"),
                cascade("u", "lines", "u"),
                cascade("c", "lines", "tc"),
            ],
            ..orders()
        },
        ChangedRelation {
            name: "lines".to_owned(),
            // Round and round.
            cascades: vec![cascade("d", "orders", "u"), cascade("d", "secret", "u")],
            triggers: vec![trigger("tu", false)],
            ..orders()
        },
    ]);
    let policy = Policy::builder().access(Access::Schema).denied_tables(["app.secret"]).build();
    let denied = refusal(&policy, "DELETE FROM app.orders WHERE id = 1", &facts);
    assert_eq!(denied.rule(), Rule::Table, "{denied}");
    assert!(denied.met().contains("app.secret in the foreign key of app.secret"), "{denied}");
    assert_eq!(refusal(&policy, "UPDATE app.orders SET id = 1", &facts).rule(), Rule::Trigger);
    assert_eq!(refusal(&policy, "UPDATE app.orders SET (a, id) = (1, 2)", &facts).rule(), Rule::Trigger);
    assert_eq!(
        refusal(&policy, "INSERT INTO app.orders VALUES (1) ON CONFLICT (a) DO UPDATE SET id = 2", &facts)
            .rule(),
        Rule::Trigger
    );
    assert_eq!(refusal(&policy, "TRUNCATE app.orders CASCADE", &facts).rule(), Rule::Trigger);
    for honest in ["UPDATE app.orders SET a = 1", "TRUNCATE app.orders", "INSERT INTO app.orders VALUES (1)"]
    {
        assert!(policy.vet(honest, &facts).is_ok(), "{honest}");
    }
}

#[test]
fn a_view_hands_changes_on_to_its_table_unless_something_runs_instead() {
    let policy = write().build();
    let delete = "DELETE FROM app.window";
    assert_eq!(refusal(&policy, delete, &with_trigger("d", false)).rule(), Rule::Trigger);
    let mut facts = with_trigger("d", false);
    let own = TriggerFacts { instead: true, ..trigger("d", true) };
    facts.0.push(ChangedRelation { name: "window".to_owned(), triggers: vec![own], ..orders() });
    assert!(policy.vet(delete, &facts).is_ok());
    assert!(policy.vet("UPDATE app.window SET number = 1", &facts).is_ok());
}

#[test]
fn a_denied_column_is_not_written_where_a_row_is_met() {
    let policy = write().denied_columns(["app.orders.secret".parse().unwrap()]).build();
    let text = "INSERT INTO app.orders (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET secret = 2";
    assert_eq!(refusal(&policy, text, &Catalog(Vec::new())).rule(), Rule::Column);
    let honest = "INSERT INTO app.orders (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2";
    assert!(policy.vet(honest, &Catalog(Vec::new())).is_ok());
}
