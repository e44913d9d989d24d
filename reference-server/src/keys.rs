//! The signature keys of the issuer: fetched, kept for a while, fetched again when a token names an unknown one.
//!
//! The address comes from the configuration alone. Concurrent requests share one fetch. Unknown key ids cause at most one
//! fetch per interval, so that made-up ids cannot be turned into traffic for the issuer. When the keys cannot be had this
//! module says so; it never makes a statement about a token.

mod jwk_set;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::DecodingKey;
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use crate::config::Config;
use crate::keys::jwk_set::{JwkSet, JwkSetError};
use crate::resource::is_loopback;

/// The largest key set that is read, in bytes. Cognito's has two keys in less than one kilobyte.
const MAX_BODY_LENGTH: usize = 256 * 1024;

/// The longest pause after a failed fetch.
const LONGEST_RETRY_PAUSE: Duration = Duration::from_secs(2);

/// The keys of one issuer.
#[derive(Debug)]
pub struct Keys {
    address: Url,
    timeout: Duration,
    max_age: Duration,
    refetch_interval: Duration,
    client: OnceCell<reqwest::Client>,
    current: RwLock<Option<Fetched>>,
    /// Held while fetching, so that whoever waits finds the result of the fetch that was under way.
    fetching: Mutex<Pauses>,
}

#[derive(Debug, Clone)]
struct Fetched {
    set: Arc<JwkSet>,
    at: Instant,
}

/// Until when no fetch is made.
#[derive(Debug, Default)]
struct Pauses {
    after_unknown_key: Option<Instant>,
    after_failure: Option<Instant>,
}

/// The keys of the issuer cannot be had at the moment.
#[derive(Debug, thiserror::Error)]
#[error("the keys of the issuer cannot be had: {reason}")]
pub struct KeysUnavailable {
    /// What went wrong, for the log.
    pub reason: String,
    /// When it makes sense to ask again.
    pub retry_after: Duration,
}

/// What went wrong with one fetch.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("the request failed: {0}")]
    Request(#[from] reqwest::Error),
    #[error("the answer is {0}")]
    Status(reqwest::StatusCode),
    #[error("the answer is longer than {MAX_BODY_LENGTH} bytes")]
    TooLong,
    #[error(transparent)]
    Set(#[from] JwkSetError),
}

impl Keys {
    /// Keys that are fetched when the first one is asked for.
    pub fn new(config: &Config) -> Self {
        Self {
            address: config.jwks_uri.clone(),
            timeout: config.key_fetch_timeout,
            max_age: config.key_max_age,
            refetch_interval: config.key_refetch_interval,
            client: OnceCell::new(),
            current: RwLock::new(None),
            fetching: Mutex::new(Pauses::default()),
        }
    }

    /// The key of this name; `None` when the issuer publishes no such key.
    ///
    /// # Errors
    ///
    /// When the keys cannot be had.
    pub async fn find(&self, key_id: &str) -> Result<Option<Arc<DecodingKey>>, KeysUnavailable> {
        if let Some(key) = self.fresh().and_then(|set| set.find(key_id)) {
            return Ok(Some(key));
        }
        let mut pauses = self.fetching.lock().await;
        let fresh = self.fresh();
        if let Some(key) = fresh.as_ref().and_then(|set| set.find(key_id)) {
            return Ok(Some(key));
        }
        if let Some(until) = pauses.after_failure.filter(|until| *until > Instant::now()) {
            return Err(unavailable("the last request failed a moment ago".to_owned(), until));
        }
        if fresh.is_some() {
            if pauses.after_unknown_key.is_some_and(|until| until > Instant::now()) {
                return Ok(None);
            }
            pauses.after_unknown_key = Some(Instant::now() + self.refetch_interval);
        }
        let set = self.refresh(&mut pauses).await?;
        Ok(set.find(key_id))
    }

    /// The keys at hand, if they are not too old.
    fn fresh(&self) -> Option<Arc<JwkSet>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|fetched| fetched.at.elapsed() < self.max_age).map(|fetched| Arc::clone(&fetched.set))
    }

    async fn refresh(&self, pauses: &mut Pauses) -> Result<Arc<JwkSet>, KeysUnavailable> {
        match self.fetch().await {
            Ok(set) => {
                let set = Arc::new(set);
                tracing::info!(address = %self.address, keys = set.len(), "fetched the keys of the issuer");
                pauses.after_failure = None;
                *self.current.write().unwrap_or_else(PoisonError::into_inner) =
                    Some(Fetched { set: Arc::clone(&set), at: Instant::now() });
                Ok(set)
            }
            Err(error) => {
                tracing::error!(address = %self.address, %error, "cannot fetch the keys of the issuer");
                let until = Instant::now() + self.refetch_interval.min(LONGEST_RETRY_PAUSE);
                pauses.after_failure = Some(until);
                Err(unavailable(error.to_string(), until))
            }
        }
    }

    /// Without redirects, and with a time limit over all of a request. Building one reads the trusted certificates.
    fn build_client(&self) -> reqwest::Result<reqwest::Client> {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(self.timeout);
        if is_loopback(&self.address) { client.no_proxy().build() } else { client.build() }
    }

    /// One request, with a limit on the size of the answer.
    async fn fetch(&self) -> Result<JwkSet, FetchError> {
        let client = self.client.get_or_try_init(|| std::future::ready(self.build_client())).await?;
        let mut answer = client.get(self.address.clone()).send().await?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BODY_LENGTH {
                return Err(FetchError::TooLong);
            }
        }
        Ok(JwkSet::parse(&body)?)
    }
}

fn unavailable(reason: String, until: Instant) -> KeysUnavailable {
    KeysUnavailable { reason, retry_after: until.saturating_duration_since(Instant::now()) }
}
