//! Which way makes the values of a column: by its constraints first, then what is wished, its type, and what its name means.
//!
//! Pure. Invariant: what cannot be made is said, and nothing is made instead.

use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime};

use super::{
    check::Fit,
    meaning::{self, Meaning},
    pattern::{Pattern, similar},
    random::Dice,
    shape::{Column, Table},
    spec::{ColumnSpec, Distribution, text},
    way::{Plain, Spread, Unit, Way, case},
    world::Made,
};

/// Seconds of a year.
const YEAR: i64 = 365 * 86_400;
/// Names of times that come after others of their row.
const LATER: [&str; 14] = [
    "updated",
    "modified",
    "changed",
    "shipped",
    "delivered",
    "paid",
    "closed",
    "ended",
    "end_",
    "finished",
    "completed",
    "expires",
    "due",
    "resolved",
];
/// Names of times that are mostly not there.
const SELDOM: [&str; 5] = ["deleted", "cancelled", "canceled", "revoked", "archived"];

/// How a column is made that no foreign key fills. `until` is the end of all times, in seconds since 1970.
///
/// # Errors
/// What cannot be made, in words.
pub(crate) fn choose(
    table: &Table,
    at: usize,
    wish: Option<&ColumnSpec>,
    until: i64,
) -> Result<Made, String> {
    let Some(column) = table.columns.get(at) else { return Ok(Made { way: Way::Skip, null_share: 0.0 }) };
    let told = &column.told;
    let none = ColumnSpec::default();
    let wish = wish.unwrap_or(&none);
    if told.generated || wish.skip {
        return Ok(Made { way: Way::Skip, null_share: 0.0 });
    }
    let seldom = SELDOM.iter().any(|word| told.name.contains(word));
    let null_share = match wish.null_share {
        Some(share) if share > 0.0 && told.not_null => {
            return Err(format!("{} is NOT NULL and cannot have a null_share", told.name));
        }
        Some(share) => share,
        None if seldom && !told.not_null => 0.9,
        None => 0.0,
    };
    let made = |way| Ok(Made { way, null_share });
    if let Some(way) = only(column, wish)? {
        return made(way);
    }
    if column.counts() && wish.min.is_none() {
        return made(Way::Serial { first: 1 });
    }
    let base = told.base.strip_prefix('_');
    let way = of_type(table, column, base.unwrap_or(&told.base), wish, until)?;
    match (way, base) {
        (Some(way), Some(_)) => made(Way::Array(Box::new(way))),
        (Some(way), None) => made(way),
        (None, _) if told.default_value.is_some() => made(Way::Skip),
        (None, _) if !told.not_null => made(Way::Null),
        (None, _) => Err(format!(
            "no values can be made for {} of the type {}; give it some: values = [\"…\"] for the column in the plan",
            told.name, told.data_type
        )),
    }
}

/// The only values that there are.
fn only(column: &Column, wish: &ColumnSpec) -> Result<Option<Way>, String> {
    let name = &column.told.name;
    let allowed = match (&column.limits.among, &column.told.labels) {
        (Some(among), Some(labels)) => {
            Some(among.iter().filter(|value| labels.contains(value)).cloned().collect())
        }
        (Some(among), None) => Some(among.clone()),
        (None, labels) => labels.clone(),
    };
    if allowed.as_ref().is_some_and(Vec::is_empty) {
        return Err(format!("no value of {name} meets its constraints: they contradict each other"));
    }
    let weighted: Vec<(String, f64)> = match (&wish.values, &wish.weights) {
        (Some(values), _) => values.iter().map(|value| (text(value), 1.0)).collect(),
        (None, Some(weights)) => weights.iter().map(|(value, weight)| (value.clone(), *weight)).collect(),
        (None, None) => {
            let weight = |rank: usize| match wish.distribution {
                Some(Distribution::Zipf) => 1.0 / (rank as f64 + 1.0),
                _ => 1.0,
            };
            allowed.iter().flatten().enumerate().map(|(rank, value)| (value.clone(), weight(rank))).collect()
        }
    };
    if let Some(allowed) = &allowed
        && let Some((wrong, _)) = weighted.iter().find(|(value, _)| !allowed.contains(value))
    {
        return Err(format!("{name} takes no {wrong:?}: only {}", allowed.join(", ")));
    }
    if weighted.is_empty() {
        return Ok(None);
    }
    let mut sum = 0.0;
    let until = weighted.iter().map(|(_, weight)| {
        sum += weight;
        sum
    });
    let until = until.collect();
    Ok(Some(Way::Only { values: weighted.into_iter().map(|(value, _)| value).collect(), until }))
}

