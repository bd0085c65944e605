//! What a column means, guessed from its name and comment, and values that mean it.
//!
//! Separate from types and constraints, which decide what is allowed. Invariant: no value can reach a real person: addresses end in
//! names that are reserved for examples (RFC 2606), and telephone numbers lie in the range that is kept for fiction.

use fake::{
    Fake,
    faker::{
        company::raw::{CompanyName, Industry},
        job::raw::Title,
        lorem::raw::{Paragraph, Sentence, Word},
        name::raw::{FirstName, LastName},
    },
    locales::EN,
};
use serde::Deserialize;

use super::random::Dice;

/// What a text means.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Meaning {
    /// A person's name.
    Name,
    /// A first name.
    FirstName,
    /// A family name.
    LastName,
    /// The name that somebody signs in with.
    Username,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A company.
    Company,
    /// A branch of business.
    Industry,
    /// What somebody does for a living.
    Job,
    /// A street with a number.
    Street,
    /// A city.
    City,
    /// A postal code.
    Postcode,
    /// A country.
    Country,
    /// A country's code of two letters.
    CountryCode,
    /// A currency's code.
    Currency,
    /// What something is called.
    Product,
    /// A kind of things.
    Category,
    /// A short code.
    Code,
    /// A state in a course of events.
    Status,
    /// A web address.
    Url,
    /// A colour.
    Color,
    /// Some sentences.
    Description,
    /// A line.
    Title,
    /// The hash of a password that nobody knows.
    Hash,
    /// Some words.
    Words,
}

/// Places that belong together: city, postal code, country and its code.
const PLACES: [(&str, &str, &str, &str); 10] = [
    ("Taipei", "100", "Taiwan", "TW"),
    ("Kaohsiung", "800", "Taiwan", "TW"),
    ("Berlin", "10115", "Germany", "DE"),
    ("Hamburg", "20095", "Germany", "DE"),
    ("Lyon", "69001", "France", "FR"),
    ("Osaka", "530-0001", "Japan", "JP"),
    ("Leeds", "LS1 1AA", "United Kingdom", "GB"),
    ("Denver", "80202", "United States", "US"),
    ("Seattle", "98101", "United States", "US"),
    ("Toronto", "M5H 2N2", "Canada", "CA"),
];
const STREETS: [&str; 8] = [
    "Main Street",
    "Oak Avenue",
    "Station Road",
    "Park Lane",
    "Mill Street",
    "High Street",
    "Lake Road",
    "Hill Street",
];
const STATES: [&str; 5] = ["pending", "processing", "shipped", "delivered", "cancelled"];
const BUSINESSES: [&str; 5] = ["Technology", "Healthcare", "Finance", "Retail", "Manufacturing"];
const COLORS: [&str; 6] = ["black", "white", "red", "green", "blue", "grey"];
const KINDS: [&str; 6] = ["Electronics", "Furniture", "Office", "Clothing", "Food", "Books"];
const QUALITIES: [&str; 6] = ["Compact", "Classic", "Light", "Solid", "Smart", "Quiet"];
const THINGS: [&str; 8] = ["Chair", "Lamp", "Keyboard", "Desk", "Monitor", "Notebook", "Kettle", "Backpack"];
const CURRENCIES: [&str; 5] = ["EUR", "USD", "TWD", "JPY", "GBP"];

