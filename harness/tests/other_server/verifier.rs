//! A small MCP server that trusts the issuers that the harness plays, as one that a command starts does: it verifies
//! tokens by their keys or asks about them, and may trust two issuers, let everybody list its tools, let one scope imply
//! another, and serve metadata of an authorization server. One fault can be switched on.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

/// For how long keys are used before they are fetched again, and no sooner.
const KEY_AGE: Duration = Duration::from_millis(500);
/// What every token of this server has to say (RFC 9068 section 2.2).
const REQUIRED: [&str; 4] = ["sub", "client_id", "iat", "jti"];

pub(crate) const NARROW: &str = "notes.write";
pub(crate) const BROAD: &str = "notes";

/// What the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    AcceptsAnyType,
    AcceptsNoType,
    KnowsSmallLettersOnly,
    KnowsTheShortFormOnly,
    DoesWithout(&'static str),
    KeepsFirstKeys,
    KeepsEveryKey,
    AsksForKeysEachTime,
    PutsAllKeysTogether,
    IgnoresInactive,
    WantsTheNarrowScope,
    CallsToolsForEverybody,
    RefusesEverything,
}

/// Authorization server metadata that the host serves, as revision 2025-03-26 lets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Metadata {
    #[default]
    Nothing,
    /// A copy of its issuer's, at the root.
    OfTheIssuer,
    /// The same, without an endpoint where clients register.
    OfTheIssuerWithoutRegistration,
    /// The same where later revisions look.
    OfTheIssuerBelowTheRoot,
    /// A document of its own, at the root.
    Own,
    /// The same, without what RFC 8414 requires.
    OwnWithoutEndpoints,
    /// The same where later revisions look.
    OwnBelowTheRoot,
}

/// How the server is set up.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Setup {
    pub(crate) fault: Option<Fault>,
    pub(crate) trusts_two: bool,
    pub(crate) introspects: bool,
    pub(crate) lists_for_everybody: bool,
    pub(crate) metadata: Metadata,
}

/// What the server is told when it starts.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) issuer: String,
    pub(crate) second_issuer: String,
    pub(crate) port: u16,
}

/// The keys of one issuer, as they were at one time.
struct Keys {
    fetched: Instant,
    current: JwkSet,
}

struct Server {
    setup: Setup,
    told: Told,
    http: reqwest::Client,
    keys: Mutex<HashMap<String, Keys>>,
}

/// Serves until the runtime ends.
pub(crate) async fn serve(setup: Setup, told: Told) {
    let listener = TcpListener::bind(("127.0.0.1", told.port)).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let server = Arc::new(Server { setup, told, http, keys: Mutex::default() });
    axum::serve(listener, Router::new().fallback(answer).with_state(server)).await.unwrap();
}

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if path != "/mcp" {
        return match server.document(&path).await {
            Some(document) if parts.method == Method::GET => Json(document).into_response(),
            _ => StatusCode::NOT_FOUND.into_response(),
        };
    }
    let content = axum::body::to_bytes(body, 1 << 22).await.unwrap();
    let message: Value = serde_json::from_slice(&content).unwrap_or_default();
    let claims = match server.claims(&parts.headers).await {
        Some(claims) => claims,
        None if server.is_open(&parts.method, &message) => Map::new(),
        None => return server.challenge(StatusCode::UNAUTHORIZED, parts.headers.contains_key(header::AUTHORIZATION)),
    };
    if parts.method != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    server.carry_out(&message, &claims)
}

impl Server {
    fn has(&self, fault: Fault) -> bool {
        self.setup.fault == Some(fault)
    }

    fn origin(&self) -> String {
        format!("http://localhost:{}", self.told.port)
    }

    fn issuers(&self) -> Vec<&String> {
        let second = self.setup.trusts_two.then_some(&self.told.second_issuer);
        std::iter::once(&self.told.issuer).chain(second).collect()
    }

    /// Where a part is public, all but a call of a tool is.
    fn is_open(&self, method: &Method, message: &Value) -> bool {
        let calls = message["method"] == "tools/call";
        let public = *method == Method::POST && message["method"].is_string() && !calls;
        self.setup.lists_for_everybody && (public || calls && self.has(Fault::CallsToolsForEverybody))
    }

