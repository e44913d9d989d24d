//! Tokens whose audience is wrong, or right in another form.

use super::{Forgery, OTHER_RESOURCE, dependent, forgery};
use crate::protocol::url::origin_of;
use crate::tokens::forge::{Draft, ForgeError};
use serde_json::{Value, json};

pub(crate) const FORGERIES: &[Forgery] = &[
    // of somebody else
    forgery("a token for another host", |draft, _| audience(draft, OTHER_RESOURCE)),
    forgery("a token for another path on the same origin", |draft, facts| {
        audience(draft, format!("{}/elsewhere", origin_of(&facts.resource).unwrap_or_default()));
    }),
    forgery("a token for another port", |draft, facts| audience(draft, other_port(&facts.resource))),
    forgery("a token for the issuer itself", |draft, facts| audience(draft, facts.issuer.clone())),
    forgery("a token for the client that asked for it", |draft, facts| audience(draft, facts.client_id.clone())),
    forgery("a token for an upstream API", |draft, _| audience(draft, "https://api.upstream.example")),
    forgery("a token for two other resources", |draft, _| {
        audience(draft, json!([OTHER_RESOURCE, "https://api.upstream.example"]));
    }),
    // what a widespread authorization server puts in by default
    forgery("a token whose audience is account", |draft, _| audience(draft, "account")),
    // of another recipient or none, with this resource in a claim that is no audience
    forgery("a token for another host whose resource claim names this server", |draft, facts| {
        audience(draft, OTHER_RESOURCE);
        draft.claim("resource", facts.resource.clone());
    }),
    forgery("a token for another host whose client_id names this server", |draft, facts| {
        audience(draft, OTHER_RESOURCE);
        draft.claim("client_id", facts.resource.clone());
    }),
    forgery("a token for another host whose azp names this server", |draft, facts| {
        audience(draft, OTHER_RESOURCE);
        draft.claim("azp", facts.resource.clone());
    }),
    forgery("a token without an audience whose resource claim names this server", |draft, facts| {
        draft.without("aud");
        draft.claim("resource", facts.resource.clone());
    }),
    forgery("a token without an audience whose client_id names this server", |draft, facts| {
        draft.without("aud");
        draft.claim("client_id", facts.resource.clone());
    }),
    // none
    forgery("a token without an audience", |draft, _| draft.without("aud")),
    // in either form; other shapes are made in `claim`
    forgery("a token whose audience is a string", |draft, facts| audience(draft, facts.resource.clone())).sound(),
    // the right one in other words
    forgery("a token for the same resource with its host in upper case", |draft, facts| {
        let host = url::Url::parse(&facts.resource).ok().and_then(|url| url.host_str().map(str::to_owned));
        let host = host.unwrap_or_default();
        audience(draft, facts.resource.replacen(&host, &host.to_uppercase(), 1));
    }),
    forgery("a token for the same resource with its path in upper case", |draft, facts| {
        let origin = origin_of(&facts.resource).unwrap_or_default();
        let path = facts.resource.strip_prefix(origin).unwrap_or_default();
        audience(draft, format!("{origin}{}", path.to_uppercase()));
    }),
    forgery("a token for the same resource with its scheme in upper case", |draft, facts| {
        let (scheme, rest) = facts.resource.split_once(':').unwrap_or_default();
        audience(draft, format!("{}:{rest}", scheme.to_uppercase()));
    }),
    dependent("a token for the published resource", |draft, facts| {
        let published = facts.particulars.published_resource.clone();
        audience(draft, published.ok_or(ForgeError::Particular("the resource that is published"))?);
        Ok(())
    })
    .sound(),
    // look-alikes
    forgery("a token for a longer name", |draft, facts| audience(draft, format!("{}x", facts.resource))),
    forgery("a token for a path below", |draft, facts| audience(draft, format!("{}/extra", facts.resource))),
    forgery("a token for the parent path", |draft, facts| audience(draft, parent(&facts.resource))),
    forgery("a token for the bare origin", |draft, facts| {
        audience(draft, origin_of(&facts.resource).unwrap_or_default());
    }),
    forgery("a token for the other scheme", |draft, facts| audience(draft, other_scheme(&facts.resource))),
    forgery("a token for a host that begins alike", |draft, facts| {
        audience(draft, around_host(&facts.resource, ".evil.example"));
    }),
    forgery("a token with the host as user name of another", |draft, facts| {
        audience(draft, around_host(&facts.resource, "@evil.example"));
    }),
    forgery("a token with the origin as user name of another", |draft, facts| {
        let origin = origin_of(&facts.resource).unwrap_or_default();
        let path = facts.resource.strip_prefix(origin).unwrap_or_default();
        audience(draft, format!("{origin}@evil.example{path}"));
    }),
    forgery("a token with the resource in the query of another", |draft, facts| {
        audience(draft, format!("https://evil.example/?to={}", facts.resource));
    }),
    forgery("a token for the resource with a query", |draft, facts| {
        audience(draft, format!("{}?tenant=other", facts.resource));
    }),
    forgery("a token with several names in one string", |draft, facts| {
        audience(draft, format!("{OTHER_RESOURCE} {}", facts.resource));
    }),
    // what this resource would be called if the host of a request were believed
    forgery("a token for evil.example", |draft, facts| audience(draft, at_evil(&facts.resource, "https"))),
    forgery("a token for evil.example over http", |draft, facts| audience(draft, at_evil(&facts.resource, "http"))),
];

fn audience(draft: &mut Draft, value: impl Into<Value>) {
    draft.claim("aud", value);
}

/// The resource at another host, at the port that its scheme has by default.
fn at_evil(resource: &str, scheme: &str) -> String {
    let path = origin_of(resource).and_then(|origin| resource.strip_prefix(origin)).unwrap_or_default();
    format!("{scheme}://evil.example{path}")
}

fn parent(resource: &str) -> String {
    resource.rsplit_once('/').map(|(parent, _)| format!("{parent}/")).unwrap_or_default()
}

pub(crate) fn other_scheme(resource: &str) -> String {
    match resource.strip_prefix("http://") {
        Some(rest) => format!("https://{rest}"),
        None => resource.replacen("https://", "http://", 1),
    }
}

pub(crate) fn other_port(resource: &str) -> String {
    let Ok(mut url) = url::Url::parse(resource) else { return String::new() };
    let port = url.port_or_known_default().unwrap_or(443);
    // A URL with a host always takes a port.
    let _ = url.set_port(Some(if port == 1 { 2 } else { port - 1 }));
    url.to_string()
}

/// The resource with something behind its host name.
fn around_host(resource: &str, behind: &str) -> String {
    let host = url::Url::parse(resource).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    resource.replacen(&host, &format!("{host}{behind}"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_differ_from_what_they_look_like() {
        let resource = "http://localhost:8001/mcp";
        assert_eq!(parent(resource), "http://localhost:8001/");
        assert_eq!(other_scheme(resource), "https://localhost:8001/mcp");
        assert_eq!(other_port(resource), "http://localhost:8000/mcp");
        assert_eq!(at_evil(resource, "https"), "https://evil.example/mcp");
        assert_eq!(around_host(resource, ".evil.example"), "http://localhost.evil.example:8001/mcp");
    }
}
