//! The keys of the issuer, with the harness between them and the server: it sees every request for them and can add
//! one of its own.

use crate::authority::forge::{ForgeError, keys};
use crate::wire::{Honest, Recorder, Request, Response, Route, Tap, TapError, Upstream};
use serde_json::Value;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use url::Url;

type Added = Arc<Mutex<Vec<Value>>>;

/// A key set behind a tap.
#[derive(Debug)]
pub struct KeySet {
    url: Url,
    behind: Url,
    patience: Duration,
    recorder: Arc<Recorder>,
    added: Added,
    _tap: Tap,
}

/// A key of the harness among those of the issuer; withdrawn when dropped.
#[derive(Debug)]
pub struct PublishedKey {
    /// Its name.
    pub id: String,
    added: Added,
}

impl KeySet {
    /// Puts a tap before the key set at `behind`. A server may go on with keys that it has for as long as `patience`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn before(behind: Url, patience: Duration) -> Result<Self, TapError> {
        let setup = |error: &dyn std::fmt::Display| TapError::Setup(error.to_string());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|error| setup(&error))?;
        let port = listener.local_addr().map_err(|error| setup(&error))?.port();
        let origin = format!("http://127.0.0.1:{port}");
        let url = Url::parse(&format!("{origin}/jwks.json")).map_err(|error| setup(&error))?;
        let (recorder, added) = (Arc::new(Recorder::default()), Added::default());
        let upstream = Keys { behind: behind.to_string(), added: Arc::clone(&added) };
        let edit = Arc::new(Honest);
        let tap = Tap::start("the issuer's keys", listener, origin, Box::new(upstream), edit, Arc::clone(&recorder))?;
        Ok(Self { url, behind, patience, recorder, added, _tap: tap })
    }

    /// Where the server is to look for the keys.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Where they really are.
    #[must_use]
    pub fn behind(&self) -> &Url {
        &self.behind
    }

    /// For how long a server may go on with keys that it has.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// How many requests for the keys there were until now.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.recorder.trace().len()
    }

    /// Adds the harness's own key to the set, under a name of its own.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn publish(&self) -> Result<PublishedKey, ForgeError> {
        let id = uuid::Uuid::new_v4().simple().to_string();
        let jwk = keys::successor()?.jwk(&id);
        self.added.lock().unwrap_or_else(PoisonError::into_inner).push(jwk);
        Ok(PublishedKey { id, added: Arc::clone(&self.added) })
    }
}

impl Drop for PublishedKey {
    fn drop(&mut self) {
        let mut added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        added.retain(|key| key.get("kid").and_then(Value::as_str) != Some(&self.id));
    }
}

struct Keys {
    behind: String,
    added: Added,
}

impl Upstream for Keys {
    fn route(&self, _: &Request) -> Route {
        Route::Onward(self.behind.clone())
    }

    fn bend(&self, _: &Request, response: &mut Response) {
        let added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut document) = response.json() else { return };
        if let Some(keys) = document.get_mut("keys").and_then(Value::as_array_mut) {
            keys.extend(added.iter().cloned());
            response.body = document.to_string().into();
        }
    }
}
