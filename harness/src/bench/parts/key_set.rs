//! The keys of the issuer, with the harness between them and the server: it sees every request for them and can add
//! one of its own.

use crate::issuer::Issuer;
use crate::tokens::forge::ForgeError;
use crate::tokens::{KeyRing, PublishedKey};
use crate::wire::{Honest, Recorder, Request, Response, Route, Tap, TapError, Upstream};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use url::Url;

/// For how long a server may go on with keys that it has, and how long a scenario waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyDelay {
    /// As its operator says.
    Declared(Duration),
    /// Nobody told. Who has not noticed after this time may still be right.
    Guessed(Duration),
}

impl KeyDelay {
    /// How long is waited.
    #[must_use]
    pub const fn time(self) -> Duration {
        match self {
            Self::Declared(time) | Self::Guessed(time) => time,
        }
    }
}

/// A key set that the harness serves, or that is behind a tap.
pub struct KeySet {
    url: Url,
    behind: Url,
    patience: KeyDelay,
    ring: Arc<KeyRing>,
    played: Option<Arc<Issuer>>,
    _tap: Option<Tap>,
}

impl KeySet {
    /// Puts a tap before the key set at `behind`. A server may go on with keys that it has for as long as `patience`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn before(behind: Url, patience: KeyDelay) -> Result<Self, TapError> {
        let setup = |error: &dyn std::fmt::Display| TapError::Setup(error.to_string());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|error| setup(&error))?;
        let port = listener.local_addr().map_err(|error| setup(&error))?.port();
        let origin = format!("http://127.0.0.1:{port}");
        let url = Url::parse(&format!("{origin}/jwks.json")).map_err(|error| setup(&error))?;
        let (recorder, ring) = (Arc::new(Recorder::default()), Arc::new(KeyRing::default()));
        let upstream = Keys { behind: behind.to_string(), ring: Arc::clone(&ring) };
        let tap = Tap::start("the issuer's keys", listener, origin, Box::new(upstream), Arc::new(Honest), recorder)?;
        Ok(Self { url, behind, patience, ring, played: None, _tap: Some(tap) })
    }

    /// The key set of an issuer that the bench plays, wherever the server looks for it.
    ///
    /// # Errors
    /// When its address is no URL.
    pub fn of(issuer: Arc<Issuer>, patience: KeyDelay) -> Result<Self, url::ParseError> {
        let url = Url::parse(&issuer.jwks_uri())?;
        let ring = Arc::clone(issuer.ring());
        Ok(Self { behind: url.clone(), url, patience, ring, played: Some(issuer), _tap: None })
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
    pub fn patience(&self) -> KeyDelay {
        self.patience
    }

    /// How many requests for the keys there were until now.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.ring.requests()
    }

    /// Whether the server was seen to ask the issuer about tokens, so that it needs no keys.
    #[must_use]
    pub fn is_bypassed(&self) -> bool {
        self.requests() == 0 && self.played.as_ref().is_some_and(|issuer| issuer.introspections() > 0)
    }

    /// Adds the harness's own key to the set, under a name of its own.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn publish(&self) -> Result<PublishedKey, ForgeError> {
        self.ring.publish()
    }
}

struct Keys {
    behind: String,
    ring: Arc<KeyRing>,
}

impl Upstream for Keys {
    fn route(&self, _: &Request) -> Route {
        self.ring.count();
        Route::Onward(self.behind.clone())
    }

    fn adapt(&self, _: &Request, response: &mut Response) {
        let Some(mut document) = response.json() else { return };
        if self.ring.complete(&mut document) {
            response.body = document.to_string().into();
        }
    }
}
