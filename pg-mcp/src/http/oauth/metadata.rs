//! What a client without a token is told: which authorization server gives one, and for what (RFC 9728).

use axum::{Json, Router, routing::get};
use pg_core::OauthSettings;
use serde_json::json;

/// Where the metadata are, in front of the resource's own path.
pub(in crate::http) const PATH: &str = "/.well-known/oauth-protected-resource";

/// The route, with and without the resource's own path: clients look for both.
pub(in crate::http) fn routes(settings: &OauthSettings) -> Router {
    let told = json!({
        "resource": settings.resource,
        "authorization_servers": [settings.issuer],
        "scopes_supported": settings.scopes(),
        "bearer_methods_supported": ["header"],
        "resource_name": "pg-mcp",
    });
    let tell = get(move || std::future::ready(Json(told.clone())));
    let (_, path) = split(&settings.resource);
    let whole = format!("{PATH}{path}");
    let router = Router::new().route(PATH, tell.clone());
    if whole == PATH { router } else { router.route(&whole, tell) }
}

/// The address of the metadata of this resource.
pub(super) fn url(resource: &str) -> String {
    let (origin, path) = split(resource);
    format!("{origin}{PATH}{path}")
}

/// An address in front of its path, and the path without a slash at its end.
fn split(resource: &str) -> (&str, &str) {
    let after_scheme = resource.find("://").map_or(0, |at| at + 3);
    let path = resource[after_scheme..].find('/').map_or(resource.len(), |at| after_scheme + at);
    (&resource[..path], resource[path..].trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn metadata_stand_between_the_host_and_the_path() {
        let well_known = "/.well-known/oauth-protected-resource";
        for (resource, expected) in [
            ("https://db.example.com/mcp", format!("https://db.example.com{well_known}/mcp")),
            ("https://db.example.com/", format!("https://db.example.com{well_known}")),
            ("https://db.example.com", format!("https://db.example.com{well_known}")),
            ("http://127.0.0.1:3000/a/mcp", format!("http://127.0.0.1:3000{well_known}/a/mcp")),
        ] {
            assert_eq!(url(resource), expected);
        }
    }
}
