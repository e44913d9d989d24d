//! The keys of the issuers, each in a set of its own, fetched anew when they are old and no sooner.

use super::server::Server;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::JwkSet;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// For how long keys are used before they are fetched again.
const KEY_AGE: Duration = Duration::from_millis(500);

/// The keys of each issuer, as they were at one time.
#[derive(Default)]
pub struct KeyCache(Mutex<HashMap<String, (Instant, JwkSet)>>);

impl Server {
    /// The key of this name among those of the issuer.
    pub async fn key(&self, issuer: &str, id: &str) -> Option<DecodingKey> {
        let mut known = self.keys.0.lock().await;
        if known.get(issuer).is_none_or(|(fetched, _)| fetched.elapsed() > KEY_AGE) {
            let set = self.fetch_json(&format!("{issuer}/.well-known/jwks.json")).await.unwrap_or_default();
            let set = serde_json::from_value(set).unwrap_or(JwkSet { keys: Vec::new() });
            known.insert(issuer.to_owned(), (Instant::now(), set));
        }
        let (_, set) = known.get(issuer)?;
        DecodingKey::from_jwk(set.find(id)?).ok()
    }
}
