//! The HTTP server, where one is configured: who is let in, and to what.

#[cfg(feature = "oauth")]
use pg_core::OauthSettings;
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
        && server.oauth.is_none()
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

/// What was seen of the authorization server whose tokens are believed: whether its keys can be had.
#[cfg(feature = "oauth")]
pub(super) async fn look_for_keys(oauth: &OauthSettings) -> Sign {
    let about = format!("issuer {}", oauth.issuer);
    match crate::http::count_keys(oauth).await {
        Ok(keys) => Sign::ok(
            Area::Server,
            &about,
            format!("{keys} keys for signatures, {} grants", oauth.grants.len()),
        ),
        Err(problem) => Sign::fail(Area::Server, &about, problem)
            .because("without its keys no token of an authorization server is believed")
            .mend("set jwks_url or jwks_file in [server.oauth] to the authorization server's keys (its metadata call it jwks_uri)"),
    }
}
