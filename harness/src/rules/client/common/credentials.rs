//! Which client identifiers a client presents where, and which authorization server issued which.

use crate::bench::ClientRun;
use crate::bench::client::scene::{Party, Place};
use crate::bench::client::{Sent, Spot};
use crate::wire::{Exchange, Request};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::AUTHORIZATION;

/// A client identifier as it was presented to an authorization server.
pub(in super::super) struct Presented<'a> {
    /// The request.
    pub(in super::super) exchange: &'a Exchange,
    /// What it was sent for.
    pub(in super::super) sent: &'a Sent,
    /// The place of the authorization server.
    pub(in super::super) place: Place,
    /// The identifier.
    pub(in super::super) client_id: String,
    /// The secret beside it.
    pub(in super::super) client_secret: Option<String>,
}

impl Presented<'_> {
    /// Whether it is the URL of a metadata document, which is good at every authorization server.
    pub(in super::super) fn is_metadata_document(&self) -> bool {
        self.client_id.starts_with("https://")
    }
}

/// The client identifiers in authorization and token requests, in order.
pub(in super::super) fn presented(run: &ClientRun) -> impl Iterator<Item = Presented<'_>> {
    run.sent().filter_map(|(sent, exchange)| {
        let Party::Authority(place) = sent.to else { return None };
        let (client_id, client_secret) = match sent.spot {
            Spot::Authorization => (exchange.request.query("client_id").pop()?, None),
            Spot::Token => in_token_request(&exchange.request)?,
            _ => return None,
        };
        Some(Presented { exchange, sent, place, client_id, client_secret })
    })
}

/// Identifier and secret, in the form or in HTTP Basic credentials, whose halves are form-encoded (RFC 6749 §2.3.1).
fn in_token_request(request: &Request) -> Option<(String, Option<String>)> {
    let in_form = request.form("client_id").pop().map(|id| (id, request.form("client_secret").pop()));
    in_form.or_else(|| {
        let (scheme, credentials) = request.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        let decoded =
            BASE64_STANDARD.decode(credentials.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        let decoded = String::from_utf8(decoded).ok()?;
        let (id, secret) = decoded.split_once(':')?;
        let half = |text: &str| url::form_urlencoded::parse(text.as_bytes()).next().map(|(half, _)| half.into_owned());
        Some((half(id)?, half(secret)))
    })
}

/// The client identifiers that an authorization server gave to clients that registered, in order.
pub(in super::super) fn issued(run: &ClientRun, at: Place) -> Vec<String> {
    given(run, at, "client_id")
}

/// The secrets that it gave them.
pub(in super::super) fn issued_secrets(run: &ClientRun, at: Place) -> Vec<String> {
    given(run, at, "client_secret")
}

fn given(run: &ClientRun, at: Place, member: &str) -> Vec<String> {
    registrations(run, at)
        .filter_map(|exchange| {
            let client = exchange.response().filter(|response| response.is_success())?.json()?;
            client.get(member)?.as_str().map(str::to_owned)
        })
        .collect()
}

/// The requests to the registration endpoint of an authorization server.
pub(in super::super) fn registrations(run: &ClientRun, at: Place) -> impl Iterator<Item = &Exchange> {
    let registers = move |sent: &Sent| sent.to == Party::Authority(at) && sent.spot == Spot::Registration;
    run.sent().filter(move |(sent, _)| registers(sent)).map(|(_, exchange)| exchange)
}

/// The first answer that named other authorization servers than `issuer`, and not `issuer`.
pub(in super::super) fn metadata_without<'a>(run: &'a ClientRun, issuer: &str) -> Option<&'a Exchange> {
    run.at(Spot::ResourceMetadata).find(|exchange| {
        let document = exchange.response().filter(|response| response.is_success()).and_then(|answer| answer.json());
        let named = document.as_ref().and_then(|document| document.get("authorization_servers")?.as_array());
        named.is_some_and(|named| !named.is_empty() && named.iter().all(|other| other != issuer))
    })
}
