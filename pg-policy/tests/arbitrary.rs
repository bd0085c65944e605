//! Whatever comes in, there is an answer, and a change of dress does not change it.

use pg_policy::{Access, NoFacts, Policy};
use proptest::prelude::*;

const SEEDS: &[&str] = &[
    include_str!("corpus/read/allowed/queries.sql"),
    include_str!("corpus/read/allowed/functions.sql"),
    include_str!("corpus/read/refused/writes.sql"),
    include_str!("corpus/read/refused/sessions.sql"),
    include_str!("corpus/schema/allowed/ddl.sql"),
    include_str!("corpus/admin/allowed/admin.sql"),
];

fn statements() -> Vec<&'static str> {
    SEEDS.iter().flat_map(|seed| seed.split("\n-- ;;\n")).collect()
}

fn statement() -> impl Strategy<Value = &'static str> {
    prop::sample::select(statements())
}

fn words() -> impl Strategy<Value = String> {
    let words: Vec<_> =
        statements().iter().flat_map(|text| text.split_inclusive([' ', '(', ')', ','])).collect();
    prop::collection::vec(prop::sample::select(words), 0..40).prop_map(|words| words.concat())
}

fn ask_all(text: &str) {
    for access in Access::ALL {
        match Policy::new(access).vet(text, &NoFacts) {
            Ok(vetted) => assert_eq!(vetted.text(), text),
            Err(refusal) => {
                assert!(!refusal.why().contains("failed"), "{text}: {refusal}");
                let characters = text.chars().count();
                assert!(
                    refusal.position().is_none_or(|at| (1..=characters + 1).contains(&at)),
                    "{text}: {refusal}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_an_answer(text in any::<String>()) {
        ask_all(&text);
    }

    #[test]
    fn any_bytes_that_are_text_have_an_answer(text in "[ -~\\n\\t]{0,200}") {
        ask_all(&text);
    }

    #[test]
    fn words_of_sql_in_any_order_have_an_answer(text in words()) {
        ask_all(&text);
    }

    #[test]
    fn a_statement_with_a_piece_cut_out_has_an_answer(text in statement(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let characters: Vec<char> = text.chars().collect();
        let (a, b) = (a.index(characters.len() + 1), b.index(characters.len() + 1));
        let cut: String = characters[..a.min(b)].iter().chain(&characters[a.max(b)..]).collect();
        ask_all(&cut);
    }

    #[test]
    fn a_statement_with_a_strange_character_has_an_answer(text in statement(), at in any::<prop::sample::Index>(), strange in any::<char>()) {
        let mut characters: Vec<char> = text.chars().collect();
        characters.insert(at.index(characters.len() + 1), strange);
        ask_all(&characters.into_iter().collect::<String>());
    }

    #[test]
    fn comments_and_space_around_change_no_verdict(text in statement(), access in prop::sample::select(Access::ALL.to_vec())) {
        let policy = Policy::new(access);
        let plain = policy.vet(text, &NoFacts);
        let dressed = policy.vet(&format!("/* SELECT */ -- x\n\t{text}\n;; -- SELECT"), &NoFacts);
        match (plain, dressed) {
            (Ok(plain), Ok(dressed)) => prop_assert_eq!(format!("{plain:?}"), format!("{dressed:?}")),
            (Err(plain), Err(dressed)) => prop_assert_eq!((plain.rule(), plain.met()), (dressed.rule(), dressed.met())),
            (plain, dressed) => prop_assert!(false, "{:?} and {:?}", plain.map(|_| ()), dressed.map(|_| ())),
        }
    }
}
