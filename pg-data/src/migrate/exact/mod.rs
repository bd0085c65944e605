//! Values that a column's type takes and changes in silence: it rounds numbers and times, drops what a date has no place for, cuts
//! blanks and long names.
//!
//! Pure, and apart from `types`, which judges whether values fit at all. Invariant: a value for which no loss is told reads back
//! from the target as what was given; what the server refuses by itself is left to the server. Source of the rules: PostgreSQL
//! documentation, "Data Types", and the input functions of those types.

mod value;

use super::clean::Produces;

/// What a column cannot keep of the values that come to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exact {
    limit: Limit,
    in_arrays: bool,
    /// Whether it reads whole numbers only without a point.
    is_whole: bool,
    given: String,
    wanted: String,
}

/// What a type keeps of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    /// So many digits behind the point; less than none where whole digits are rounded too.
    Digits(i32),
    /// What 24 bits hold of a number.
    Single,
    /// What 53 bits hold of it.
    Double,
    /// So many digits behind the point of its seconds.
    Seconds(usize),
    /// The day, and no time of it.
    Day,
    /// The time, and no offset from UTC.
    NoOffset,
    /// The parts of an interval down to this one.
    Parts(Part, usize),
    /// So many characters, of which it cuts blanks without a word.
    Characters(usize),
    /// No blanks at the end.
    NoBlanks,
    /// So many bytes.
    Bytes(usize),
}

/// The parts of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Years,
    Months,
    Days,
    Hours,
    Minutes,
    Seconds,
}

impl Exact {
    /// What a column of a type cannot keep of values of another, as cleaners leave them; nothing where it keeps all, or refuses
    /// what it cannot keep.
    pub(crate) fn of(given: &str, produced: Option<Produces>, wanted: &str) -> Option<Self> {
        let target = Named::of(wanted);
        let source = match produced {
            Some(Produces::Number) => Named::of("numeric"),
            // The cleaner writes what the form names, to nine digits.
            Some(Produces::Date) => Named { fraction: 9, ..Named::of("timestamp without time zone") },
            Some(Produces::Text) => Named::of("text"),
            Some(Produces::Anything) => target.widest(),
            None => Named::of(given),
        };
        if produced.is_none() && source.in_arrays != target.in_arrays {
            return None;
        }
        let limit = limit(&source, &target)?;
        let given = if produced.is_some() { source.base.clone() } else { given.to_owned() };
        let is_whole = !target.in_arrays && matches!(target.base.as_str(), "smallint" | "integer" | "bigint");
        Some(Self { limit, in_arrays: target.in_arrays, is_whole, given, wanted: wanted.to_owned() })
    }

    /// The value as the column reads it, or why the column would hold another.
    pub(crate) fn kept(&self, value: String) -> Result<String, (String, String)> {
        match self.loss(&value) {
            Some(reason) => Err((value, reason)),
            None if self.is_whole => Ok(value::whole(&value).unwrap_or(value)),
            None => Ok(value),
        }
    }

    /// Why the column would hold another value than this one.
    fn loss(&self, value: &str) -> Option<String> {
        let lost = match self.in_arrays {
            true => value::elements(value).iter().any(|element| value::is_lost(self.limit, element)),
            false => value::is_lost(self.limit, value),
        };
        lost.then(|| format!("{} would {}", self.wanted, self.limit.changes()))
    }

    /// What whoever runs the migration should know; nothing of blanks, which few values have at their end.
    pub(crate) fn note(&self, column: &str) -> Option<String> {
        if matches!(self.limit, Limit::Characters(_) | Limit::NoBlanks) {
            return None;
        }
        Some(format!(
            "{column}: {} goes into {}: a row with a value that this would change ({}) is rejected, unless the plan says that it is \
             wanted, by {}, or by invalid = \"keep\"",
            self.given,
            self.wanted,
            self.limit.changes(),
            self.limit.way_out()
        ))
    }
}

impl Limit {
    fn changes(self) -> &'static str {
        match self {
            Limit::Digits(_) | Limit::Single | Limit::Double => "round it",
            Limit::Seconds(_) => "round its seconds",
            Limit::Day => "drop its time of day",
            Limit::NoOffset => "drop its offset from UTC",
            Limit::Parts(..) => "drop its smaller parts",
            Limit::Characters(_) | Limit::NoBlanks => "drop blanks at its end",
            Limit::Bytes(_) => "cut it",
        }
    }

    fn way_out(self) -> &'static str {
        match self {
            Limit::Digits(_) => "`sql = \"round(…, 2)\"`",
            Limit::Characters(_) | Limit::NoBlanks => "`clean = \"trim\"`",
            _ => "a cast in `sql`",
        }
    }
}

/// A type apart from its modifiers.
#[derive(Clone, Debug)]
struct Named {
    base: String,
    /// The numbers in its brackets.
    numbers: Vec<i32>,
    /// Digits that its seconds have.
    fraction: usize,
    in_arrays: bool,
}

