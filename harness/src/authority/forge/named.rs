//! Every forgery by the name that the feature files use, with the one thing that is wrong about it.

use super::{Draft, Facts, Sealing};
use crate::judge::url::origin_of;
use serde_json::{Value, json};

/// A named way to make a token wrong.
pub struct Forgery {
    /// The name in the feature files.
    pub name: &'static str,
    /// Changes the one thing.
    pub alter: fn(&mut Draft, &Facts),
}

/// A resource that is not the subject.
pub const OTHER_RESOURCE: &str = "https://other.example/mcp";

/// The forgery with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Forgery> {
    FORGERIES.iter().find(|forgery| forgery.name == name)
}

const fn forgery(name: &'static str, alter: fn(&mut Draft, &Facts)) -> Forgery {
    Forgery { name, alter }
}

fn audience(draft: &mut Draft, value: impl Into<Value>) {
    draft.claim("aud", value);
}

/// All forgeries.
pub const FORGERIES: &[Forgery] = &[
    // time
    forgery("a token that has expired", |draft, facts| {
        draft.claim("iat", facts.now - 7200);
        draft.claim("auth_time", facts.now - 7200);
        draft.claim("exp", facts.now - 3600);
    }),
    // signature and algorithm
    forgery("a token with a broken signature", |draft, _| draft.sealing = Sealing::BrokenSignature),
    forgery("a token whose claims were changed after signing", |draft, _| {
        draft.claim("sub", "00000000-0000-4000-8000-000000000000");
        draft.sealing = Sealing::GenuineSignature;
    }),
    forgery("a token signed by another key", |draft, _| draft.sealing = Sealing::Stranger),
    forgery("an unsigned token with alg none", |draft, _| {
        draft.header.insert("alg".to_owned(), "none".into());
        draft.sealing = Sealing::Unsigned;
    }),
    forgery("a token signed with HS256 and the public key", |draft, _| {
        draft.header.insert("alg".to_owned(), "HS256".into());
        draft.sealing = Sealing::HmacWithPublicPem;
    }),
    // audience of somebody else
    forgery("a token for another host", |draft, _| audience(draft, OTHER_RESOURCE)),
    forgery("a token for another path on the same origin", |draft, facts| {
        audience(draft, format!("{}/elsewhere", origin_of(&facts.resource).unwrap_or_default()));
    }),
    forgery("a token for another port", |draft, facts| audience(draft, other_port(&facts.resource))),
    forgery("a token for the issuer itself", |draft, facts| audience(draft, facts.issuer.clone())),
    forgery("a token for the client that asked for it", |draft, facts| audience(draft, facts.client_id.clone())),
    forgery("a token for an upstream API", |draft, _| audience(draft, "https://api.upstream.example")),
    // no audience
    forgery("a token without an audience", |draft, _| draft.without("aud")),
    forgery("a token whose audience is null", |draft, _| audience(draft, Value::Null)),
    forgery("a token whose audience is a number", |draft, _| audience(draft, 1)),
    forgery("a token whose audience is an object", |draft, facts| audience(draft, json!({ "uri": facts.resource }))),
    forgery("a token whose audience is an empty array", |draft, _| audience(draft, json!([]))),
    forgery("a token whose audience is an empty string", |draft, _| audience(draft, "")),
    // audience in either form
    forgery("a token whose audience is a string", |draft, facts| audience(draft, facts.resource.clone())),
    forgery("a token whose audience is an array of one", |draft, facts| audience(draft, json!([facts.resource]))),
    forgery("a token whose audience is an array with others", |draft, facts| {
        audience(draft, json!([OTHER_RESOURCE, facts.resource]));
    }),
    // audience look-alikes
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
    forgery("a token with several names in one string", |draft, facts| {
        audience(draft, format!("{OTHER_RESOURCE} {}", facts.resource));
    }),
    forgery("a token for evil.example", |draft, _| audience(draft, "http://evil.example/mcp")),
    // no token at all
    forgery("32 random bytes", |draft, _| verbatim(draft, "q3V0x1tZ8mB2n9Kc7Ld5RfYwHj4sTgUa6EoPiXbNvQM")),
    forgery("three dots", |draft, _| verbatim(draft, "...")),
    forgery("a header and a signature with nothing between", |draft, _| {
        let parts: Vec<String> = draft.raw().split('.').map(str::to_owned).collect();
        let (first, last) = (parts.first().cloned().unwrap_or_default(), parts.last().cloned().unwrap_or_default());
        verbatim(draft, &format!("{first}..{last}"));
    }),
    forgery("a JSON text", |draft, _| verbatim(draft, r#"{"alg":"none","sub":"admin"}"#)),
    forgery("characters no token may have", |draft, _| verbatim(draft, "t\u{f6}k\u{eb}n")),
    forgery("the word null", |draft, _| verbatim(draft, "null")),
    forgery("the word undefined", |draft, _| verbatim(draft, "undefined")),
    forgery("a valid token with one character dropped", |draft, _| draft.sealing = Sealing::OneCharacterDropped),
];

fn verbatim(draft: &mut Draft, text: &str) {
    draft.sealing = Sealing::Verbatim(text.to_owned());
}

fn parent(resource: &str) -> String {
    resource.rsplit_once('/').map(|(parent, _)| format!("{parent}/")).unwrap_or_default()
}

fn other_scheme(resource: &str) -> String {
    match resource.strip_prefix("http://") {
        Some(rest) => format!("https://{rest}"),
        None => resource.replacen("https://", "http://", 1),
    }
}

fn other_port(resource: &str) -> String {
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
    use std::collections::HashSet;

    #[test]
    fn no_name_stands_twice() {
        let names: HashSet<_> = FORGERIES.iter().map(|forgery| forgery.name).collect();
        assert_eq!(names.len(), FORGERIES.len());
    }

    #[test]
    fn look_alikes_differ_from_what_they_look_like() {
        let resource = "http://localhost:8001/mcp";
        assert_eq!(parent(resource), "http://localhost:8001/");
        assert_eq!(other_scheme(resource), "https://localhost:8001/mcp");
        assert_eq!(other_port(resource), "http://localhost:8000/mcp");
        assert_eq!(around_host(resource, ".evil.example"), "http://localhost.evil.example:8001/mcp");
    }
}
