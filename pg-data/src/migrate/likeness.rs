//! Which column of a source a column of a target was likely meant to be filled from: by the words of their names and by their
//! types.
//!
//! Pure, so that every judgement is a test without a server. Invariant: a column is suggested for one other at most, and the
//! likeliest pairs are taken first.

/// A column as it is compared.
#[derive(Clone, Debug)]
pub(crate) struct Candidate<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type as SQL writes it.
    pub data_type: &'a str,
    /// Whether it is the primary key, or a part of it.
    pub in_key: bool,
}

/// A pair of columns that belong together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pair {
    /// The place of the source's column.
    pub source: usize,
    /// The place of the target's.
    pub target: usize,
    /// How sure that is, from 0 to 1.
    pub likeness: f64,
}

/// Pairs that are less alike are left out.
const LEAST: f64 = 0.45;

/// Words that name the same in different houses.
const SAME: [&[&str]; 14] = [
    &["customer", "client", "account", "profile", "buyer"],
    &["company", "business", "organization", "organisation", "firm"],
    &["person", "contact", "attn"],
    &["phone", "telephone", "tel", "mobile", "cell"],
    &["email", "mail"],
    &["address", "addr", "street"],
    &["registration", "registered", "signup", "onboarding", "joined", "created", "inserted"],
    &["updated", "modified", "changed", "touched"],
    &["date", "day", "at", "on", "time", "timestamp", "occurred", "happened"],
    &["amount", "total", "sum", "value", "price"],
    &["memo", "note", "notes", "comment", "remark", "remarks", "description"],
    &["kind", "type", "category", "class"],
    &["transaction", "entry", "posting"],
    &["qty", "quantity", "count", "number", "no", "num"],
];

/// Words of a target that mean the key of the old system.
const OLD_KEY: [&str; 5] = ["legacy", "old", "external", "origin", "former"];

/// The pairs that are alike enough, in the order of the target's columns.
pub(crate) fn pairs(source: &[Candidate<'_>], target: &[Candidate<'_>]) -> Vec<Pair> {
    let mut all: Vec<Pair> = Vec::new();
    for (from, given) in source.iter().enumerate() {
        for (to, wanted) in target.iter().enumerate() {
            let likeness = likeness(given, wanted);
            if likeness >= LEAST {
                all.push(Pair { source: from, target: to, likeness });
            }
        }
    }
    all.sort_by(|one, other| {
        other
            .likeness
            .total_cmp(&one.likeness)
            .then((one.target, one.source).cmp(&(other.target, other.source)))
    });
    let mut chosen: Vec<Pair> = Vec::new();
    for pair in all {
        if !chosen.iter().any(|taken| taken.source == pair.source || taken.target == pair.target) {
            chosen.push(pair);
        }
    }
    chosen.sort_by_key(|pair| pair.target);
    chosen
}

/// How alike two columns are, from 0 to 1.
fn likeness(source: &Candidate<'_>, target: &Candidate<'_>) -> f64 {
    let types = match (family(source.data_type), family(target.data_type)) {
        (one, other) if one == other => 1.0,
        // Text can be read as anything, and anything written as text.
        (Family::Text, _) | (_, Family::Text) => 0.6,
        _ => return 0.0,
    };
    let (given, wanted) = (words(source.name), words(target.name));
    if given == wanted {
        return 0.9 + 0.1 * types;
    }
    // The key of the old system stays as `legacy_id`; a key that the target makes for itself is not filled with it.
    if source.in_key && wanted.iter().any(|word| OLD_KEY.contains(&word.as_str())) {
        return 0.85 * types;
    }
    if target.in_key {
        return 0.0;
    }
    let most = given.len().max(wanted.len()).max(1);
    let least = given.len().min(wanted.len()).max(1);
    let shared = given.iter().filter(|word| wanted.iter().any(|other| same(word, other))).count().min(least);
    // All words of the shorter name in the longer: `phone` and `contact_phone`.
    let by_words = 0.6 * (shared as f64 / least as f64) + 0.4 * (shared as f64 / most as f64);
    let by_letters = strsim::jaro_winkler(&given.join("_"), &wanted.join("_"));
    let by_letters = if by_letters < 0.85 { 0.0 } else { by_letters };
    0.85 * by_words.max(by_letters) * (0.7 + 0.3 * types)
}

