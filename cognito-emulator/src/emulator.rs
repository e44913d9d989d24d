//! An emulator from start to stop, and what a host process may look at meanwhile.

use std::fmt;
use std::io;
use std::sync::Arc;

use serde_json::Value;
use thiserror::Error;
use url::Url;

use crate::api::{self, ApiError};
use crate::issuer;
use crate::keys::{FixtureKeys, KeyError, SigningKey, TokenUse};
use crate::listener::{Reserved, Served};
use crate::settings::Settings;
use crate::state::{Holdings, Shared};

/// A running emulator. Dropping it closes its listeners without waiting; [`Emulator::stop`] waits.
pub struct Emulator {
    shared: Arc<Shared>,
    api: Served,
}

/// Why an emulator does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// Another process listens on the port.
    #[error("port {port} of 127.0.0.1 is in use: stop what listens there, or choose another port (0 takes a free one)")]
    PortInUse {
        /// The port that was asked for.
        port: u16,
    },
    /// The operating system refused the listener for another reason.
    #[error("no listener on port {port} of 127.0.0.1: {source}")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the operating system said.
        source: io::Error,
    },
    /// A test key of the source tree is damaged.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Emulator {
    /// Starts an emulator that holds nothing yet.
    ///
    /// # Errors
    ///
    /// When the port cannot be had, or a test key is damaged.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let port = settings.api_port;
        let unopened = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => StartError::PortInUse { port },
            _ => StartError::Listen { port, source },
        };
        let keys = FixtureKeys::load()?;
        let reserved = Reserved::loopback(port).map_err(unopened)?;
        let shared = Arc::new(Shared::new(settings, reserved.url().clone(), keys));
        let router = api::router(Arc::clone(&shared)).merge(issuer::router(Arc::clone(&shared)));
        let api = reserved.serve(router).map_err(unopened)?;
        tracing::warn!(api_url = %shared.api_url, "emulator started; its signing keys are public, so its tokens prove nothing outside tests");
        Ok(Self { shared, api })
    }

    /// The API host: the `endpoint_url` for an AWS SDK, and the origin of every issuer.
    #[must_use]
    pub fn api_url(&self) -> &Url {
        &self.shared.api_url
    }

    /// The issuer identifier of a pool, whether or not the pool exists.
    #[must_use]
    pub fn issuer(&self, pool_id: &str) -> String {
        self.shared.issuer(pool_id)
    }

    /// The domain host of a pool, `http://127.0.0.1:PORT/`, once the pool has a domain. Clients find it by discovery.
    #[must_use]
    pub fn domain_url(&self, pool_id: &str) -> Option<Url> {
        let state = self.shared.state();
        state.domain_of(&pool_id.into()).map(|domain| domain.served.url().clone())
    }

    /// The key a pool signs with now, private half included, for a host process that forges tokens; `None` for an unknown pool.
    #[must_use]
    pub fn signing_key(&self, pool_id: &str, token_use: TokenUse) -> Option<SigningKey> {
        Some(self.shared.state().pools.get(pool_id)?.keys.signing(token_use).clone())
    }

    /// Makes a pool sign with other keys from now on. The former public keys stay in the JWKS until [`Emulator::retire_keys`].
    /// False for an unknown pool.
    pub fn rotate_keys(&self, pool_id: &str) -> bool {
        self.shared.state().pools.get_mut(pool_id).map(|pool| pool.keys.rotate()).is_some()
    }

    /// Takes former public keys out of a pool's JWKS. False for an unknown pool.
    pub fn retire_keys(&self, pool_id: &str) -> bool {
        self.shared.state().pools.get_mut(pool_id).map(|pool| pool.keys.retire_former()).is_some()
    }

    /// How many things the emulator holds.
    #[must_use]
    pub fn holdings(&self) -> Holdings {
        self.shared.state().holdings()
    }

    /// Closes all listeners; returns when their ports are free.
    pub async fn stop(mut self) {
        let domains = std::mem::take(&mut self.shared.state().domains);
        for mut domain in domains.into_values() {
            domain.served.close().await;
        }
        self.api.close().await;
    }

    /// One API operation without HTTP.
    pub(crate) async fn call(&self, operation: &str, input: &Value) -> Result<Value, ApiError> {
        api::call(&self.shared, operation, input).await
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("api_url", &self.shared.api_url.as_str()).finish_non_exhaustive()
    }
}

impl Drop for Emulator {
    /// Handlers of a domain hold the state that holds the domain's listener; this undoes the knot.
    fn drop(&mut self) {
        self.shared.state().domains.clear();
    }
}