fn of_type(
    table: &Table,
    column: &Column,
    base: &str,
    wish: &ColumnSpec,
    until: i64,
) -> Result<Option<Way>, String> {
    let plain = |plain| Ok(Some(Way::Plain(plain)));
    match base {
        "bool" => plain(Plain::Boolean),
        "uuid" => plain(Plain::Uuid),
        "json" | "jsonb" => plain(Plain::Json),
        "bytea" => plain(Plain::Bytes),
        "inet" => plain(Plain::Inet),
        "cidr" => plain(Plain::Cidr),
        "macaddr" => plain(Plain::MacAddress),
        "interval" => plain(Plain::Interval),
        "time" | "timetz" => plain(Plain::TimeOfDay),
        "point" => plain(Plain::Point),
        "bit" => plain(Plain::Bits(usize::try_from(column.told.typmod).unwrap_or(1))),
        "varbit" => plain(Plain::Bits(usize::try_from(column.told.typmod).unwrap_or(8).min(8))),
        "int4range" | "int8range" | "numrange" => plain(Plain::NumberRange),
        "daterange" => plain(Plain::DateRange),
        "tsrange" | "tstzrange" => plain(Plain::StampRange),
        "xml" => plain(Plain::Xml),
        "tsvector" => plain(Plain::TextSearch),
        "text" | "varchar" | "bpchar" | "citext" | "name" => letters(table, column, wish).map(Some),
        "int2" => number(table, column, wish, 0, i128::from(i16::MAX)).map(Some),
        "int4" => number(table, column, wish, 0, i128::from(i32::MAX)).map(Some),
        "int8" => number(table, column, wish, 0, i128::from(i64::MAX)).map(Some),
        "numeric" => {
            let (precision, scale) = column.precision().unwrap_or((20, 2));
            number(table, column, wish, scale, 10_i128.pow(precision.min(30)) - 1).map(Some)
        }
        "money" => number(table, column, wish, 2, 1_000_000_000).map(Some),
        "float4" | "float8" => number(table, column, wish, 3, 1_000_000_000_000).map(Some),
        "date" => time(table, column, wish, Unit::Date, until).map(Some),
        "timestamp" => time(table, column, wish, Unit::Stamp, until).map(Some),
        "timestamptz" => time(table, column, wish, Unit::StampTz, until).map(Some),
        _ => Ok(None),
    }
}

fn letters(table: &Table, column: &Column, wish: &ColumnSpec) -> Result<Way, String> {
    let told = &column.told;
    let (shortest, longest) = column.limits.length;
    let size = |length: i64| usize::try_from(length).unwrap_or(0);
    let longest = match (column.length(), longest.map(size)) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    let shortest = shortest.map_or(0, size);
    if longest.is_some_and(|longest| shortest > longest) {
        return Err(format!(
            "no text of {} is at least {shortest} and at most {} characters long",
            told.name,
            longest.unwrap_or(0)
        ));
    }
    let mut meaning =
        wish.meaning.or_else(|| meaning::guess(&table.name, &told.name, told.comment.as_deref()));
    if meaning.is_none() && column.limits.fits.iter().any(|(_, pattern)| pattern.contains('@')) {
        meaning = Some(Meaning::Email);
    }
    let patterns: Vec<Pattern> = column.limits.fits.iter().filter_map(pattern).collect();
    // What the name means goes first where the patterns let it.
    let is_fit = |meaning: Meaning| {
        (0..20).all(|row| {
            let (of_row, mut own) = (Dice::at(row, "row", row), Dice::at(row, "own", row));
            let text = case(column.limits.case, meaning::value(meaning, row, &of_row, &mut own));
            patterns.iter().all(|pattern| pattern.fits(&text))
        })
    };
    let pattern = if meaning.is_some_and(is_fit) { None } else { patterns.first().cloned() };
    if longest.is_some_and(|longest| longest <= 3) && meaning == Some(Meaning::Country) {
        meaning = Some(Meaning::CountryCode);
    }
    Ok(Way::Text { meaning, unique: false, shortest, longest, pattern, case: column.limits.case })
}

