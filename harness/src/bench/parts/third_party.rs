//! The third party behind a server under judgement, played by the harness: an authorization server that approves at once,
//! and an API that serves whoever holds one of its tokens.
//!
//! Its tokens are opaque and marked: wherever one turns up, it is recognised. It knows one user and any client.

use super::behind::InTurn;
use crate::protocol::url::is_loopback;
use crate::wire::{Edit, Exchange, Recorder, Request, Response, Route, Tap, TapError, Upstream};
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use url::Url;

/// How a server that the harness starts is told where the third party is.
pub const THIRD_PARTY_URL: &str = "MCP_CONFORMANCE_THIRD_PARTY_URL";

/// How long its tokens live, in seconds.
const LIFETIME: u64 = 3600;

mod at {
    pub(crate) const AUTHORIZE: &str = "/authorize";
    pub(crate) const TOKEN: &str = "/token";
    pub(crate) const INTROSPECT: &str = "/introspect";
    pub(crate) const REVOKE: &str = "/revoke";
    pub(crate) const USER_INFO: &str = "/userinfo";
}

/// A third party on a port of the loopback.
pub struct ThirdParty {
    origin: String,
    port: u16,
    ledger: Arc<Ledger>,
    recorder: Arc<Recorder>,
    edit: Arc<InTurn>,
    turn: tokio::sync::Mutex<()>,
    _tap: Tap,
}

/// The time for which one scenario has the third party for itself.
pub struct Turn<'a> {
    third_party: &'a ThirdParty,
    _alone: tokio::sync::MutexGuard<'a, ()>,
}

impl Turn<'_> {
    /// What the third party was asked since this was last asked.
    #[must_use]
    pub fn take_seen(&self) -> Vec<Exchange> {
        self.third_party.recorder.take().iter().cloned().collect()
    }

    /// How often the edit of this turn changed something.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.third_party.edit.changes()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.third_party.edit.set(None);
    }
}

impl ThirdParty {
    /// Listens at `port`, or at a free one.
    ///
    /// # Errors
    /// When the port is not free.
    pub async fn start(port: Option<u16>) -> Result<Self, TapError> {
        let taken = |error: std::io::Error| TapError::Setup(format!("the third party has no port: {error}"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or_default())).await.map_err(taken)?;
        let port = listener.local_addr().map_err(taken)?.port();
        // By address: some servers resolve localhost to ::1 and try nothing else.
        let origin = format!("http://127.0.0.1:{port}");
        let ledger = Arc::<Ledger>::default();
        let counter = Box::new(Counter { origin: origin.clone(), ledger: Arc::clone(&ledger) });
        let (edit, recorder) = (Arc::<InTurn>::default(), Arc::<Recorder>::default());
        let at_work = Arc::clone(&edit) as Arc<dyn Edit>;
        let tap = Tap::start("the third party", listener, origin.clone(), counter, at_work, Arc::clone(&recorder))?;
        Ok(Self { origin, port, ledger, recorder, edit, turn: tokio::sync::Mutex::default(), _tap: tap })
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The port, by which it is known under every name of the loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Every token that it ever issued.
    #[must_use]
    pub fn marks(&self) -> Vec<String> {
        self.ledger.lock().issued.clone()
    }

    /// Ends every session: no token that was issued is good any more.
    pub fn revoke_all(&self) {
        self.ledger.lock().live.clear();
    }

    /// Waits until no other scenario has to do with it: what one is granted, another may revoke. Until the turn ends,
    /// what the server sends here is recorded past `edit`.
    pub async fn turn(&self, edit: Arc<dyn Edit>) -> Turn<'_> {
        let alone = self.turn.lock().await;
        self.edit.set(Some(edit));
        let _ = self.recorder.take();
        Turn { third_party: self, _alone: alone }
    }
}

/// What was granted.
#[derive(Debug, Default)]
struct Granted {
    /// Code to scope, until it is redeemed.
    codes: HashMap<String, String>,
    /// The tokens that are good, with their scope.
    live: HashMap<String, String>,
    /// All tokens that ever were.
    issued: Vec<String>,
    /// The tokens that are for refreshing.
    refresh: HashSet<String>,
}

#[derive(Debug, Default)]
struct Ledger(Mutex<Granted>);

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, Granted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Granted {
    fn issue(&mut self, scope: &str) -> String {
        let token = format!("third-party-{}", uuid::Uuid::new_v4().simple());
        self.live.insert(token.clone(), scope.to_owned());
        self.issued.push(token.clone());
        token
    }

    fn tokens(&mut self, scope: &str) -> Value {
        let (access, refresh) = (self.issue(scope), self.issue(scope));
        self.refresh.insert(refresh.clone());
        json!({
            "access_token": access,
            "refresh_token": refresh,
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "scope": scope,
        })
    }

    /// The scope of what a token request redeems.
    fn redeem(&mut self, request: &Request) -> Option<String> {
        let field = |name: &str| request.form(name).into_iter().next();
        match field("grant_type")?.as_str() {
            "authorization_code" => self.codes.remove(&field("code")?),
            "refresh_token" => {
                let token = field("refresh_token")?;
                if self.refresh.remove(&token) { self.live.remove(&token) } else { None }
            }
            _ => None,
        }
    }
}

/// What answers at the port.
struct Counter {
    origin: String,
    ledger: Arc<Ledger>,
}

impl Upstream for Counter {
    fn route(&self, request: &Request) -> Route {
        let path = request.path();
        Route::Answer(match (&request.method, path.as_str()) {
            (&Method::GET, at::AUTHORIZE) => self.authorize(request),
            (&Method::POST, at::TOKEN) => self.token(request),
            (&Method::POST, at::INTROSPECT) => self.introspect(request),
            (&Method::POST, at::REVOKE) => self.revoke(request),
            (_, path) if path.starts_with("/.well-known/") => document(200, &self.metadata()),
            _ => self.serve(request),
        })
    }
}

