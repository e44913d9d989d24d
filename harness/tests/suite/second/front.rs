//! What stands before the second subject, as gateways, firewalls and networks do, or what it does itself before it looks at
//! a request.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How many requests are let through in a window by who limits the rate.
const RATE: usize = 20;
const WINDOW: Duration = Duration::from_millis(50);
/// The header field that a gateway wants, and its value.
pub const KEY: (&str, &str) = ("x-api-key", "s3cret-of-the-gateway");

/// What a request meets first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Front {
    /// The server.
    #[default]
    Nothing,
    /// Of so many requests one is answered with this status when it comes first.
    Fails { every: u64, status: u16 },
    /// Of so many requests the connection of one is closed without an answer when it comes first.
    HangsUp { every: u64 },
    /// More requests in a short time than are allowed are put off.
    Limits,
    /// Of so many requests one is answered by a page that says that it was blocked when it comes first.
    Blocks { every: u64 },
    /// Each request with credentials is answered so.
    BlocksCredentials,
    /// Requests that do not say who sends them are answered so.
    BlocksTheNameless,
    /// Requests without the key of the gateway are turned away.
    WantsKey,
    /// The endpoint is at the path with a slash, to which that without it redirects.
    Redirects,
    /// The metadata of the protected resource names the origin, and not the endpoint.
    NamesOrigin,
    /// A GET of the endpoint opens a stream on which nothing comes, with and without a token.
    Streams,
}

struct Standing {
    front: Front,
    /// The requests that were seen, by what they say.
    seen: Mutex<HashSet<u64>>,
    window: Mutex<(Instant, usize)>,
}

impl Front {
    /// The server behind it.
    pub fn before(self, server: Router) -> Router {
        let window = Mutex::new((Instant::now(), 0));
        let standing = Arc::new(Standing { front: self, seen: Mutex::default(), window });
        // A layer of the router stands behind its routes; one around it sees, and may change, where a request goes.
        Router::new().fallback_service(server).layer(from_fn_with_state(standing, meet))
    }
}

async fn meet(State(standing): State<Arc<Standing>>, mut request: Request, next: Next) -> Response {
    let names = standing.front == Front::NamesOrigin && request.uri().path().contains("oauth-protected-resource");
    match instead(&standing, &mut request) {
        Some(response) => response,
        None if names => naming_origin(next.run(request).await).await,
        None => next.run(request).await,
    }
}

async fn naming_origin(response: Response) -> Response {
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let Ok(mut document) = serde_json::from_slice::<serde_json::Value>(&body) else { return status.into_response() };
    let origin = document["resource"].as_str().unwrap().trim_end_matches("mcp").to_owned();
    document["resource"] = origin.into();
    (status, axum::Json(document)).into_response()
}

/// What is answered in the place of the server.
fn instead(standing: &Standing, request: &mut Request) -> Option<Response> {
    if !request.uri().path().starts_with("/mcp") {
        return None;
    }
    let is_due = |every: u64| standing.is_due(request, every);
    let has = |name: &str| request.headers().contains_key(name);
    let blocked = || page(StatusCode::FORBIDDEN, "Attention Required!");
    let response = match standing.front {
        Front::Fails { every, status } if is_due(every) => {
            page(StatusCode::from_u16(status).unwrap(), "Something went wrong")
        }
        Front::HangsUp { every } if is_due(every) => {
            let broken = futures::stream::once(async { Err::<&str, _>(std::io::Error::other("hangs up")) });
            Body::from_stream(broken).into_response()
        }
        Front::Limits if standing.is_too_fast() => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "0")], "{}").into_response()
        }
        Front::Blocks { every } if is_due(every) => blocked(),
        Front::BlocksCredentials if has("authorization") => blocked(),
        Front::BlocksTheNameless if !has("user-agent") => blocked(),
        Front::WantsKey if request.headers().get(KEY.0).is_none_or(|key| key != KEY.1) => {
            let json = [(header::CONTENT_TYPE, "application/json")];
            (StatusCode::FORBIDDEN, json, r#"{"message":"Forbidden"}"#).into_response()
        }
        Front::Redirects if request.uri().path() == "/mcp" => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/mcp/")]).into_response()
        }
        Front::Redirects => {
            *request.uri_mut() = "/mcp".parse().unwrap();
            return None;
        }
        Front::Streams if request.method() == Method::GET => {
            let silent = futures::stream::pending::<Result<&str, std::io::Error>>();
            ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(silent)).into_response()
        }
        _ => return None,
    };
    Some(response)
}

impl Standing {
    /// Whether it is a request's turn to meet with trouble. It is by what the request says, so that it is met once.
    fn is_due(&self, request: &Request, every: u64) -> bool {
        let fields: Vec<_> = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let mut hasher = DefaultHasher::new();
        (request.method(), request.uri(), fields).hash(&mut hasher);
        let request = hasher.finish();
        request.is_multiple_of(every) && self.seen.lock().unwrap().insert(request)
    }

    fn is_too_fast(&self) -> bool {
        let mut window = self.window.lock().unwrap();
        if window.0.elapsed() > WINDOW {
            *window = (Instant::now(), 0);
        }
        window.1 += 1;
        window.1 > RATE
    }
}

fn page(status: StatusCode, title: &str) -> Response {
    let html = format!("<html><head><title>{title}</title></head></html>");
    (status, [(header::CONTENT_TYPE, "text/html")], html).into_response()
}
