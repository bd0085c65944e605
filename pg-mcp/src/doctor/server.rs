//! The HTTP server, where one is configured: who is let in, and to what.

use pg_core::{Access, Service};

use super::sign::{Area, Sign};
use crate::settings::Settings;

/// What was seen of the HTTP server's settings; nothing where nothing is said of it.
pub(super) fn look_at(settings: &Settings, service: &Service) -> Vec<Sign> {
    let server = &settings.configuration().server;
    let mut signs = Vec::new();
    for (name, (_, grant)) in &server.tokens {
        let about = format!("token `{name}`");
        match service.granted(grant) {
            Err(error) => signs.push(
                Sign::fail(Area::Server, &about, error.report().to_string())
                    .because("the HTTP server does not start")
                    .mend("name connections that are configured"),
            ),
            Ok(granted) if grant.access > granted.highest_access() => {
                let what = format!(
                    "it grants `{}`, and no connection it reaches has more than `{}`",
                    grant.access,
                    granted.highest_access()
                );
                signs.push(Sign::warn(Area::Server, &about, what).because("the lesser of both holds"));
            }
            Ok(granted) => {
                let connections = granted.connections();
                let named: Vec<&str> = connections.iter().map(pg_core::Connection::id).collect();
                let what = format!("`{}` on {}", grant.access, named.join(", "));
                signs.push(Sign::ok(Area::Server, &about, what));
            }
        }
    }
    if let Some(listen) = &server.listen
        && server.tokens.is_empty()
        && service.highest_access() > Access::Read
    {
        signs.push(
            Sign::warn(Area::Server, "", format!("whoever reaches {listen} may write"))
                .because("no callers are listed, so that everybody on this machine is served")
                .mend("`pg-mcp token NAME` makes a token and the lines for the configuration"),
        );
    }
    signs
}
