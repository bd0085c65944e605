//! Statements made out of the live catalog: every function, operator and type, with plausible arguments, in every place; and
//! the corpora's statements.
//!
//! Separate from the regression tests, which people wrote. Invariant: the catalog is read in a fixed order and the dice have
//! a fixed seed.

use std::fs;
use std::path::Path;

use super::literals::literal;
use super::places::{PLACES, RELATIONS};
use super::trial::Trial;
use super::{Dice, rounds};

/// Every extension that can be had, the traps of the attack corpus, and an analyst's own functions.
pub(super) const EXTENSIONS: &str = "DO $$ DECLARE extension text; BEGIN
    FOR extension IN SELECT name FROM pg_available_extensions ORDER BY 1 LOOP
        BEGIN EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I CASCADE', extension);
        EXCEPTION WHEN OTHERS THEN NULL; END;
    END LOOP; END $$";

/// Names, kinds and the types of arguments, one a line, of what is called.
const FUNCTIONS: &str = "
    SELECT CASE WHEN n.nspname = 'pg_catalog' THEN quote_ident(p.proname)
            ELSE quote_ident(n.nspname) || '.' || quote_ident(p.proname) END,
        p.prokind::text, p.proretset::text,
        coalesce((SELECT string_agg(t.typname || ' ' || format_type(t.oid, NULL), E'\\n' ORDER BY a.place)
            FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, place) JOIN pg_type AS t ON t.oid = a.type), '')
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE 'internal'::regtype <> ALL (p.proargtypes::oid[]) AND p.prorettype <> 'trigger'::regtype
    ORDER BY 1, 4";

const OPERATORS: &str = "
    SELECT n.nspname, o.oprname,
        coalesce((SELECT t.typname || ' ' || format_type(t.oid, NULL) FROM pg_type AS t WHERE t.oid = o.oprleft), ''),
        coalesce((SELECT t.typname || ' ' || format_type(t.oid, NULL) FROM pg_type AS t WHERE t.oid = o.oprright), '')
    FROM pg_operator AS o JOIN pg_namespace AS n ON n.oid = o.oprnamespace
    ORDER BY 1, 2, 3, 4";

/// Casts whose code is the server's or an extension's: what owners attach to casts is not promised (SECURITY.md).
const CASTS: &str = "
    SELECT s.typname || ' ' || format_type(s.oid, NULL), format_type(t.oid, NULL)
    FROM pg_cast AS c JOIN pg_type AS s ON s.oid = c.castsource JOIN pg_type AS t ON t.oid = c.casttarget
    WHERE 'trap' NOT IN (s.typnamespace::regnamespace::text, t.typnamespace::regnamespace::text)
    ORDER BY 1, 2";

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a corpus")
}

async fn trial() -> Trial {
    Trial::begin(&[EXTENSIONS, &file("corpus/traps.sql"), &file("corpus/honest-setup.sql")]).await
}

fn argument(typed: &str, trial: &Trial, dice: &mut Dice) -> String {
    let (name, shown) = typed.split_once(' ').unwrap_or((typed, typed));
    literal(name, shown, trial.sleeper, dice)
}

#[tokio::test]
async fn no_function_that_is_let_through_changes_anything() {
    let mut trial = trial().await;
    let mut dice = Dice(1);
    let functions = trial.ask(FUNCTIONS).await;
    assert!(functions.len() > 2_000, "only {} functions", functions.len());
    for _ in 0..rounds() {
        for function in &functions {
            let [name, kind, set, types] = function.as_slice() else { unreachable!() };
            let arguments: Vec<String> =
                types.lines().map(|typed| argument(typed, &trial, &mut dice)).collect();
            let call = match kind.as_str() {
                "w" => format!("{name}({}) OVER ()", arguments.join(", ")),
                _ => format!("{name}({})", arguments.join(", ")),
            };
            // In its own right as often as not.
            let place = match (set.as_str(), dice.below(2)) {
                ("true", _) => dice.choose(RELATIONS),
                (_, 0) => &PLACES[0],
                _ => dice.choose(PLACES),
            };
            trial.attempt(place.replace('@', &call)).await;
        }
    }
    trial.conclude(1_500).await;
}

#[tokio::test]
async fn no_operator_and_no_cast_that_is_let_through_changes_anything() {
    let mut trial = trial().await;
    let mut dice = Dice(2);
    let operators = trial.ask(OPERATORS).await;
    let casts = trial.ask(CASTS).await;
    assert!(operators.len() > 700 && casts.len() > 150, "{} and {}", operators.len(), casts.len());
    for _ in 0..rounds() {
        for operator in &operators {
            let [schema, symbol, left, right] = operator.as_slice() else { unreachable!() };
            let mut operand = |typed: &str| match typed {
                "" => String::new(),
                typed => argument(typed, &trial, &mut dice),
            };
            let (left, right) = (operand(left), operand(right));
            let symbol = match dice.below(2) {
                0 => format!("OPERATOR({schema}.{symbol})"),
                _ => symbol.clone(),
            };
            let place = dice.choose(PLACES);
            trial.attempt(place.replace('@', &format!("{left} {symbol} {right}"))).await;
        }
        for cast in &casts {
            let [source, target] = cast.as_slice() else { unreachable!() };
            let value = argument(source, &trial, &mut dice);
            let place = dice.choose(PLACES);
            trial.attempt(place.replace('@', &format!("({value})::{target}"))).await;
        }
    }
    trial.conclude(500).await;
}

#[tokio::test]
async fn no_statement_of_the_corpora_that_is_let_through_changes_anything() {
    let mut trial = trial().await;
    let mut dice = Dice(3);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut statements = Vec::new();
    for folder in ["pg-policy/tests/corpus/read/allowed", "tests/corpus/attacks", "tests/corpus/honest"] {
        let mut files: Vec<_> =
            fs::read_dir(root.join(folder)).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        for file in files {
            let text = fs::read_to_string(file).unwrap();
            statements.extend(text.trim_end().split("\n-- ;;\n").map(str::to_owned));
        }
    }
    for _ in 0..rounds() {
        for statement in &statements {
            // The simple protocol, which runs what was let through, has no parameters.
            let statement = statement.replace("$1", "NULL").replace("$2", "NULL").replace("$3", "NULL");
            let inner = statement.trim().trim_end_matches(';');
            let text = match dice.below(2) {
                0 => statement,
                _ => dice.choose(PLACES).replace('@', &format!("({inner}\n)")),
            };
            trial.attempt(text).await;
        }
    }
    trial.conclude(150).await;
}