/// Words of a column's name, and what they mean; the first that fits.
const GUESSES: [(&[&str], Meaning); 34] = [
    (&["email", "mail"], Meaning::Email),
    (&["phone", "mobile", "fax"], Meaning::Phone),
    (&["firstname", "givenname"], Meaning::FirstName),
    (&["lastname", "surname", "familyname"], Meaning::LastName),
    (&["username", "login", "nickname", "handle"], Meaning::Username),
    (&["company", "employer", "organisation", "organization", "supplier", "vendor"], Meaning::Company),
    (&["industry"], Meaning::Industry),
    (&["job", "position", "occupation"], Meaning::Job),
    (&["street", "address"], Meaning::Street),
    (&["city", "town"], Meaning::City),
    (&["postcode", "postalcode", "zip", "zipcode"], Meaning::Postcode),
    (&["countrycode"], Meaning::CountryCode),
    (&["country", "nation"], Meaning::Country),
    (&["currency"], Meaning::Currency),
    (&["productname", "itemname", "product", "item", "article"], Meaning::Product),
    (&["category", "segment", "department"], Meaning::Category),
    (&["status", "state"], Meaning::Status),
    (&["url", "website", "link", "homepage"], Meaning::Url),
    (&["color", "colour"], Meaning::Color),
    (
        &["description", "comment", "note", "notes", "remark", "remarks", "body", "content", "message"],
        Meaning::Description,
    ),
    (&["title", "subject", "headline"], Meaning::Title),
    (&["password", "passwd", "hash", "token", "secret"], Meaning::Hash),
    (&["sku", "code", "number", "reference", "ref", "isbn", "barcode"], Meaning::Code),
    (
        &["contactperson", "contact", "person", "customer", "employee", "owner", "author", "fullname"],
        Meaning::Name,
    ),
    (&["name"], Meaning::Name),
    // Common words in Chinese comments.
    (&["電子郵件", "信箱", "邮箱"], Meaning::Email),
    (&["電話", "手機", "电话", "手机"], Meaning::Phone),
    (&["姓名"], Meaning::Name),
    (&["公司"], Meaning::Company),
    (&["產業", "行业"], Meaning::Industry),
    (&["地址"], Meaning::Street),
    (&["城市"], Meaning::City),
    (&["狀態", "状态"], Meaning::Status),
    (&["說明", "备注", "備註"], Meaning::Description),
];
/// Tables whose `name` is a thing's.
const THING_TABLES: [&str; 6] = ["product", "item", "article", "good", "part", "material"];
const KIND_TABLES: [&str; 3] = ["categor", "department", "segment"];
const FIRM_TABLES: [&str; 4] = ["compan", "supplier", "vendor", "organi"];

/// What a column means by its name, or else by its comment.
pub(crate) fn guess(table: &str, column: &str, comment: Option<&str>) -> Option<Meaning> {
    let plain: String =
        column.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase();
    if plain == "name" {
        let table = table.to_lowercase();
        let of = |words: &[&str]| words.iter().any(|word| table.contains(word));
        return Some(match () {
            () if of(&THING_TABLES) => Meaning::Product,
            () if of(&KIND_TABLES) => Meaning::Category,
            () if of(&FIRM_TABLES) => Meaning::Company,
            () => Meaning::Name,
        });
    }
    let says = |text: &str, word: &str| text.ends_with(word) || word.len() > 3 && text.contains(word);
    let find = |text: &str| {
        let fits = |(words, _): &&(&[&str], Meaning)| words.iter().any(|word| says(text, word));
        // A name is somebody's or something's: what says whose goes first.
        let whose = GUESSES.iter().filter(|(_, meaning)| *meaning != Meaning::Name).find(fits);
        whose.or_else(|| GUESSES.iter().find(fits))
    };
    find(&plain)
        .or_else(|| {
            let told = comment?.to_lowercase();
            GUESSES.iter().find(|(words, _)| words.iter().any(|word| word.len() > 3 && told.contains(word)))
        })
        .map(|(_, meaning)| *meaning)
}

