//! The demo database's SQL, and the connections under which the scenarios know it.
//!
//! Separate because the demo loads it through `psql` and the tests through the driver. Invariant: the files are
//! listed in the order in which they must run, in one session of a superuser.

use std::fmt;

/// The name of a SQL file and its text, in the order of running.
pub const SQL_FILES: [(&str, &str); 13] = [
    ("01-roles.sql", include_str!("../../demo/sql/01-roles.sql")),
    ("02-schemas-and-types.sql", include_str!("../../demo/sql/02-schemas-and-types.sql")),
    ("03-shop-tables.sql", include_str!("../../demo/sql/03-shop-tables.sql")),
    ("04-source-tables.sql", include_str!("../../demo/sql/04-source-tables.sql")),
    ("05-generator.sql", include_str!("../../demo/sql/05-generator.sql")),
    ("06-shop-rows.sql", include_str!("../../demo/sql/06-shop-rows.sql")),
    ("07-source-rows.sql", include_str!("../../demo/sql/07-source-rows.sql")),
    ("08-keys-and-indexes.sql", include_str!("../../demo/sql/08-keys-and-indexes.sql")),
    ("09-views.sql", include_str!("../../demo/sql/09-views.sql")),
    ("10-functions-and-triggers.sql", include_str!("../../demo/sql/10-functions-and-triggers.sql")),
    ("11-row-level-security.sql", include_str!("../../demo/sql/11-row-level-security.sql")),
    ("12-comments.sql", include_str!("../../demo/sql/12-comments.sql")),
    ("13-privileges-and-statistics.sql", include_str!("../../demo/sql/13-privileges-and-statistics.sql")),
];

/// The setting that holds the password of the shop's roles while its SQL runs.
pub const PASSWORD_SETTING: &str = "shop.password";
/// The setting that holds the number of customers while its SQL runs.
pub const CUSTOMERS_SETTING: &str = "shop.customers";

/// The role that owns the shop.
pub const OWNER: &str = "shop_owner";
/// The role that may only read.
pub const READER: &str = "shop_reader";
/// The role that may change rows.
pub const WRITER: &str = "shop_writer";
/// The role that sees other sessions and their statements.
pub const MONITOR: &str = "shop_monitor";

/// How many rows the shop has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 500 customers, for tests.
    Small,
    /// 100,000 customers and 500,000 orders.
    Large,
}

impl Size {
    /// Gives the number of customers, from which all else follows.
    pub fn customers(self) -> u32 {
        match self {
            Self::Small => 500,
            Self::Large => 100_000,
        }
    }

    /// Reads a size as written on a command line.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "small" => Some(Self::Small),
            "large" => Some(Self::Large),
            _ => None,
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Small => "small",
            Self::Large => "large",
        })
    }
}

/// A connection under which a scenario knows the shop.
#[derive(Debug, Clone, Copy)]
pub struct NamedConnection {
    /// The connection's name.
    pub name: &'static str,
    /// The role that it connects as.
    pub role: &'static str,
    /// What the policy lets it do.
    pub access: &'static str,
    /// The schemas that unqualified names are looked up in.
    pub search_path: &'static [&'static str],
    /// What it is for, in words.
    pub label: &'static str,
}

const fn reading(
    name: &'static str,
    search_path: &'static [&'static str],
    label: &'static str,
) -> NamedConnection {
    NamedConnection { name, role: READER, access: "read", search_path, label }
}

const fn watching(name: &'static str, label: &'static str) -> NamedConnection {
    NamedConnection { name, role: MONITOR, access: "read", search_path: &["public"], label }
}

/// The connections of the demo, the general one first.
pub const CONNECTIONS: [NamedConnection; 21] = [
    reading("shop", &["public"], "the shop, for reading"),
    reading("analytics", &["public"], "sales dashboards"),
    reading("warehouse", &["public"], "stock and suppliers"),
    reading("marketing", &["public"], "buying behaviour"),
    reading("quality_db", &["public"], "data quality checks"),
    reading("bi_db", &["public"], "customer value"),
    reading("forecast_db", &["public"], "sales forecasts"),
    reading("old_erp", &["old_erp"], "the old ERP, to migrate from"),
    reading("crm", &["crm"], "leads"),
    reading("erp", &["erp"], "customers as accounting knows them"),
    reading("ecommerce", &["ecommerce"], "the web shop's summaries"),
    reading("dev_db", &["public"], "schema comparison: development"),
    reading("prod_db", &["public"], "schema comparison: production"),
    watching("monitor_db", "sessions, locks and statements"),
    watching("prod_app", "health: the application's database"),
    watching("prod_analytics", "health: the analysts' database"),
    watching("prod_warehouse", "health: the warehouse's database"),
    NamedConnection {
        name: "new_erp",
        role: OWNER,
        access: "schema",
        search_path: &["new_erp"],
        label: "the new ERP, to migrate into",
    },
    NamedConnection {
        name: "platform",
        role: OWNER,
        access: "schema",
        search_path: &["public"],
        label: "the customer platform, to integrate into",
    },
    NamedConnection {
        name: "test_db",
        role: OWNER,
        access: "schema",
        search_path: &["public"],
        label: "for made test data",
    },
    NamedConnection {
        name: "maintenance_db",
        role: OWNER,
        access: "schema",
        search_path: &["public"],
        label: "vacuum and clearing out",
    },
];

/// Writes the settings that the shop's SQL reads, as the statements to run before it.
///
/// `password` is made of hexadecimal digits, so nothing in it needs quoting.
pub fn settings(password: &str, size: Size) -> String {
    let mut text = String::new();
    for (name, value) in [(PASSWORD_SETTING, password), (CUSTOMERS_SETTING, &size.customers().to_string())] {
        text.push_str("SET ");
        text.push_str(name);
        text.push_str(" = '");
        text.push_str(value);
        text.push_str("';\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sql_file_is_listed_in_order() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/sql");
        let mut on_disk: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        on_disk.sort();
        assert_eq!(on_disk, SQL_FILES.map(|(name, _)| name));
    }

    #[test]
    fn connections_are_named_once_and_the_readers_only_read() {
        let mut names = CONNECTIONS.map(|connection| connection.name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        for connection in CONNECTIONS {
            assert_eq!(
                connection.access == "read",
                [READER, MONITOR].contains(&connection.role),
                "{}",
                connection.name
            );
        }
    }
}
