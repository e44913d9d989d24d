//! The played issuer, listening.

use super::clients::Clients;
use super::documents::JWKS;
use super::endpoints::{Core, router};
use super::form::{IssuerForm, Tenant};
use super::grants::Grants;
use super::key::SigningKey;
use super::mint::Mint;
use super::site::Site;
use crate::tokens::KeyRing;
use axum::serve::ListenerExt as _;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Why no issuer can be played.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// No port.
    #[error("the issuer has no port: {0}")]
    Port(#[from] std::io::Error),
    /// The key of `fixtures/keys` cannot be used.
    #[error("the issuer has no key: {0}")]
    Key(String),
}

impl Core {
    fn new(site: Site, key: SigningKey, clients: Clients) -> Self {
        let mint = Mint::new(site.identifier(), key);
        let (contacts, introspections) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { site, mint, grants: Grants::default(), clients, contacts, introspections }
    }
}

/// An issuer that the bench plays. Dropping it closes its port.
pub struct Issuer {
    pub(super) core: Arc<Core>,
    _stop: DropGuard,
}

impl Issuer {
    /// Plays an issuer whose identifier has this form, on a free port of the loopback.
    ///
    /// # Errors
    /// When there is no port, or the key cannot be read.
    pub async fn start(form: IssuerForm) -> Result<Self, IssuerError> {
        Self::listening(SigningKey::first()?, |origin| Site::Own { origin, form }, Clients::Random).await
    }

    /// Plays another issuer, with a key of its own, for servers that trust two.
    ///
    /// # Errors
    /// When there is no port, or the key cannot be read.
    pub async fn start_second(form: IssuerForm) -> Result<Self, IssuerError> {
        Self::listening(SigningKey::second()?, |origin| Site::Own { origin, form }, Clients::Random).await
    }

    /// Plays an issuer that clients under test reach at the origin of a tap, whose clients are counted.
    ///
    /// # Errors
    /// When there is no port, or the key cannot be read.
    pub async fn behind(front: &str, tenant: Tenant) -> Result<Self, IssuerError> {
        let front = front.to_owned();
        let site = |origin| Site::Behind { front, tenant, origin };
        Self::listening(SigningKey::first()?, site, Clients::counted()).await
    }

    /// The issuer of this identifier without its port, which another process plays. What it signs is as good as what that
    /// one does, because both have the same key; what only that one remembers, it does not know.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn unheard(identifier: &str) -> Result<Self, IssuerError> {
        let site = Site::Own { origin: identifier.to_owned(), form: IssuerForm::Bare };
        let core = Core::new(site, SigningKey::first()?, Clients::Random);
        Ok(Self { core: Arc::new(core), _stop: CancellationToken::new().drop_guard() })
    }

    async fn listening(
        key: SigningKey,
        site: impl FnOnce(String) -> Site,
        clients: Clients,
    ) -> Result<Self, IssuerError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let site = site(format!("http://localhost:{port}"));
        let core = Arc::new(Core::new(site, key, clients));
        let stop = CancellationToken::new();
        // Some subjects resolve localhost to ::1 first and try nothing else.
        let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        for listener in std::iter::once(listener).chain(second) {
            let listener = listener.tap_io(|stream| {
                // Without it, answers in small pieces wait for acknowledgements; with an error they only come later.
                let _ = stream.set_nodelay(true);
            });
            let served = axum::serve(listener, router(Arc::clone(&core)));
            let stopped = stop.clone();
            tokio::spawn(async move { stopped.run_until_cancelled(served.into_future()).await });
        }
        Ok(Self { core, _stop: stop.drop_guard() })
    }

    /// The issuer identifier.
    #[must_use]
    pub fn identifier(&self) -> &str {
        &self.core.mint.issuer
    }

    /// The origin that it listens on, also where a tap stands in front of it.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.core.site.origin()
    }

    /// Where its keys are, at the port that it listens on.
    #[must_use]
    pub fn jwks_uri(&self) -> String {
        format!("{}{}", self.origin(), self.core.site.path(JWKS))
    }

    /// What is published beside its key, and how often all was asked for.
    #[must_use]
    pub fn ring(&self) -> &Arc<KeyRing> {
        &self.core.mint.ring
    }

    /// How often it was asked about a token.
    #[must_use]
    pub fn introspections(&self) -> usize {
        self.core.introspections.load(Ordering::Relaxed)
    }

    /// How many requests were made to it.
    #[must_use]
    pub fn contacts(&self) -> usize {
        self.core.contacts.load(Ordering::Relaxed)
    }
}