fn pattern((fit, text): &(Fit, String)) -> Option<Pattern> {
    match fit {
        Fit::Like { insensitive } => Pattern::like(text, *insensitive),
        Fit::Regex { insensitive } => Pattern::regex(text, *insensitive),
        Fit::Similar => Pattern::regex(&similar(text), false),
    }
}

fn number(table: &Table, column: &Column, wish: &ColumnSpec, scale: u32, most: i128) -> Result<Way, String> {
    let name = &column.told.name;
    let unit = 10_f64.powi(i32::try_from(scale).unwrap_or(0));
    let units = |value: f64| (value * unit).round() as i128;
    let usual = usual(name, scale);
    let wrong = |bound: &str| format!("{name}: {bound:?} is no number");
    let parsed = |bound: &str| bound.parse::<f64>().map_err(|_| wrong(bound));
    // A bound that does not count itself is one unit further in.
    let bound = |bound: &Option<(String, bool)>, inwards: i128| match bound {
        Some((value, counts)) => {
            parsed(value).map(|value| Some(units(value) + if *counts { 0 } else { inwards }))
        }
        None => Ok(None),
    };
    let (floor, ceiling) = (bound(&column.limits.low, 1)?, bound(&column.limits.high, -1)?);
    let wished =
        |value: &Option<toml::Value>| value.as_ref().map(|value| parsed(&text(value)).map(units)).transpose();
    let (least, greatest) = (wished(&wish.min)?, wished(&wish.max)?);
    let low = least.or(floor).unwrap_or_else(|| units(usual.0).min(ceiling.unwrap_or(i128::MAX)));
    let width = units(usual.1) - units(usual.0);
    let high = greatest.or(ceiling).unwrap_or(low + width).min(most);
    if low > high || floor.is_some_and(|floor| low < floor) || ceiling.is_some_and(|ceiling| high > ceiling) {
        let (low, high) = (super::way::decimal(low, scale), super::way::decimal(high, scale));
        return Err(format!("no number of {name} lies between {low} and {high} and meets its constraints"));
    }
    let spread = match wish.distribution {
        Some(Distribution::Normal) => {
            let middle = (low + high) as f64 / 2.0;
            Spread::Normal {
                mean: wish.mean.map_or(middle, |mean| mean * unit),
                deviation: wish.deviation.map_or((high - low) as f64 / 6.0, |deviation| deviation * unit),
            }
        }
        Some(Distribution::Zipf) => Spread::Zipf,
        _ => Spread::Uniform,
    };
    let above = column.limits.above.iter().filter_map(|name| table.place(name)).collect();
    Ok(Way::Number {
        low,
        high,
        most: greatest.or(ceiling).unwrap_or(most).min(most),
        scale,
        spread,
        above,
        unique: false,
        within: Vec::new(),
    })
}

