//! Looking for an authorization server at the host of an MCP server, where revision 2025-03-26 has it.

use crate::bench::ServerStage;
use crate::protocol::url::origin_of;
use crate::rules::server::legacy::judge::{Found, at};
use crate::wire::{Exchange, Purpose, Request};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method};
use serde_json::json;
use url::Url;

const WELL_KNOWN: &str = "/.well-known/oauth-authorization-server";
/// An authorization request that lacks nothing but a client that exists.
const QUERY: &str = "response_type=code&client_id=nobody&redirect_uri=https%3A%2F%2Fclient.example%2Fcallback&state=s&\
                     code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

impl ServerStage {
    /// Asks for everything that may be there; with `registering` clients are registered, without it the request to
    /// register is one that no server can accept.
    pub async fn look_for_own_authority(&self, registering: bool) -> Vec<Exchange> {
        let endpoint = self.bench().endpoint.clone();
        let origin = origin_of(&endpoint).unwrap_or_default().to_owned();
        let path = Url::parse(&endpoint).map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default();
        let mut found = Vec::new();
        for (label, url) in [
            (at::ROOT, format!("{origin}{WELL_KNOWN}")),
            (at::SUFFIXED, format!("{origin}{WELL_KNOWN}{path}")),
            (at::BELOW, format!("{origin}{path}{WELL_KNOWN}")),
            (at::AUTHORIZE, format!("{origin}/authorize?{QUERY}")),
            (at::NOBODY, format!("{origin}/{}", uuid::Uuid::new_v4())),
        ] {
            if label == at::ROOT || url != format!("{origin}{WELL_KNOWN}") {
                found.push(self.send_bare(Request::get(label, url)).await);
            }
        }
        let token =
            form(at::TOKEN, &format!("{origin}/token"), "grant_type=authorization_code&code=none&client_id=nobody");
        found.push(self.send_bare(token).await);
        let announced = Found(&found)
            .metadata(at::ROOT)
            .and_then(|document| document.get("registration_endpoint").and_then(|url| url.as_str().map(str::to_owned)));
        // At somebody else's authorization server nobody is registered, and what it does is not the server's fault.
        let register = announced.filter(|url| self.belongs(url)).unwrap_or(format!("{origin}/register"));
        let redirects: &[&str] = if registering { &["https://client.example/callback"] } else { &[] };
        found.push(self.send_bare(registration(at::REGISTER, &register, redirects)).await);
        if registering {
            let plain = registration(at::REGISTER_BAD, &register, &["http://client.example/callback"]);
            found.push(self.send_bare(plain).await);
        }
        found
    }
}

fn form(purpose: impl Into<Purpose>, url: &str, content: &'static str) -> Request {
    Request::new(purpose, Method::POST, url)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .content(content)
}

fn registration(purpose: impl Into<Purpose>, url: &str, redirects: &[&str]) -> Request {
    let client = json!({ "client_name": env!("CARGO_PKG_NAME"), "redirect_uris": redirects });
    Request::new(purpose, Method::POST, url)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .content(client.to_string())
}