/// A value for a row. What belongs together in a row comes from the same dice: they stand at the row, not at the column.
pub(crate) fn value(meaning: Meaning, row: u64, of_row: &Dice, own: &mut Dice) -> String {
    let person = || {
        let mut dice = of_row.clone();
        let first: String = FirstName(EN).fake_with_rng(&mut dice);
        let last: String = LastName(EN).fake_with_rng(&mut dice);
        (first, last, dice)
    };
    let company = || {
        let mut dice = of_row.clone();
        dice.next();
        CompanyName(EN).fake_with_rng::<String, _>(&mut dice)
    };
    let place = || {
        let mut dice = of_row.clone();
        dice.next();
        dice.one(&PLACES).copied().unwrap_or(("Berlin", "10115", "Germany", "DE"))
    };
    let mut one = |words: &[&str]| own.one(words).copied().unwrap_or_default().to_owned();
    match meaning {
        Meaning::Name => {
            let (first, last, _) = person();
            format!("{first} {last}")
        }
        Meaning::FirstName => person().0,
        Meaning::LastName => person().1,
        Meaning::Username => user(&person(), row),
        Meaning::Email => {
            let whole = person();
            format!("{}@example.com", user(&whole, row))
        }
        Meaning::Phone => {
            let mut dice = of_row.clone();
            format!("+1-{}-555-01{:02}", 200 + dice.below(700), dice.below(100))
        }
        Meaning::Company => company(),
        Meaning::Industry if row % 16 < 15 => one(&BUSINESSES),
        Meaning::Industry => Industry(EN).fake_with_rng(own),
        Meaning::Job => Title(EN).fake_with_rng(own),
        Meaning::Street => {
            format!("{} {}", 1 + own.below(200), own.one(&STREETS).copied().unwrap_or_default())
        }
        Meaning::City => place().0.to_owned(),
        Meaning::Postcode => place().1.to_owned(),
        Meaning::Country => place().2.to_owned(),
        Meaning::CountryCode => place().3.to_owned(),
        Meaning::Currency => one(&CURRENCIES),
        Meaning::Product => format!(
            "{} {}",
            own.one(&QUALITIES).copied().unwrap_or_default(),
            own.one(&THINGS).copied().unwrap_or_default()
        ),
        Meaning::Category => one(&KINDS),
        Meaning::Code => format!("{}{}-{:05}", letter(own), letter(own), own.below(100_000)),
        Meaning::Status => one(&STATES),
        Meaning::Url => format!("https://www.example.com/{}", own.below(1_000_000)),
        Meaning::Color => one(&COLORS),
        Meaning::Description => Paragraph(EN, 1..3).fake_with_rng(own),
        Meaning::Title => Sentence(EN, 3..6).fake_with_rng(own),
        Meaning::Hash => format!("{:016x}{:016x}", own.next(), own.next()),
        Meaning::Words => {
            let first: String = Word(EN).fake_with_rng(own);
            let second: String = Word(EN).fake_with_rng(own);
            format!("{first} {second}")
        }
    }
}

fn letter(dice: &mut Dice) -> char {
    char::from(b'A' + u8::try_from(dice.below(26)).unwrap_or_default())
}

fn user((first, last, _): &(String, String, Dice), row: u64) -> String {
    let plain: String = format!("{first}.{last}")
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '.')
        .collect();
    format!("{}{}", plain.to_lowercase(), row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_columns_mean() {
        assert_eq!(guess("customers", "contact_person", None), Some(Meaning::Name));
        assert_eq!(guess("customers", "email_address", None), Some(Meaning::Email));
        assert_eq!(guess("customers", "company_name", None), Some(Meaning::Company));
        assert_eq!(guess("products", "name", None), Some(Meaning::Product));
        assert_eq!(guess("t", "c7", Some("電話")), Some(Meaning::Phone));
        assert_eq!(guess("t", "first_name", None), Some(Meaning::FirstName));
        assert_eq!(guess("t", "user_name", None), Some(Meaning::Username));
        assert_eq!(guess("t", "x", None), None);
    }

    #[test]
    fn what_belongs_together_in_a_row_does() {
        let of_row = Dice::at(1, "customers", 4);
        let mut own = Dice::at(1, "customers.email", 4);
        let first = value(Meaning::FirstName, 4, &of_row, &mut own).to_lowercase();
        let email = value(Meaning::Email, 4, &of_row, &mut own);
        assert!(email.starts_with(&first) && email.ends_with("5@example.com"), "{first} {email}");
    }
}