impl Counter {
    /// Approves at once. Redirects lead to the loopback only, so that nobody is sent elsewhere from here.
    fn authorize(&self, request: &Request) -> Response {
        let parameter = |name: &str| request.query(name).into_iter().next();
        let target = parameter("redirect_uri").and_then(|uri| Url::parse(&uri).ok()).filter(is_loopback);
        let Some(mut target) = target else {
            return document(400, &json!({ "error": "invalid_request", "error_description": "no redirect_uri" }));
        };
        let code = uuid::Uuid::new_v4().simple().to_string();
        self.ledger.lock().codes.insert(code.clone(), parameter("scope").unwrap_or_default());
        target.query_pairs_mut().append_pair("code", &code);
        if let Some(state) = parameter("state") {
            target.query_pairs_mut().append_pair("state", &state);
        }
        let location = HeaderValue::from_str(target.as_str()).ok();
        let headers = location.into_iter().map(|value| (header::LOCATION, value)).collect();
        Response { status: 302, headers, body: bytes::Bytes::new(), truncated: false }
    }

    fn token(&self, request: &Request) -> Response {
        let mut granted = self.ledger.lock();
        match granted.redeem(request) {
            Some(scope) => document(200, &granted.tokens(&scope)),
            None => document(400, &json!({ "error": "invalid_grant" })),
        }
    }

    fn introspect(&self, request: &Request) -> Response {
        let token = request.form("token").into_iter().next().unwrap_or_default();
        document(
            200,
            &match self.ledger.lock().live.get(&token) {
                Some(scope) => {
                    json!({ "active": true, "sub": USER, "username": USER, "client_id": "proxy", "scope": scope })
                }
                None => json!({ "active": false }),
            },
        )
    }

    fn revoke(&self, request: &Request) -> Response {
        let token = request.form("token").into_iter().next().unwrap_or_default();
        self.ledger.lock().live.remove(&token);
        document(200, &json!({}))
    }

    /// The API, whatever is asked for: the user, to whoever holds a good token.
    fn serve(&self, request: &Request) -> Response {
        let authorization = request.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = authorization.and_then(|value| value.split_once(' ')).map(|(_, token)| token.trim());
        match token.is_some_and(|token| self.ledger.lock().live.contains_key(token)) {
            true => document(200, &json!({ "sub": USER, "id": 1, "login": USER, "name": USER })),
            false => document(401, &json!({ "error": "invalid_token" })),
        }
    }

    fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.origin);
        json!({
            "issuer": self.origin,
            "authorization_endpoint": at(at::AUTHORIZE),
            "token_endpoint": at(at::TOKEN),
            "introspection_endpoint": at(at::INTROSPECT),
            "revocation_endpoint": at(at::REVOKE),
            "userinfo_endpoint": at(at::USER_INFO),
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
        })
    }
}

/// The user who is always logged in at the third party.
const USER: &str = "third-party-user";

fn document(status: u16, content: &Value) -> Response {
    let headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]);
    Response { status, headers, body: content.to_string().into(), truncated: false }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wire::{Honest, Limits, Sender};

    async fn send(request: Request) -> Response {
        let sender = Sender::new(Limits::default()).unwrap();
        sender.send(request, &Honest).await.0.answer.unwrap()
    }

    async fn post(third: &ThirdParty, path: &str, form: String) -> Value {
        let request = Request::new("a request", Method::POST, format!("{}{path}", third.origin()));
        send(request.content(form)).await.json().unwrap()
    }

    #[tokio::test]
    async fn its_tokens_are_good_until_it_ends_the_session() {
        let third = ThirdParty::start(None).await.unwrap();
        let query = "response_type=code&client_id=c&redirect_uri=http://localhost:1/back&state=s&scope=read";
        let approved = send(Request::get("authorize", format!("{}/authorize?{query}", third.origin()))).await;
        let back = Url::parse(approved.headers[header::LOCATION].to_str().unwrap()).unwrap();
        let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();

        let tokens = post(&third, "/token", format!("grant_type=authorization_code&code={code}")).await;
        let token = tokens["access_token"].as_str().unwrap();
        let before = post(&third, "/introspect", format!("token={token}")).await;
        third.revoke_all();
        let after = post(&third, "/introspect", format!("token={token}")).await;

        assert_eq!(
            (&before["active"], &before["scope"], &after["active"]),
            (&json!(true), &json!("read"), &json!(false))
        );
        assert!(third.marks().contains(&token.to_owned()));
    }

    /// Reads every answer as an empty one.
    struct Blind;

    impl Edit for Blind {
        fn received_answer(&self, _: &Request, _: &Response, answer: &mut Response) -> bool {
            answer.body = "{}".into();
            true
        }
    }

    #[tokio::test]
    async fn an_edit_is_at_work_for_one_turn() {
        let third = ThirdParty::start(None).await.unwrap();
        let turn = third.turn(Arc::new(Blind)).await;
        let during = post(&third, "/introspect", "token=none".to_owned()).await;
        let (seen, changes) = (turn.take_seen(), turn.changes());
        drop(turn);
        let after = post(&third, "/introspect", "token=none".to_owned()).await;

        assert_eq!((during, after), (json!({}), json!({ "active": false })));
        assert_eq!((seen.len(), changes), (1, 1));
    }

    #[tokio::test]
    async fn nobody_is_sent_off_this_machine() {
        let third = ThirdParty::start(None).await.unwrap();
        let url = format!("{}/authorize?redirect_uri=https://elsewhere.example/", third.origin());
        assert_eq!(send(Request::get("authorize", url)).await.status, 400);
    }
}
