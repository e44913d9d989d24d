//! What a client under test believes to be the authorization server: a conformant front before the one that issues the
//! tokens.
//!
//! It names its own issuer and says that S256 works, which is true of Cognito although Cognito does not say it, so that
//! a client that insists on the metadata can be judged on everything else. The token endpoint is passed through; the
//! authorization endpoint sends the browser on, because login pages belong to the host they were made for.

use super::purpose::Spot;
use crate::cognito::Pool;
use crate::wire::{Request, Response, Route, Upstream};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

const AUTHORIZE: &str = "/oauth2/authorize";
const TOKEN: &str = "/oauth2/token";

/// A front before a user pool.
pub(super) struct Facade {
    pool: Pool,
    origin: String,
}

impl Facade {
    /// A front that clients reach at `origin`.
    pub(super) fn new(pool: Pool, origin: String) -> Self {
        Self { pool, origin }
    }

    /// The issuer that the front names as its own.
    pub(super) fn issuer(&self) -> String {
        format!("{}/{}", self.origin, self.pool.id)
    }

    fn metadata(&self) -> Value {
        let mut document = self.pool.discovery.clone();
        document["issuer"] = self.issuer().into();
        document["authorization_endpoint"] = format!("{}{AUTHORIZE}", self.origin).into();
        document["token_endpoint"] = format!("{}{TOKEN}", self.origin).into();
        document["code_challenge_methods_supported"] = json!(["S256"]);
        document
    }
}

/// What is at a path of the front.
pub(super) fn spot_of_pool(path: &str) -> Spot {
    match path {
        AUTHORIZE => Spot::Authorization,
        TOKEN => Spot::Token,
        _ => Spot::well_known(path).unwrap_or(Spot::Elsewhere),
    }
}

impl Upstream for Facade {
    fn route(&self, request: &Request) -> Route {
        let path = request.path();
        if path == TOKEN {
            return Route::Onward(self.pool.endpoints.token.to_string());
        }
        if path == AUTHORIZE {
            let mut location = self.pool.endpoints.authorization.clone();
            location.set_query(request.url.split_once('?').map(|(_, query)| query));
            return Route::Answer(answer(302, LOCATION, location.as_str(), Bytes::new()));
        }
        if path == format!("/{}/.well-known/openid-configuration", self.pool.id) {
            return Route::Answer(answer(200, CONTENT_TYPE, "application/json", self.metadata().to_string().into()));
        }
        Route::Answer(answer(404, CONTENT_TYPE, "text/plain", Bytes::from_static(b"nothing here")))
    }
}

fn answer(status: u16, name: http::HeaderName, value: &str, body: Bytes) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
    Response { status, headers, body, truncated: false }
}
