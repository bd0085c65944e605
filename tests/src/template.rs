//! The template databases that tests' own databases are cloned from.
//!
//! Separate because several test programs run against one server: a template is made by the first that needs it,
//! under an advisory lock. Invariant: a database that the server calls a template is complete, because it is
//! called so last.
#![expect(clippy::disallowed_methods, reason = "the harness runs its own SQL, never a caller's")]

use tokio_postgres::{Client, Error};
use xtask::coordinates::{Coordinates, SUPERUSER};
use xtask::shop::{self, Size};

/// The template that holds the small shop.
pub(crate) const SHOP: &str = "shop_small";

/// The advisory lock under which templates are made: "shop" in ASCII.
const LOCK: i64 = 0x7368_6f70;

/// Makes the shop's template unless another test has.
pub(crate) async fn make_shop(server: &Coordinates) -> Result<(), Error> {
    let admin = connect(server, "postgres").await?;
    admin.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await?;
    let made = admin
        .query_opt("SELECT FROM pg_database WHERE datname = $1 AND datistemplate", &[&SHOP])
        .await?
        .is_some();
    if !made {
        admin.batch_execute("DROP DATABASE IF EXISTS shop_small WITH (FORCE)").await?;
        admin.batch_execute("CREATE DATABASE shop_small TEMPLATE template0").await?;
        let loader = connect(server, SHOP).await?;
        loader.batch_execute(&shop::settings(server.password(), Size::Small)).await?;
        for (_, sql) in shop::SQL_FILES {
            loader.batch_execute(sql).await?;
        }
        admin.batch_execute("ALTER DATABASE shop_small WITH IS_TEMPLATE true").await?;
    }
    admin.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await?;
    Ok(())
}

/// Opens a superuser's session.
pub(crate) async fn connect(server: &Coordinates, database: &str) -> Result<Client, Error> {
    let url = server.url(SUPERUSER, server.password(), database);
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
