//! Dates and times in the forms that a plan names, as ISO 8601.

use chrono::{
    Datelike, NaiveDate, NaiveDateTime,
    format::{Item, Numeric, StrftimeItems},
};

/// The forms of `date:FORMAT|FORMAT`; ISO 8601 without any.
pub(super) fn formats(argument: Option<&str>) -> Result<Vec<String>, String> {
    let Some(argument) = argument else {
        return Ok(vec![
            "%Y-%m-%d".to_owned(),
            "%Y-%m-%d %H:%M:%S".to_owned(),
            "%Y-%m-%dT%H:%M:%S".to_owned(),
        ]);
    };
    argument
        .split('|')
        .map(|format| {
            let known = !format.is_empty() && !StrftimeItems::new(format).any(|item| item == Item::Error);
            if known {
                Ok(format.to_owned())
            } else {
                Err(format!("`{format}` is no form of a date; write it as strftime does, such as date:%d/%m/%Y|%Y-%m-%d"))
            }
        })
        .collect()
}

/// A date, or a date with a time, in the first form that fits.
pub(super) fn date(value: &str, formats: &[String]) -> Result<Option<String>, String> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let mut short_year = false;
    for format in formats {
        let (text, year) = if let Ok(time) = NaiveDateTime::parse_from_str(value, format) {
            (time.format("%Y-%m-%d %H:%M:%S%.f").to_string(), time.year())
        } else if let Ok(date) = NaiveDate::parse_from_str(value, format) {
            (date.format("%Y-%m-%d").to_string(), date.year())
        } else {
            continue;
        };
        if has_whole_year(format) && !value.contains(&format!("{:04}", year.unsigned_abs())) {
            short_year = true;
            continue;
        }
        return Ok(Some(text));
    }
    let why = if short_year { ", whose %Y is a year of four digits; %y is one of two" } else { "" };
    Err(format!("no date in the form {}{why}", formats.join(" or ")))
}

/// Whether a form names the year in full: `99` would be read as the year 99.
fn has_whole_year(format: &str) -> bool {
    StrftimeItems::new(format).any(|item| matches!(item, Item::Numeric(Numeric::Year | Numeric::IsoYear, _)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_form_that_fits_counts() {
        let forms = formats(Some("%d/%m/%Y|%Y%m%d|%d.%m.%Y %H:%M")).unwrap();
        for (given, wanted) in [
            ("31/12/2024", "2024-12-31"),
            ("20240229", "2024-02-29"),
            ("01.02.2024 13:05", "2024-02-01 13:05:00"),
        ] {
            assert_eq!(date(given, &forms).unwrap().as_deref(), Some(wanted), "{given}");
        }
        for given in ["12/31/2024", "30/02/2024", "2024-01-01", "soon"] {
            assert!(date(given, &forms).is_err(), "{given}");
        }
        let short = formats(Some("%d/%m/%Y|%d/%m/%y")).unwrap();
        for (given, wanted) in [
            ("31/12/99", "1999-12-31"),
            ("31/12/24", "2024-12-31"),
            ("31/12/2024", "2024-12-31"),
            ("31/12/0099", "0099-12-31"),
        ] {
            assert_eq!(date(given, &short).unwrap().as_deref(), Some(wanted), "{given}");
        }
        for given in ["31/12/99", "31/12/199"] {
            let why = date(given, &forms).unwrap_err();
            assert!(why.contains("four digits"), "{given}: {why}");
        }
        assert!(date("99-12-31", &formats(None).unwrap()).is_err());
        assert_eq!(date("2024-01-01", &formats(None).unwrap()).unwrap().as_deref(), Some("2024-01-01"));
    }
}