    fn challenge(&self, status: StatusCode, presented: bool) -> Response {
        let error = match (status, presented) {
            (StatusCode::FORBIDDEN, _) => format!(", error=\"insufficient_scope\", scope=\"{NARROW}\""),
            (_, true) => ", error=\"invalid_token\", error_description=\"The token is not acceptable\"".to_owned(),
            _ => String::new(),
        };
        let metadata = format!("{}/.well-known/oauth-protected-resource/mcp", self.origin());
        let challenge = format!("Bearer resource_metadata=\"{metadata}\"{error}");
        (status, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
    }

    fn carry_out(&self, message: &Value, claims: &Map<String, Value>) -> Response {
        let Some(id) = message.get("id") else { return StatusCode::ACCEPTED.into_response() };
        let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let result = match text("/method") {
            "initialize" => {
                json!({ "protocolVersion": text("/params/protocolVersion"), "capabilities": {}, "serverInfo": {} })
            }
            "server/discover" => json!({ "supportedVersions": ["2026-07-28"] }),
            "tools/list" => json!({ "tools": [
                { "name": "get_time", "inputSchema": {}, "annotations": { "readOnlyHint": true } },
                { "name": "write", "inputSchema": { "required": ["text"] } },
            ] }),
            "tools/call" if text("/params/name") == "write" && !self.may_write(claims) => {
                return self.challenge(StatusCode::FORBIDDEN, true);
            }
            "tools/call" => json!({ "content": [{ "type": "text", "text": "done" }] }),
            _ => {
                let error = json!({ "code": -32601, "message": "there is no such method" });
                return Json(json!({ "jsonrpc": "2.0", "id": id, "error": error })).into_response();
            }
        };
        Json(json!({ "jsonrpc": "2.0", "id": id, "result": result })).into_response()
    }

    fn may_write(&self, claims: &Map<String, Value>) -> bool {
        let scopes = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
        let broad = !self.has(Fault::WantsTheNarrowScope);
        scopes.split(' ').any(|scope| scope == NARROW || scope == BROAD && broad)
    }

    async fn document(&self, path: &str) -> Option<Value> {
        let authorization_server = "/.well-known/oauth-authorization-server";
        if path == "/.well-known/oauth-protected-resource/mcp" {
            let scopes = ["openid", NARROW];
            let resource = format!("{}/mcp", self.origin());
            let issuers = self.issuers();
            return Some(json!({
                "resource": resource, "authorization_servers": issuers, "scopes_supported": scopes,
                "bearer_methods_supported": ["header"],
            }));
        }
        use Metadata::*;
        let below = matches!(self.setup.metadata, OfTheIssuerBelowTheRoot | OwnBelowTheRoot);
        if path != format!("{authorization_server}{}", if below { "/mcp" } else { "" }) {
            return None;
        }
        let origin = self.origin();
        match self.setup.metadata {
            Nothing => None,
            OfTheIssuer | OfTheIssuerWithoutRegistration | OfTheIssuerBelowTheRoot => {
                let mut copy = self.fetch(&format!("{}{authorization_server}", self.told.issuer)).await?;
                if self.setup.metadata == OfTheIssuerWithoutRegistration {
                    copy.as_object_mut()?.remove("registration_endpoint");
                }
                Some(copy)
            }
            Own | OwnBelowTheRoot => Some(json!({
                "issuer": origin, "authorization_endpoint": format!("{origin}/authorize"),
                "token_endpoint": format!("{origin}/token"), "response_types_supported": ["code"],
            })),
            OwnWithoutEndpoints => Some(json!({ "issuer": origin })),
        }
    }

    async fn fetch(&self, url: &str) -> Option<Value> {
        self.http.get(url).send().await.ok()?.json().await.ok()
    }

    /// The claims of the token that a request carries, if it is a good one.
    async fn claims(&self, headers: &HeaderMap) -> Option<Map<String, Value>> {
        let mut fields = headers.get_all(header::AUTHORIZATION).iter();
        let field = fields.next().filter(|_| fields.next().is_none())?.to_str().ok()?;
        let (scheme, token) = field.split_once(' ')?;
        let token = token.trim_start_matches(' ');
        if !scheme.eq_ignore_ascii_case("bearer") || self.has(Fault::RefusesEverything) {
            return None;
        }
        if self.setup.introspects {
            let told = self.introspected(token).await;
            return if self.has(Fault::IgnoresInactive) { self.verified(token).await } else { told };
        }
        self.verified(token).await
    }

    /// What the issuer tells of a token (RFC 7662 section 2.2), if it is active and meant for this server.
    async fn introspected(&self, token: &str) -> Option<Map<String, Value>> {
        let url = format!("{}/introspect", self.told.issuer);
        let answer = self.http.post(url).form(&[("token", token)]).send().await.ok()?;
        let claims: Map<String, Value> = answer.json().await.ok()?;
        let ours = claims.get("aud").is_some_and(|audience| *audience == format!("{}/mcp", self.origin()));
        (claims["active"] == true && ours).then_some(claims)
    }

    async fn verified(&self, token: &str) -> Option<Map<String, Value>> {
        let header = decode_header(token).ok()?;
        let unverified = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        let unverified: Value = serde_json::from_slice(&unverified).ok()?;
        let issuer = self.issuers().into_iter().find(|issuer| unverified["iss"] == **issuer)?.clone();
        let key = self.key(&issuer, header.kid.as_deref()?).await?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&issuer]);
        validation.set_audience(&[format!("{}/mcp", self.origin())]);
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        validation.validate_nbf = true;
        let claims = decode::<Map<String, Value>>(token, &key, &validation).ok()?.claims;
        let lacks = |name: &&'static str| !claims.contains_key(*name) && !self.has(Fault::DoesWithout(name));
        let complete = !REQUIRED.iter().any(lacks);
        (complete && self.accepts_type(&header)).then_some(claims)
    }

    fn accepts_type(&self, header: &Header) -> bool {
        let fault = self.setup.fault;
        let Some(given) = header.typ.as_deref() else {
            return matches!(fault, Some(Fault::AcceptsNoType | Fault::AcceptsAnyType));
        };
        match fault {
            Some(Fault::AcceptsAnyType) => true,
            Some(Fault::KnowsSmallLettersOnly) => ["at+jwt", "application/at+jwt"].contains(&given),
            Some(Fault::KnowsTheShortFormOnly) => given.eq_ignore_ascii_case("at+jwt"),
            _ => ["at+jwt", "application/at+jwt"].iter().any(|known| known.eq_ignore_ascii_case(given)),
        }
    }

    /// The key of this name among those of the issuer.
    async fn key(&self, issuer: &str, id: &str) -> Option<DecodingKey> {
        let mut known = self.keys.lock().await;
        for issuer in self.issuers() {
            self.refresh(&mut known, issuer, id).await;
        }
        let together = self.has(Fault::PutsAllKeysTogether);
        let mut sets = known.iter().filter(|(of, _)| *of == issuer || together);
        sets.find_map(|(_, keys)| DecodingKey::from_jwk(keys.current.find(id)?).ok())
    }

    async fn refresh(&self, known: &mut HashMap<String, Keys>, issuer: &str, id: &str) {
        let stale = known.get(issuer).is_none_or(|keys| {
            let unknown = keys.current.find(id).is_none();
            let old = keys.fetched.elapsed() > KEY_AGE && !self.has(Fault::KeepsFirstKeys);
            old || unknown && self.has(Fault::AsksForKeysEachTime)
        });
        if stale {
            let set = self.fetch(&format!("{issuer}/.well-known/jwks.json")).await.unwrap_or_default();
            let mut current = serde_json::from_value(set).unwrap_or(JwkSet { keys: Vec::new() });
            if self.has(Fault::KeepsEveryKey) {
                let before = known.remove(issuer).map(|keys| keys.current.keys);
                current.keys.extend(before.unwrap_or_default());
            }
            known.insert(issuer.to_owned(), Keys { fetched: Instant::now(), current });
        }
    }
}
