//! Cross-origin calls from web pages of allowed origins (Fetch standard, "CORS protocol").
//!
//! A browser asks before it sends a token from one origin to another (a preflight, which never carries credentials) and shows a
//! page only what the answer allows. An origin that is not allowed gets no permission here and a refusal from the
//! [`guard`](crate::guard); the permission does not replace the token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::guard::Guard;

/// What a page may send besides what every page may.
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id",
);
/// What a page may read of an answer.
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static("mcp-session-id, retry-after, www-authenticate");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, DELETE");

/// Answers preflights of allowed origins and gives pages of those origins access to the answers.
pub async fn share_with_origins(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let Some(origin) = allowed_origin(&guard, request.headers()) else { return next.run(request).await };
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight {
        let headers = [(ACCESS_CONTROL_ALLOW_METHODS, METHODS), (ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS)];
        (StatusCode::NO_CONTENT, headers).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    headers.append(VARY, HeaderValue::from_static("origin"));
    response
}

fn allowed_origin(guard: &Guard, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    guard.allowed().check_origin(headers).is_ok().then(|| origin.clone())
}
