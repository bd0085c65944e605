//! What a connection finds on its server, for whoever sets it up.
//!
//! Separate from the operations because it is for the person who runs a program and not for its clients. Invariant: it changes nothing.

use pg_core::{Call, Connection, Error};

use crate::catalog::{SETUP, STATEMENTS_EXTENSION, SetUp, StatementsExtension};

/// Looks at what the role may do and at the optional extensions.
///
/// # Errors
/// Those of fetching.
pub async fn look_at_setup(
    call: &Call,
    connection: &Connection,
) -> Result<(SetUp, StatementsExtension), Error> {
    let missing = || Error::argument("the server gave no row where there is always one");
    let setup = SETUP.rows(call, connection, &[]).await?.pop().ok_or_else(missing)?;
    let statements = STATEMENTS_EXTENSION.rows(call, connection, &[]).await?.pop().ok_or_else(missing)?;
    Ok((setup, statements))
}
