//! The catalog's facts: what they let through, what they refuse, and what is asked for.

use pg_policy::{
    Access, Facts, FunctionFacts, FunctionName, NoFacts, OperatorName, Policy, Rule, Volatility,
};

/// A catalog of overloads, by name; what is not in it was not asked for.
#[derive(Default)]
struct Catalog {
    functions: Vec<(&'static str, Vec<FunctionFacts>)>,
    operators: Vec<(&'static str, Vec<FunctionFacts>)>,
}

impl Catalog {
    fn function(mut self, name: &'static str, overloads: Vec<FunctionFacts>) -> Catalog {
        self.functions.push((name, overloads));
        self
    }

    fn operator(mut self, symbol: &'static str, overloads: Vec<FunctionFacts>) -> Catalog {
        self.operators.push((symbol, overloads));
        self
    }
}

fn look_up(
    list: &[(&'static str, Vec<FunctionFacts>)],
    schema: Option<&str>,
    name: &str,
) -> Option<Vec<FunctionFacts>> {
    let (_, overloads) = list.iter().find(|(known, _)| *known == name)?;
    Some(
        overloads
            .iter()
            .filter(|facts| schema.is_none_or(|schema| facts.schema == schema))
            .cloned()
            .collect(),
    )
}

impl Facts for Catalog {
    fn function(&self, schema: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
        look_up(&self.functions, schema, name)
    }

    fn operator(&self, schema: Option<&str>, symbol: &str) -> Option<Vec<FunctionFacts>> {
        look_up(&self.operators, schema, symbol)
    }
}

fn sql(volatility: Volatility) -> FunctionFacts {
    FunctionFacts {
        schema: "app".to_owned(),
        volatility,
        security_definer: false,
        language: "sql".to_owned(),
        trusted_language: true,
        extension: None,
        cost: 100.0,
        definition: None,
    }
}

fn of_extension(extension: &str, volatility: Volatility) -> FunctionFacts {
    FunctionFacts {
        schema: "public".to_owned(),
        language: "c".to_owned(),
        trusted_language: false,
        extension: Some(extension.to_owned()),
        ..sql(volatility)
    }
}

use Volatility::{Immutable, Stable, Volatile};

#[test]
fn a_stable_function_of_the_user_passes_in_read_access() {
    let catalog = Catalog::default().function("total", vec![sql(Immutable), sql(Stable)]);
    for text in ["SELECT total(1)", "SELECT app.total(1)", "SELECT * FROM total(1)"] {
        let vetted = Policy::default().vet(text, &catalog).unwrap();
        assert_eq!(vetted.access(), Access::Read);
    }
}

#[test]
fn the_worst_overload_counts() {
    let catalog = Catalog::default().function("total", vec![sql(Stable), sql(Volatile)]);
    let refusal = Policy::default().vet("SELECT total(1)", &catalog).unwrap_err();
    assert_eq!(refusal.rule(), Rule::Function);
    assert!(refusal.why().contains("app.total is volatile"), "{refusal}");
    assert!(refusal.instead().contains("allowed_functions = [\"total\"]"), "{refusal}");
    assert!(!refusal.cannot_be_judged());
}

#[test]
fn a_volatile_function_needs_write_access() {
    let catalog = Catalog::default().function("work", vec![sql(Volatile)]);
    let vetted = Policy::new(Access::Write).vet("SELECT work()", &catalog).unwrap();
    assert_eq!(vetted.access(), Access::Write);
}

#[test]
fn a_security_definer_function_needs_admin_access_or_a_listing() {
    let facts = FunctionFacts { security_definer: true, ..sql(Stable) };
    let catalog = Catalog::default().function("peek", vec![facts]);
    for access in [Access::Read, Access::Write, Access::Schema] {
        assert!(Policy::new(access).vet("SELECT peek()", &catalog).is_err(), "{access}");
    }
    assert!(Policy::new(Access::Admin).vet("SELECT peek()", &catalog).is_ok());
    let listing = Policy::builder().functions(["app.peek"]).build();
    assert!(listing.vet("SELECT peek()", &catalog).is_ok());
    assert!(listing.vet("SELECT app.peek()", &catalog).is_ok());
}

#[test]
fn an_untrusted_language_needs_admin_access() {
    let facts =
        FunctionFacts { language: "plpython3u".to_owned(), trusted_language: false, ..sql(Immutable) };
    let catalog = Catalog::default().function("reach", vec![facts]);
    let refusal = Policy::new(Access::Write).vet("SELECT reach()", &catalog).unwrap_err();
    assert!(refusal.why().contains("untrusted language plpython3u"), "{refusal}");
}

#[test]
fn what_is_not_known_is_asked_for() {
    let refusal = Policy::default()
        .vet("SELECT b(), app.a(), b(), lower('x') FROM t TABLESAMPLE m (1)", &NoFacts)
        .unwrap_err();
    let name = |schema: Option<&str>, name: &str| FunctionName {
        schema: schema.map(str::to_owned),
        name: name.to_owned(),
    };
    assert_eq!(refusal.questions().functions, [name(None, "b"), name(None, "m"), name(Some("app"), "a")]);
    assert_eq!(refusal.position(), Some(8));
    let catalog = Catalog::default().function("b", vec![]).function("a", vec![]).function("m", vec![]);
    // The catalog was asked and there are none: the server's own error says that best.
    let verdict = Policy::default().vet("SELECT b(), app.a() FROM t TABLESAMPLE m (1)", &catalog);
    assert!(verdict.is_ok());
}

#[test]
fn a_plain_refusal_wins_over_a_question() {
    let refusal = Policy::default().vet("SELECT unknown(), pg_read_file('x')", &NoFacts).unwrap_err();
    assert!(refusal.met().contains("pg_read_file"), "{refusal}");
    assert!(!refusal.cannot_be_judged());
}

#[test]
fn a_users_overload_of_a_built_in_name_is_heard() {
    let catalog = Catalog::default().function("lower", vec![sql(Volatile)]);
    assert!(Policy::default().vet("SELECT lower('A')", &catalog).is_err());
    assert!(Policy::default().vet("SELECT pg_catalog.lower('A')", &catalog).is_ok());
    let catalog = Catalog::default().function("lower", vec![of_extension("citext", Immutable)]);
    assert!(Policy::default().vet("SELECT lower('A')", &catalog).is_ok());
}

#[test]
fn grammar_that_older_servers_take_for_a_call_is_judged_as_one() {
    let catalog = Catalog::default().function("json_value", vec![sql(Volatile)]);
    assert!(Policy::default().vet("SELECT json_value('{}', '$.a')", &catalog).is_err());
    assert!(Policy::default().vet("SELECT json_value('{}', '$.a')", &NoFacts).is_ok());
}

#[test]
fn the_deny_list_wins_over_facts() {
    let catalog = Catalog::default()
        .function("crosstab", vec![of_extension("tablefunc", Stable)])
        .function("pg_read_file", vec![FunctionFacts { schema: "pg_catalog".to_owned(), ..sql(Stable) }])
        .function("http_get", vec![of_extension("pg_net", Stable)]);
    for text in
        ["SELECT * FROM crosstab('x') AS c(a int)", "SELECT pg_read_file('x')", "SELECT http_get('x')"]
    {
        let refusal = Policy::new(Access::Schema).vet(text, &catalog).unwrap_err();
        assert_eq!(refusal.rule(), Rule::Function, "{text}");
        assert!(!refusal.cannot_be_judged(), "{text}");
    }
}

#[test]
fn a_users_own_function_may_have_the_name_of_an_extensions() {
    let catalog =
        Catalog::default().function("crosstab", vec![sql(Stable)]).function("schedule", vec![sql(Stable)]);
    assert!(Policy::default().vet("SELECT crosstab('x'), app.schedule()", &catalog).is_ok());
    let refusal = Policy::default().vet("SELECT schedule()", &NoFacts).unwrap_err();
    assert_eq!(refusal.questions().functions.len(), 1);
}

#[test]
fn a_function_in_another_schema_is_not_the_servers() {
    let catalog = Catalog::default().function("nextval", vec![sql(Stable)]);
    assert!(Policy::default().vet("SELECT app.nextval('x')", &catalog).is_ok());
    assert!(Policy::default().vet("SELECT nextval('x')", &catalog).is_err());
}

#[test]
fn a_function_of_a_newer_server_is_refused_whatever_its_volatility() {
    let facts = FunctionFacts { schema: "pg_catalog".to_owned(), ..sql(Stable) };
    let catalog = Catalog::default().function("brand_new", vec![facts]);
    for text in ["SELECT brand_new()", "SELECT pg_catalog.brand_new()"] {
        assert!(Policy::new(Access::Schema).vet(text, &catalog).is_err(), "{text}");
        assert!(Policy::new(Access::Admin).vet(text, &catalog).is_ok(), "{text}");
    }
}

#[test]
fn reviewed_functions_of_extensions_pass_when_the_extension_owns_them() {
    let catalog = Catalog::default().function("uuid_generate_v4", vec![of_extension("uuid-ossp", Volatile)]);
    assert!(Policy::default().vet("SELECT uuid_generate_v4()", &catalog).is_ok());
    let catalog = Catalog::default().function("uuid_generate_v4", vec![sql(Volatile)]);
    assert!(Policy::default().vet("SELECT uuid_generate_v4()", &catalog).is_err());
}

#[test]
fn operators_are_judged_by_the_functions_behind_them() {
    let catalog = Catalog::default()
        .operator("<=>", vec![of_extension("vector", Immutable)])
        .operator("<!!>", vec![sql(Volatile)])
        .operator("=", vec![FunctionFacts { schema: "pg_catalog".to_owned(), ..sql(Immutable) }]);
    let policy = Policy::default();
    assert!(policy.vet("SELECT * FROM items ORDER BY embedding <=> $1 LIMIT 5", &catalog).is_ok());
    assert!(policy.vet("SELECT a OPERATOR(public.<=>) b FROM items", &catalog).is_ok());
    assert!(policy.vet("SELECT a = b FROM items", &catalog).is_ok());
    let refusal = policy.vet("SELECT a <!!> b", &catalog).unwrap_err();
    assert_eq!((refusal.rule(), refusal.position()), (Rule::Operator, Some(10)));
    let refusal = policy.vet("SELECT a <=> b, a OPERATOR(x.=) b", &NoFacts).unwrap_err();
    let name = |schema: Option<&str>, symbol: &str| OperatorName {
        schema: schema.map(str::to_owned),
        symbol: symbol.to_owned(),
    };
    assert_eq!(refusal.questions().operators, [name(None, "<=>"), name(Some("x"), "=")]);
}

#[test]
fn a_listing_by_schema_does_not_cover_other_schemas() {
    let policy = Policy::builder().functions(["app.work"]).build();
    let catalog = Catalog::default().function("work", vec![sql(Volatile)]);
    assert!(policy.vet("SELECT app.work()", &NoFacts).is_ok());
    assert!(policy.vet("SELECT work()", &catalog).is_ok());
    assert!(policy.vet("SELECT work()", &NoFacts).is_err());
    assert!(policy.vet("SELECT evil.work()", &NoFacts).is_err());
    let both = vec![sql(Volatile), FunctionFacts { schema: "evil".to_owned(), ..sql(Volatile) }];
    let catalog = Catalog::default().function("work", both);
    assert!(policy.vet("SELECT work()", &catalog).is_err());
}

#[test]
fn a_listing_by_name_covers_every_schema_and_the_deny_list() {
    let policy = Policy::builder().functions(["work", "pg_read_file", "pg_catalog.set_config"]).build();
    for text in [
        "SELECT work()",
        "SELECT app.work()",
        "SELECT pg_read_file('x')",
        "SELECT set_config('a', 'b', true)",
    ] {
        let vetted = policy.vet(text, &NoFacts);
        assert_eq!(vetted.unwrap().access(), Access::Read, "{text}");
    }
}

#[test]
fn a_procedure_is_judged_like_a_function() {
    let catalog = Catalog::default().function("settle", vec![sql(Volatile)]);
    assert_eq!(Policy::default().vet("CALL settle(1)", &catalog).unwrap_err().rule(), Rule::Access);
    assert!(Policy::new(Access::Write).vet("CALL settle(1)", &catalog).is_ok());
}

fn with_body(name: &str, language: &str, body: &str) -> FunctionFacts {
    let definition = format!(
        "CREATE OR REPLACE FUNCTION app.{name}()\n RETURNS text\n LANGUAGE {language}\n STABLE\n{body}"
    );
    FunctionFacts { language: language.to_owned(), definition: Some(definition), ..sql(Stable) }
}

#[test]
fn the_body_of_a_function_is_judged_as_a_caller_s_statement_is() {
    for (language, body) in [
        ("sql", "AS $f$ SELECT pg_read_file('x') $f$"),
        ("sql", "AS $f$ SELECT 1; SELECT pg_read_file('x') $f$"),
        ("sql", "AS $f$ INSERT INTO t VALUES (1) RETURNING 'x' $f$"),
        ("sql", "AS $f$ SELECT rolpassword FROM pg_authid $f$"),
        ("sql", "AS $f$ SELECT $f$"),
        ("sql", "RETURN pg_read_file('x'::text)"),
        ("sql", "BEGIN ATOMIC\n SELECT pg_read_file('x'::text);\nEND"),
        ("sql", "AS $f$ this is no SQL $f$"),
        ("sql", "SET search_path TO 'app', 'evil'\nAS $f$ SELECT work() $f$"),
        ("plpgsql", "AS $f$ BEGIN RETURN pg_read_file ('x'); END $f$"),
        ("plpgsql", "AS $f$ BEGIN RETURN pg_catalog.\"lo_import\"/* */('x'); END $f$"),
    ] {
        let evil = FunctionFacts { schema: "evil".to_owned(), ..sql(Volatile) };
        let catalog = Catalog::default()
            .function("f", vec![with_body("f", language, body)])
            .function("work", vec![evil]);
        let verdict = Policy::default().vet("SELECT app.f()", &catalog);
        if body == "AS $f$ SELECT $f$" {
            assert!(verdict.is_ok(), "{body}");
            continue;
        }
        let refusal = verdict.unwrap_err();
        assert!(refusal.met().ends_with("in the function app.f"), "{body}: {refusal}");
        assert_eq!(refusal.position(), Some(8), "{body}");
        // What the policy lists, the administrator has read.
        let listing = Policy::builder().functions(["app.f"]).build();
        assert!(listing.vet("SELECT app.f()", &catalog).is_ok(), "{body}");
    }
}

#[test]
fn a_body_that_calls_what_is_harmless_passes() {
    for (language, body) in [
        ("sql", "AS $f$ SELECT lower(name) FROM customers WHERE id = a; SELECT 'x' $f$"),
        ("sql", "AS $f$ SELECT app.f() $f$"),
        ("sql", "AS ''"),
        ("sql", "RETURN lower('x'::text)"),
        ("sql", "BEGIN ATOMIC\n SELECT 1;\n SELECT lower('x'::text);\nEND"),
        (
            "plpgsql",
            "AS $f$ DECLARE r record; BEGIN -- pg_read_file('x')\n EXECUTE 'x' || count(1); RETURN r.lower; END $f$",
        ),
    ] {
        let catalog = Catalog::default().function("f", vec![with_body("f", language, body)]);
        let verdict = Policy::default().vet("SELECT app.f()", &catalog);
        assert!(verdict.is_ok(), "{body}: {verdict:?}");
    }
}
