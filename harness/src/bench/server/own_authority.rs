//! Looking for an authorization server at the host of an MCP server, where revision 2025-03-26 has it.

use crate::bench::ServerStage;
use crate::protocol::own_authority::{AtHost, Host, Sighting};
use crate::protocol::pkce::s256;
use crate::protocol::url::origin_of;
use crate::wire::{Purpose, Request, purpose};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method};
use serde_json::{Value, json};
use url::Url;

const WELL_KNOWN: &str = "/.well-known/oauth-authorization-server";
/// The redirect URI of the client that is registered for the probes.
const REDIRECT: &str = "https://client.example/callback";
/// One that it has not registered.
const FOREIGN: &str = "https://evil.example/callback";
/// An authorization request that lacks nothing but a client that exists.
const QUERY: &str = "response_type=code&client_id=nobody&redirect_uri=https%3A%2F%2Fclient.example%2Fcallback&state=s&\
                     code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

purpose!(AtHost);

impl ServerStage {
    /// Asks for everything that may be there; with `registering` clients are registered, without it the request to
    /// register is one that no server can accept.
    pub async fn look_for_own_authority(&self, registering: bool) -> Vec<Sighting> {
        let endpoint = self.bench().endpoint.clone();
        let origin = origin_of(&endpoint).unwrap_or_default().to_owned();
        let path = Url::parse(&endpoint).map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default();
        let mut seen = Vec::new();
        for (at, url) in [
            (AtHost::RootMetadata, format!("{origin}{WELL_KNOWN}")),
            (AtHost::SuffixedMetadata, format!("{origin}{WELL_KNOWN}{path}")),
            (AtHost::NestedMetadata, format!("{origin}{path}{WELL_KNOWN}")),
            (AtHost::Authorization, format!("{origin}/authorize?{QUERY}")),
            (AtHost::Nothing, format!("{origin}/{}", uuid::Uuid::new_v4())),
        ] {
            if at == AtHost::RootMetadata || url != format!("{origin}{WELL_KNOWN}") {
                seen.push(self.look_at_host(at, Request::get(at, url)).await);
            }
        }
        let token = "grant_type=authorization_code&code=none&client_id=nobody";
        let token = form(AtHost::Token, &format!("{origin}/token"), token);
        seen.push(self.look_at_host(AtHost::Token, token).await);
        let announced = Host(&seen)
            .root()
            .and_then(|document| document.get("registration_endpoint").and_then(|url| url.as_str().map(str::to_owned)));
        // At another party's authorization server no client is registered, and what it does is not the server's fault.
        let register = announced.filter(|url| self.belongs(url)).unwrap_or(format!("{origin}/register"));
        let redirects: &[&str] = if registering { &[REDIRECT] } else { &[] };
        let request = registration(AtHost::Registration, &register, redirects);
        seen.push(self.look_at_host(AtHost::Registration, request).await);
        if registering {
            let client = Host(&seen).registered_client();
            seen.extend(self.ask_for_authorization(Host(&seen).root(), client).await);
            let plain = registration(AtHost::PlainRegistration, &register, &["http://client.example/callback"]);
            seen.push(self.look_at_host(AtHost::PlainRegistration, plain).await);
        }
        seen
    }

    /// Authorization requests of the client that was registered: one with nothing wrong, and two that are to be refused.
    async fn ask_for_authorization(&self, metadata: Option<Value>, client: Option<String>) -> Vec<Sighting> {
        let Some(client) = client else { return Vec::new() };
        let named = metadata.and_then(|document| document.get("authorization_endpoint")?.as_str().map(str::to_owned));
        let default = || format!("{}/authorize", origin_of(&self.bench().endpoint).unwrap_or_default());
        let Ok(endpoint) = Url::parse(&named.filter(|url| self.belongs(url)).unwrap_or_else(default)) else {
            return Vec::new();
        };
        let mut seen = Vec::new();
        for (at, redirect) in
            [(AtHost::GoodRequest, REDIRECT), (AtHost::ForeignRedirect, FOREIGN), (AtHost::NoChallenge, REDIRECT)]
        {
            let mut url = endpoint.clone();
            url.query_pairs_mut().extend_pairs([
                ("response_type", "code"),
                ("client_id", &client),
                ("redirect_uri", redirect),
                ("state", "s"),
            ]);
            if at != AtHost::NoChallenge {
                let challenge = s256(&format!("{client}-{REDIRECT}-a-verifier-of-no-consequence"));
                url.query_pairs_mut()
                    .extend_pairs([("code_challenge", &*challenge), ("code_challenge_method", "S256")]);
            }
            seen.push(self.look_at_host(at, Request::get(at, url)).await);
        }
        seen
    }

    async fn look_at_host(&self, at: AtHost, request: Request) -> Sighting {
        Sighting { at, exchange: self.send_bare(request).await }
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
