//! The honest parties of a scene behind their taps: hosts of issuers, and MCP servers that turn from one issuer to another.

use super::around::Around;
use super::purpose::Spot;
use super::scene::{Party, Place};
use crate::issuer::{AUTHORIZE, JWKS, REGISTER, TOKEN, Tenant};
use crate::wire::{Request, Response, Route, Upstream};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::Value;
use std::sync::Arc;

/// The path of every MCP endpoint.
pub(super) const MCP: &str = "/mcp";

/// A played issuer on a host.
#[derive(Clone)]
pub(super) struct Resident {
    pub(super) place: Place,
    pub(super) tenant: Tenant,
    /// The origin that the issuer listens on.
    pub(super) origin: String,
}

/// A host with one or two issuers.
#[derive(Clone)]
pub(super) struct Host {
    /// The origin that clients know.
    pub(super) front: String,
    pub(super) residents: Vec<Resident>,
}

impl Host {
    fn resident(&self, path: &str) -> Option<&Resident> {
        self.residents.iter().filter(|resident| resident.tenant.owns(path)).max_by_key(|one| one.tenant.path("").len())
    }

    /// Whose a path is, and what is there. What is nobody's counts as asked of the first issuer on the host.
    pub(super) fn read(&self, path: &str) -> (Party, Spot) {
        let known = self.resident(path);
        let place = known.or_else(|| self.residents.first()).map_or(Place::First, |resident| resident.place);
        let endpoint = |resident: &Resident| {
            let spots = [
                (AUTHORIZE, Spot::Authorization),
                (TOKEN, Spot::Token),
                (REGISTER, Spot::Registration),
                (JWKS, Spot::Keys),
            ];
            spots.into_iter().find(|(endpoint, _)| resident.tenant.path(endpoint) == path).map(|(_, spot)| spot)
        };
        let spot = known.and_then(endpoint).or_else(|| Spot::well_known(path)).unwrap_or(Spot::Elsewhere);
        (Party::Authority(place), spot)
    }
}

impl Upstream for Host {
    fn route(&self, request: &Request) -> Route {
        match self.resident(&request.path()) {
            Some(resident) => Route::Onward(request.url.replacen(&self.front, &resident.origin, 1)),
            None => Route::Answer(nothing()),
        }
    }
}

fn nothing() -> Response {
    Response { status: 404, headers: HeaderMap::new(), body: Bytes::from_static(b"nothing here"), truncated: false }
}

/// What is at a path of an MCP server.
pub(super) fn spot_of_server(path: &str) -> Spot {
    if path == MCP { Spot::Mcp } else { Spot::well_known(path).unwrap_or(Spot::Elsewhere) }
}

/// A reference server that takes the tokens of one issuer.
pub(super) struct Instance {
    pub(super) issuer: Place,
    /// The `iss` of the tokens that it takes.
    pub(super) signs: String,
    /// The origin that it listens on.
    pub(super) origin: String,
}

/// An MCP server as clients see it: one that takes the tokens of one issuer, and later of another, and whose metadata names
/// the first.
pub(super) struct McpServer {
    pub(super) around: Arc<Around>,
    pub(super) place: Place,
    pub(super) front: String,
    /// At least one: the first is that of the first issuer.
    pub(super) instances: Vec<Instance>,
}

impl Upstream for McpServer {
    fn route(&self, request: &Request) -> Route {
        let is_mcp = request.path() == MCP;
        let trusted = self.around.trusted(self.place);
        let instance = self.instances.iter().find(|instance| is_mcp && instance.issuer == trusted);
        let Some(instance) = instance.or_else(|| self.instances.first()) else { return Route::Answer(nothing()) };
        if is_mcp && uses_tools(request) && issuer_of_token(request).as_deref() == Some(&instance.signs) {
            self.around.served(self.place);
        }
        Route::Onward(request.url.replacen(&self.front, &instance.origin, 1))
    }
}

/// Whether a request lists tools or calls one.
fn uses_tools(request: &Request) -> bool {
    let message: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let messages = message.as_array().map_or(std::slice::from_ref(&message), Vec::as_slice);
    messages.iter().any(|message| matches!(message["method"].as_str(), Some("tools/list" | "tools/call")))
}

/// The `iss` of the token that a request presents. That the token is genuine is for the server to say.
fn issuer_of_token(request: &Request) -> Option<String> {
    let (_, token) = request.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.trim().split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims["iss"].as_str().map(str::to_owned)
}
