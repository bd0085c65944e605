//! Whether values of one type can be written to a column of another, judged by the types alone, before a row moves.
//!
//! Pure. Source of the rules: PostgreSQL documentation, "Value Storage", and the assignment casts of `pg_cast`. Values travel as
//! text, so what is allowed here is what the target's own input functions read as the same value.

use super::clean::Produces;

/// Why values of one type cannot be written to a column of another; nothing where they can.
pub(crate) fn misfit(given: &str, produced: Option<Produces>, wanted: &str) -> Option<String> {
    let target = Type::of(wanted);
    let fits = match produced {
        Some(Produces::Anything) => true,
        Some(Produces::Date) => {
            matches!(target, Type::Text | Type::Date | Type::Timestamp | Type::TimestampTz)
        }
        Some(Produces::Number) => matches!(target, Type::Text | Type::Number),
        Some(Produces::Text) => target == Type::Text,
        None => assignable(&Type::of(given), &target),
    };
    if fits {
        return None;
    }
    let cleaned = if produced.is_some() { ", as its cleaners leave it," } else { "" };
    let instead = match (&target, produced) {
        (Type::Date | Type::Timestamp | Type::TimestampTz, _) => {
            "clean it with \"date:%d/%m/%Y\" or whatever form it has, or cast it in `sql`"
        }
        (Type::Number, _) => "clean it with \"number\", or cast it in `sql`",
        _ => "cast it in `sql`, or clean it with \"parse\" where the target reads every value",
    };
    Some(format!("{given}{cleaned} does not fit into {wanted}; {instead}"))
}

/// Types that take each other's values.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Type {
    Text,
    Number,
    Date,
    Timestamp,
    TimestampTz,
    Time,
    Json,
    Array(Box<Type>),
    Other(String),
}

impl Type {
    fn of(name: &str) -> Self {
        let name = name.trim();
        if let Some(element) = name.strip_suffix("[]") {
            return Type::Array(Box::new(Type::of(element.trim_end_matches("[]"))));
        }
        let plain = match (name.find('('), name.find(')')) {
            (Some(open), Some(close)) if open < close => {
                format!(
                    "{}{}",
                    name.get(..open).unwrap_or_default(),
                    name.get(close + 1..).unwrap_or_default()
                )
            }
            _ => name.to_owned(),
        };
        match plain.as_str() {
            "text" | "character varying" | "varchar" | "character" | "char" | "bpchar" | "\"char\""
            | "name" | "citext" | "unknown" => Type::Text,
            "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "int2" | "int4"
            | "int8" | "float4" | "float8" => Type::Number,
            "date" => Type::Date,
            "timestamp" | "timestamp without time zone" => Type::Timestamp,
            "timestamptz" | "timestamp with time zone" => Type::TimestampTz,
            "time" | "time without time zone" | "timetz" | "time with time zone" => Type::Time,
            "json" | "jsonb" => Type::Json,
            "bool" => Type::Other("boolean".to_owned()),
            other => Type::Other(other.rsplit('.').next().unwrap_or(other).trim_matches('"').to_owned()),
        }
    }
}

fn assignable(given: &Type, wanted: &Type) -> bool {
    use Type::{Array, Date, Number, Text, Time, Timestamp, TimestampTz};
    match (given, wanted) {
        // Whatever it is can be written down.
        (_, Text) | (Number, Number) | (Time, Time) => true,
        (Date | Timestamp | TimestampTz, Timestamp | TimestampTz | Date) => true,
        (Array(given), Array(wanted)) => assignable(given, wanted),
        (given, wanted) => given == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgresql_assigns_fits() {
        for (given, wanted) in [
            ("integer", "bigint"),
            ("numeric(14,4)", "double precision"),
            ("character varying(12)", "text"),
            ("uuid", "text"),
            ("date", "timestamp with time zone"),
            ("timestamp(3) without time zone", "timestamp with time zone"),
            ("jsonb", "json"),
            ("integer[]", "bigint[]"),
            ("sales.mood", "public.mood"),
            ("bool", "boolean"),
        ] {
            assert_eq!(misfit(given, None, wanted), None, "{given} {wanted}");
        }
    }

    #[test]
    fn what_it_does_not_is_told_with_the_way_out() {
        let told = misfit("text", None, "date").unwrap();
        assert!(told.contains("text does not fit into date") && told.contains("date:%d/%m/%Y"), "{told}");
        for (given, wanted) in
            [("text", "integer"), ("date", "integer"), ("uuid", "bytea"), ("text[]", "integer[]")]
        {
            assert!(misfit(given, None, wanted).is_some(), "{given} {wanted}");
        }
    }

    #[test]
    fn cleaners_say_what_comes_out() {
        assert_eq!(misfit("text", Some(Produces::Date), "date"), None);
        assert_eq!(misfit("text", Some(Produces::Number), "numeric(10,2)"), None);
        assert_eq!(misfit("text", Some(Produces::Anything), "inet"), None);
        assert!(misfit("text", Some(Produces::Text), "integer").is_some());
        assert!(misfit("integer", Some(Produces::Date), "integer").is_some());
    }
}
