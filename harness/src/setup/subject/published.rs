//! What the issuer of somebody else's server publishes: its metadata and its keys, looked for where clients look.

use super::http::Probe;
use super::without_token::SeenWithoutToken;
use crate::protocol::issuer::well_known;
use crate::protocol::url::is_safe_to_follow;
use crate::wire::{Response, Sender};
use serde_json::Value;

/// The first issuer that the server names, and its JWK Set, as far as they can be had.
pub(super) async fn issuer(
    endpoint: &str,
    outside: &SeenWithoutToken,
    sender: &Sender,
) -> (Option<String>, Option<Value>) {
    let Some(issuer) = outside.issuers.first() else { return (None, None) };
    let probe = Probe::new(endpoint, sender, None);
    let safe = |url: &str| is_safe_to_follow(url, endpoint);
    for url in well_known(issuer).into_iter().filter(|url| safe(url)) {
        let Some(document) = document(&probe, &url).await else { continue };
        let keys = document.get("jwks_uri").and_then(Value::as_str).filter(|url| safe(url));
        let keys = match keys {
            Some(url) => self::document(&probe, url).await,
            None => None,
        };
        return (Some(issuer.clone()), keys);
    }
    (Some(issuer.clone()), None)
}

async fn document(probe: &Probe<'_>, url: &str) -> Option<Value> {
    let exchange = probe.fetch(url).await;
    exchange.response().filter(|response| response.status == 200).and_then(Response::json).filter(Value::is_object)
}
