//! What may stand right before the second subject and spoil it: a gateway with a fault of its own. The subject behind it is
//! as it is, and holds no fault switch.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

const SESSION: &str = "mcp-session-id";
/// More than any request here holds.
const MOST: usize = 1 << 22;

/// What stands in front.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spoilt {
    #[default]
    Nothing,
    /// A session is good for the token only that opened it; another one ends it, and is answered 401.
    BindsSessionsToTokens,
    /// GET and DELETE of a session are passed on for every user, as those of the one who opened it.
    LendsSessions,
    /// A token that is refused is taken away, and the request is passed on without one.
    FallsBackToAnonymous,
}

/// The tokens by which sessions were opened.
type Opened = Arc<Mutex<HashMap<String, HeaderValue>>>;

impl Spoilt {
    /// The subject behind what stands in front of it.
    pub fn before(self, router: Router) -> Router {
        let opened = Opened::default();
        match self {
            Self::Nothing => router,
            Self::BindsSessionsToTokens => router.layer(from_fn_with_state(opened, binds)),
            Self::LendsSessions => router.layer(from_fn_with_state(opened, lends)),
            Self::FallsBackToAnonymous => router.layer(from_fn_with_state(opened, falls_back)),
        }
    }
}

fn session(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(SESSION)?.to_str().ok()?.to_owned())
}

/// Remembers by which token an answer opens a session.
fn remember(opened: &Opened, token: Option<HeaderValue>, response: &Response) {
    if let (Some(id), Some(token)) = (session(response.headers()), token) {
        opened.lock().unwrap().insert(id, token);
    }
}

async fn binds(State(opened): State<Opened>, request: Request, next: Next) -> Response {
    let token = request.headers().get(header::AUTHORIZATION).cloned();
    let owner = session(request.headers()).and_then(|id| Some((opened.lock().unwrap().get(&id).cloned()?, id)));
    match owner {
        // A request that is refused anyhow is refused as such; only a good one gets to the session.
        Some((owner, id)) if token.as_ref().is_none_or(|token| *token != owner) => {
            let mut alone = request;
            alone.headers_mut().remove(SESSION);
            *alone.method_mut() = Method::POST;
            let refused = next.run(alone).await;
            if !refused.status().is_success() {
                return refused;
            }
            if owner == "ended" {
                return StatusCode::NOT_FOUND.into_response();
            }
            opened.lock().unwrap().insert(id, HeaderValue::from_static("ended"));
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")]).into_response()
        }
        _ => {
            let response = next.run(request).await;
            remember(&opened, token, &response);
            response
        }
    }
}

async fn lends(State(opened): State<Opened>, mut request: Request, next: Next) -> Response {
    let token = request.headers().get(header::AUTHORIZATION).cloned();
    let owner = session(request.headers()).and_then(|id| opened.lock().unwrap().get(&id).cloned());
    if let (Some(owner), Some(_), true) = (owner, &token, request.method() != Method::POST) {
        request.headers_mut().insert(header::AUTHORIZATION, owner);
    }
    let response = next.run(request).await;
    remember(&opened, token, &response);
    response
}

async fn falls_back(State(_): State<Opened>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let content = to_bytes(body, MOST).await.unwrap();
    let mut anonymous = parts.clone();
    anonymous.headers.remove(header::AUTHORIZATION);
    let response = next.clone().run(Request::from_parts(parts, Body::from(content.clone()))).await;
    if response.status() != StatusCode::UNAUTHORIZED {
        return response;
    }
    let without = next.run(Request::from_parts(anonymous, Body::from(content))).await;
    if without.status().is_success() { without } else { response }
}