/// Between what numbers of a name mostly lie.
fn usual(name: &str, scale: u32) -> (f64, f64) {
    let is = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if is(&["total", "amount", "revenue", "balance", "budget", "spent"]) => (50.0, 5000.0),
        () if is(&["salary", "income"]) => (20_000.0, 120_000.0),
        () if is(&["price", "cost", "fee"]) => (1.0, 1000.0),
        () if is(&["quantity", "qty"]) => (1.0, 10.0),
        () if is(&["stock", "inventory"]) => (0.0, 500.0),
        () if is(&["percent", "pct"]) => (0.0, 100.0),
        () if is(&["discount", "rate", "share", "ratio", "probability"]) && scale > 0 => (0.0, 1.0),
        () if is(&["rating", "stars"]) => (1.0, 5.0),
        () if is(&["age"]) && !is(&["page", "image", "usage", "storage", "message"]) => (18.0, 90.0),
        () if is(&["year"]) => (2015.0, 2026.0),
        () if is(&["month"]) => (1.0, 12.0),
        () if name == "id" || name.ends_with("_id") => (1.0, 10_000.0),
        () if is(&["latitude"]) => (-90.0, 90.0),
        () if is(&["longitude"]) => (-180.0, 180.0),
        () => (0.0, 1000.0),
    }
}

/// A time as SQL writes it, in seconds since 1970.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let text = text.trim().trim_matches('\'');
    let text = text.get(..19).filter(|_| text.len() > 19).unwrap_or(text).replace('T', " ");
    let stamp = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").ok();
    let day = || NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    Some(stamp.or_else(day)?.and_utc().timestamp())
}

fn time(table: &Table, column: &Column, wish: &ColumnSpec, unit: Unit, until: i64) -> Result<Way, String> {
    let name = &column.told.name;
    let read = |text: &str| {
        seconds(text)
            .ok_or_else(|| format!("{name}: {text:?} is no time such as 2026-01-31 or 2026-01-31 08:00:00"))
    };
    let bound = |limit: &Option<(String, bool)>, inwards: i64| match limit {
        Some((text, counts)) => {
            read(text).map(|at| Some(if *counts { at } else { at.saturating_add(inwards) }))
        }
        None => Ok(None),
    };
    let (floor, ceiling) =
        (bound(&column.limits.low, unit.seconds())?, bound(&column.limits.high, -unit.seconds())?);
    let wished = |value: &Option<toml::Value>| value.as_ref().map(|value| read(&text(value))).transpose();
    let (least, greatest) = (wished(&wish.min)?, wished(&wish.max)?);
    let birth = name.contains("birth") || name == "dob";
    let usual = if birth { (until - 80 * YEAR, until - 18 * YEAR) } else { (until - YEAR, until - 1) };
    let high = greatest
        .or(ceiling)
        .unwrap_or_else(|| usual.1.max(least.or(floor).map_or(i64::MIN, |low| low.saturating_add(YEAR))));
    let low = least.or(floor).unwrap_or_else(|| usual.0.min(high - YEAR));
    if low > high || floor.is_some_and(|floor| low < floor) || ceiling.is_some_and(|ceiling| high > ceiling) {
        return Err(format!(
            "no time of {name} lies between {} and {} and meets its constraints",
            unit.text(low),
            unit.text(high)
        ));
    }
    let mut behind: Vec<usize> = column.limits.above.iter().filter_map(|name| table.place(name)).collect();
    if behind.is_empty() && least.is_none() && LATER.iter().chain(&SELDOM).any(|word| name.contains(word)) {
        behind.extend(first_time(table, name));
    }
    Ok(Way::Time {
        unit,
        low,
        high,
        stretches: least.or(floor).is_none(),
        growth: wish.growth.unwrap_or(0.0).max(0.0),
        behind,
        parents: Vec::new(),
        unique: false,
        within: Vec::new(),
    })
}

/// The column that says when a row came to be.
fn first_time(table: &Table, but: &str) -> Option<usize> {
    table.columns.iter().position(|column| {
        let name = &column.told.name;
        matches!(column.told.base.as_str(), "date" | "timestamp" | "timestamptz")
            && name != but
            && !name.contains("birth")
            && !LATER.iter().chain(&SELDOM).any(|word| name.contains(word))
    })
}

/// The beginning of the day, as the default end of all times.
pub(crate) fn today(now: Duration) -> i64 {
    i64::try_from(now.as_secs()).unwrap_or_default().div_euclid(86_400) * 86_400
}