impl Named {
    fn of(name: &str) -> Self {
        let element = name.trim().trim_end_matches("[]");
        let (base, inside) = match (element.find('('), element.find(')')) {
            (Some(open), Some(close)) if open < close => {
                let (before, rest) = element.split_at(open);
                let behind = rest.split_once(')').map_or("", |(_, behind)| behind);
                (format!("{}{behind}", before.trim_end()), element.get(open + 1..close).unwrap_or_default())
            }
            _ => (element.to_owned(), ""),
        };
        let numbers: Vec<i32> = inside.split(',').filter_map(|part| part.trim().parse().ok()).collect();
        let base = match base.as_str() {
            "int2" => "smallint",
            "int4" => "integer",
            "int8" => "bigint",
            "float4" => "real",
            "float8" => "double precision",
            "timestamp" => "timestamp without time zone",
            "timestamptz" => "timestamp with time zone",
            "time" => "time without time zone",
            "timetz" => "time with time zone",
            "varchar" => "character varying",
            "char" | "bpchar" => "character",
            other => other,
        };
        let fraction = numbers.first().and_then(|digits| usize::try_from(*digits).ok()).unwrap_or(6);
        Self { base: base.to_owned(), in_arrays: element.len() < name.trim().len(), numbers, fraction }
    }

    /// The type that takes everything that a text can say of values of this one.
    fn widest(&self) -> Self {
        let base = match self.base.as_str() {
            "smallint" | "integer" | "bigint" | "real" | "double precision" => "numeric",
            base if base.starts_with("interval") => "interval",
            base if self.is_text() || base.is_empty() => "text",
            base => base,
        };
        Self { base: base.to_owned(), numbers: Vec::new(), fraction: 9, in_arrays: self.in_arrays }
    }

    fn is_text(&self) -> bool {
        matches!(
            self.base.as_str(),
            "text" | "character varying" | "character" | "citext" | "name" | "\"char\"" | "unknown"
        )
    }

    /// Digits behind the point at most; none known where the type sets none.
    fn scale(&self) -> Option<i32> {
        match self.base.as_str() {
            "smallint" | "integer" | "bigint" => Some(0),
            "numeric" if !self.numbers.is_empty() => Some(self.numbers.get(1).copied().unwrap_or(0)),
            _ => None,
        }
    }

    /// Digits of its numbers at most.
    fn precision(&self) -> Option<i32> {
        match self.base.as_str() {
            "smallint" => Some(5),
            "integer" => Some(10),
            "bigint" => Some(19),
            "numeric" => self.numbers.first().copied(),
            _ => None,
        }
    }

    fn is_number(&self) -> bool {
        self.scale().is_some() || matches!(self.base.as_str(), "numeric" | "real" | "double precision")
    }

    fn last_part(&self) -> Part {
        match self.base.rsplit(' ').next().unwrap_or_default() {
            "year" => Part::Years,
            "month" => Part::Months,
            "day" => Part::Days,
            "hour" => Part::Hours,
            "minute" => Part::Minutes,
            _ => Part::Seconds,
        }
    }
}

fn limit(source: &Named, target: &Named) -> Option<Limit> {
    let (from, into) = (source.base.as_str(), target.base.as_str());
    let seconds = || (source.fraction > target.fraction).then_some(Limit::Seconds(target.fraction));
    match into {
        _ if source.is_number() && target.is_number() => number(source, target),
        "date" if from.starts_with("timestamp") => Some(Limit::Day),
        "time without time zone" if from == "time with time zone" => Some(Limit::NoOffset),
        _ if from == "date" => None,
        _ if (from.starts_with("time") || from == "date") && into.starts_with("time") => seconds(),
        _ if from.starts_with("interval") && into.starts_with("interval") => {
            let (given, kept) = (source.last_part(), target.last_part());
            let cut = given > kept || (kept == Part::Seconds && source.fraction > target.fraction);
            cut.then_some(Limit::Parts(kept, target.fraction))
        }
        "\"char\"" if from != into => Some(Limit::Bytes(1)),
        "name" if from != into => Some(Limit::Bytes(63)),
        "character" if from != into => Some(Limit::NoBlanks),
        "character varying" => {
            let most = usize::try_from(*target.numbers.first()?).ok()?;
            let narrower =
                from != into || source.numbers.first() > target.numbers.first() || source.numbers.is_empty();
            narrower.then_some(Limit::Characters(most))
        }
        _ => None,
    }
}

