//! Composite types that change: in place where the server can, else by a function that takes the old value apart by names.
//!
//! Separate because a value of such a type, unlike others, must not be led over by its text: the text has no names, and a field that
//! comes or goes would move all behind it. Invariant: a field gets the value of the field of its name, or null.

use std::collections::BTreeSet;

use super::{Key, Object, Schema, altered::converted};

/// A field: its name as SQL writes it, and its type.
fn field(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let end = text.char_indices().find(|(_, letter)| {
        quoted ^= *letter == '"';
        *letter == ' ' && !quoted
    });
    let (name, rest) = text.split_at(end.map_or(text.len(), |(at, _)| at));
    (name, rest.trim_start())
}

/// The statements that change one into the other in place: fields go, and fields come at the end. None where a field changes its type or
/// its place.
pub(crate) fn in_place(here: &Object, wanted: &Object) -> Option<Vec<String>> {
    let (before, after) = (here.list("fields"), wanted.list("fields"));
    let name = &wanted.name;
    let (kept, gone): (Vec<&String>, Vec<&String>) = before.iter().partition(|text| after.contains(text));
    let come = after.get(kept.len()..)?;
    let names: BTreeSet<&str> = before.iter().map(|text| field(text).0).collect();
    let fits = after.iter().zip(&kept).all(|(text, kept)| text == *kept)
        && come.iter().all(|text| !names.contains(field(text).0));
    let drop = gone.iter().map(|text| format!("ALTER TYPE {name} DROP ATTRIBUTE {}", field(text).0));
    let add = come.iter().map(|text| format!("ALTER TYPE {name} ADD ATTRIBUTE {text}"));
    fits.then(|| drop.chain(add).collect())
}

/// Whether a field, with its values, is in one and not in the other.
pub(crate) fn loses_fields(here: &Object, wanted: &Object) -> bool {
    let after = wanted.list("fields");
    let names: BTreeSet<&str> = after.iter().map(|text| field(text).0).collect();
    here.list("fields").iter().any(|text| !names.contains(field(text).0))
}

/// How values of a type that is replaced come into the new one: a function, and the cast that calls it, also for elements of arrays and
/// fields of other types.
pub(crate) struct Conversion {
    old: String,
    new: String,
    function: String,
}

impl Conversion {
    /// From the type of this name, which has been renamed.
    pub(crate) fn new(old: &str, wanted: &Object) -> Self {
        let schema = wanted.name.strip_suffix(&wanted.bare).unwrap_or_default();
        let function = format!("{schema}\"{}__converted\"", wanted.bare.trim_matches('"'));
        Self { old: old.to_owned(), new: wanted.name.clone(), function }
    }

    /// The statements that make it; `replaced` are the other types that have a new form.
    pub(crate) fn made(
        &self,
        here: &Object,
        wanted: &Object,
        current: &Schema,
        replaced: &BTreeSet<Key>,
    ) -> Vec<String> {
        let before = here.list("fields");
        let fields: Vec<String> = wanted
            .list("fields")
            .iter()
            .map(|text| {
                let (name, new) = field(text);
                match before.iter().map(|text| field(text)).find(|(before, _)| *before == name) {
                    None => "NULL".to_owned(),
                    Some((_, old)) => converted(&format!("($1).{name}"), old, new, current, replaced),
                }
            })
            .collect();
        let Self { old, new, function } = self;
        vec![
            format!(
                "CREATE FUNCTION {function}({old}) RETURNS {new} LANGUAGE sql IMMUTABLE STRICT AS $convert$SELECT ROW({})::{new}$convert$",
                fields.join(", ")
            ),
            format!("CREATE CAST ({old} AS {new}) WITH FUNCTION {function}({old})"),
        ]
    }

    /// The statements that take it away.
    pub(crate) fn dropped(&self) -> Vec<String> {
        let Self { old, new, function } = self;
        vec![format!("DROP CAST ({old} AS {new})"), format!("DROP FUNCTION {function}({old})")]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{field, in_place};
    use crate::comparison::{Attribute, Object};

    fn composite(fields: &[&str]) -> Object {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        Object {
            kind: "composite".to_owned(),
            name: "app.pair".to_owned(),
            bare: "pair".to_owned(),
            schema: Some("app".to_owned()),
            parent: None,
            place: 0,
            attributes: BTreeMap::from([("fields".to_owned(), Attribute::List(fields))]),
            depends_on: std::collections::BTreeSet::new(),
        }
    }

    #[test]
    fn names_of_fields_may_hold_spaces_and_quotes() {
        assert_eq!(field("a integer"), ("a", "integer"));
        assert_eq!(field("\"a \"\"b\" character varying(3)"), ("\"a \"\"b\"", "character varying(3)"));
    }

    #[test]
    fn in_place_fields_go_and_come_at_the_end_and_nothing_else() {
        let told = |before: &[&str], after: &[&str]| in_place(&composite(before), &composite(after));
        assert_eq!(
            told(&["a int", "b text"], &["b text", "c date"]).unwrap(),
            ["ALTER TYPE app.pair DROP ATTRIBUTE a", "ALTER TYPE app.pair ADD ATTRIBUTE c date"]
        );
        assert_eq!(told(&["a int", "b int"], &["b int", "a int"]), None);
        assert_eq!(told(&["a int", "b int"], &["a bigint", "b int"]), None);
        assert_eq!(told(&["a int", "b int"], &["c int", "a int", "b int"]), None);
    }
}