fn same(one: &str, other: &str) -> bool {
    one == other || SAME.iter().any(|group| group.contains(&one) && group.contains(&other))
}

/// The words of a name: parted at underscores and where capitals begin, in lower case, without a plural's s.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut after_small = false;
    for character in name.chars() {
        if !character.is_alphanumeric() || (character.is_uppercase() && after_small) {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        after_small = character.is_lowercase();
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    for word in &mut words {
        if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") {
            word.pop();
        }
    }
    words
}

/// Types that take each other's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Text,
    Number,
    Time,
    Bool,
    Bytes,
    Json,
    Other,
}

fn family(data_type: &str) -> Family {
    let name = data_type.split(['(', '[']).next().unwrap_or_default().trim();
    if data_type.ends_with(']') {
        return Family::Other;
    }
    match name {
        "text" | "character varying" | "character" | "varchar" | "char" | "citext" | "name" => Family::Text,
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "money" => {
            Family::Number
        }
        "boolean" => Family::Bool,
        "bytea" => Family::Bytes,
        "json" | "jsonb" => Family::Json,
        "date" => Family::Time,
        _ if name.starts_with("timestamp") || data_type.contains("time zone") => Family::Time,
        _ => Family::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns<'a>(list: &[(&'a str, &'a str)]) -> Vec<Candidate<'a>> {
        list.iter()
            .enumerate()
            .map(|(at, (name, data_type))| Candidate { name, data_type, in_key: at == 0 })
            .collect()
    }

    #[test]
    fn finds_the_mapping_of_the_old_erp() {
        let source = columns(&[
            ("customer_id", "integer"),
            ("company_name", "text"),
            ("contact_person", "text"),
            ("phone", "text"),
            ("email", "text"),
            ("address", "text"),
            ("registration_date", "date"),
        ]);
        let target = columns(&[
            ("profile_id", "bigint"),
            ("legacy_id", "bigint"),
            ("business_name", "text"),
            ("primary_contact", "text"),
            ("contact_phone", "text"),
            ("email_address", "text"),
            ("business_address", "text"),
            ("onboarding_date", "date"),
            ("data_source", "text"),
        ]);
        let found: Vec<(&str, &str)> = pairs(&source, &target)
            .iter()
            .map(|pair| (source[pair.source].name, target[pair.target].name))
            .collect();
        assert_eq!(
            found,
            [
                ("customer_id", "legacy_id"),
                ("company_name", "business_name"),
                ("contact_person", "primary_contact"),
                ("phone", "contact_phone"),
                ("email", "email_address"),
                ("address", "business_address"),
                ("registration_date", "onboarding_date"),
            ]
        );
    }

    #[test]
    fn equal_names_go_first_whatever_else_is_alike() {
        let source = columns(&[("id", "integer"), ("phone", "text"), ("mobile_phone", "text")]);
        let target = columns(&[("id", "bigint"), ("mobilePhone", "text"), ("phone", "text")]);
        let found: Vec<(usize, usize)> =
            pairs(&source, &target).iter().map(|pair| (pair.source, pair.target)).collect();
        assert_eq!(found, [(0, 0), (2, 1), (1, 2)]);
    }

    #[test]
    fn types_that_do_not_fit_and_names_that_are_not_alike_are_left_out() {
        let source = columns(&[("id", "integer"), ("weight", "numeric(8,2)"), ("photo", "bytea")]);
        let target = columns(&[("code", "uuid"), ("colour", "text"), ("photo", "integer")]);
        assert_eq!(pairs(&source, &target), []);
    }
}