fn number(source: &Named, target: &Named) -> Option<Limit> {
    let at_most = |digits: i32| source.precision().is_some_and(|precision| precision <= digits);
    match (target.base.as_str(), target.scale()) {
        (_, Some(kept)) => source.scale().is_none_or(|scale| scale > kept).then_some(Limit::Digits(kept)),
        ("real", _) if source.base != "real" && !at_most(6) => Some(Limit::Single),
        ("double precision", _)
            if !matches!(source.base.as_str(), "real" | "double precision") && !at_most(15) =>
        {
            Some(Limit::Double)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(given: &str, wanted: &str, value: &str) -> bool {
        Exact::of(given, None, wanted).is_some_and(|exact| exact.loss(value).is_some())
    }

    #[test]
    fn types_that_keep_every_value_are_not_watched() {
        for (given, wanted) in [
            ("numeric(12,2)", "numeric(14,4)"),
            ("integer", "numeric(10,2)"),
            ("numeric(9,4)", "double precision"),
            ("real", "double precision"),
            ("timestamp(3) without time zone", "timestamp with time zone"),
            ("date", "timestamp(0) without time zone"),
            ("time(0) without time zone", "time without time zone"),
            ("interval hour to minute", "interval"),
            ("character varying(10)", "character varying(20)"),
            ("character(5)", "character(3)"),
            ("text", "text"),
            ("text", "integer[]"),
            ("double precision", "text"),
        ] {
            assert_eq!(Exact::of(given, None, wanted), None, "{given} {wanted}");
        }
    }

    #[test]
    fn what_a_type_would_change_is_told_value_by_value() {
        for (given, wanted, kept, changed) in [
            ("numeric(12,4)", "numeric(10,2)", "1.2500", "1.255"),
            ("numeric", "numeric(10)", "12.0", "12.5"),
            ("integer", "numeric(4,-2)", "1200", "1250"),
            ("double precision", "integer", "12", "12.5"),
            ("double precision", "numeric(10,2)", "1.5e3", "1e-3"),
            ("bigint", "double precision", "9007199254740992", "9007199254740993"),
            ("double precision", "real", "0.5", "0.12345678901"),
            (
                "timestamp without time zone",
                "timestamp(0) without time zone",
                "2024-01-01 10:00:00",
                "2024-01-01 10:00:00.5",
            ),
            (
                "timestamp with time zone",
                "timestamp(3) with time zone",
                "2024-01-01 10:00:00.120+00",
                "2024-01-01 10:00:00.1234+00",
            ),
            ("timestamp without time zone", "date", "2024-01-01 00:00:00", "2024-01-01 00:00:01"),
            ("timestamp without time zone", "date", "infinity", "0044-03-15 12:00:00 BC"),
            ("time with time zone", "time without time zone", "10:00:00+00", "10:00:00+02"),
            ("interval", "interval(0)", "1 day 02:00:00", "1 day 02:00:00.5"),
            ("interval", "interval day", "3 mons 2 days", "2 days 00:00:01"),
            ("interval", "interval year", "2 years", "2 years 1 mon"),
            ("interval", "interval day to minute", "2 days 00:05:00", "2 days -00:05:30"),
            ("text", "character varying(3)", "abc", "abc "),
            ("text", "character(3)", "ab", "ab "),
            ("text", "\"char\"", "a", "ab"),
            ("text", "name", "short", "臺北臺北臺北臺北臺北臺北臺北臺北臺北臺北臺北臺北"),
            ("numeric(12,4)[]", "numeric(10,2)[]", "{1.25,NULL,{3}}", "{1.25,1.255}"),
            ("text[]", "character varying(3)[]", "{\"a b\",abc}", "{\"a\\\"b \"}"),
        ] {
            assert!(!lost(given, wanted, kept), "{given} {wanted} {kept}");
            assert!(lost(given, wanted, changed), "{given} {wanted} {changed}");
        }
        // What the server refuses by itself is left to it, and what no number is.
        assert!(!lost("text", "character varying(3)", "abcd"));
        assert!(!lost("numeric", "numeric(10,2)", "NaN"));
    }

    #[test]
    fn cleaned_values_are_what_their_cleaner_leaves() {
        let number = Exact::of("text", Some(Produces::Number), "numeric(8,2)").unwrap();
        assert!(number.loss("1.255").is_some() && number.loss("1.25").is_none());
        let date = Exact::of("text", Some(Produces::Date), "date").unwrap();
        assert!(date.loss("2024-01-01 10:00:00").is_some() && date.loss("2024-01-01").is_none());
        let parsed = Exact::of("text", Some(Produces::Anything), "numeric(8,2)").unwrap();
        assert!(parsed.loss("1.255").is_some());
        assert_eq!(Exact::of("text", Some(Produces::Anything), "inet"), None);
        let whole = Exact::of("numeric(10,2)", None, "integer").unwrap();
        assert_eq!(whole.kept("-120.00".to_owned()).as_deref(), Ok("-120"));
        assert!(whole.kept("1.50".to_owned()).unwrap_err().1.contains("integer would round it"));
        assert!(number.note("t.price").is_some_and(|note| note.contains("numeric goes into numeric(8,2)")));
    }
}
