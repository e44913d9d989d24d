//! Everything one emulator holds, behind one lock that is never held across an await.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use url::Url;

use crate::keys::{FixtureKeys, PoolKeys};
use crate::listener::Served;
use crate::pool::{Pool, PoolId};
use crate::settings::Settings;

/// What all request handlers of an emulator share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) api_url: Url,
    keys: FixtureKeys,
    state: Mutex<State>,
}

impl Shared {
    pub(crate) fn new(settings: Settings, api_url: Url, keys: FixtureKeys) -> Self {
        Self { settings, api_url, keys, state: Mutex::default() }
    }

    /// Locks the state. A handler that panicked must not take the emulator with it, so poisoning is ignored.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.settings.clock.now()
    }

    /// The issuer of a pool: the API origin and the pool id.
    pub(crate) fn issuer(&self, pool_id: &str) -> String {
        format!("{}{pool_id}", self.api_url)
    }

    /// The keys for the next pool. Each pool of an emulator begins at another place of the ring.
    pub(crate) fn keys_for(&self, pool_id: &PoolId, state: &mut State) -> PoolKeys {
        let nth = state.pools_created;
        state.pools_created += 1;
        PoolKeys::new(self.keys.clone(), pool_id.as_str(), nth)
    }
}

/// The pools of one emulator, and the domains, whose names all pools share.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) pools: BTreeMap<PoolId, Pool>,
    pub(crate) domains: BTreeMap<String, Domain>,
    pools_created: usize,
}

impl State {
    /// The domain of a pool.
    pub(crate) fn domain_of(&self, pool: &PoolId) -> Option<&Domain> {
        self.domains.values().find(|domain| domain.pool == *pool)
    }

    pub(crate) fn holdings(&self) -> Holdings {
        let count = |of: fn(&Pool) -> usize| self.pools.values().map(of).sum();
        Holdings {
            pools: self.pools.len(),
            domains: self.domains.len(),
            clients: count(|pool| pool.clients.len()),
            resource_servers: count(|pool| pool.resource_servers.len()),
            brandings: count(|pool| pool.brandings.len()),
            users: count(|pool| pool.users.len()),
        }
    }
}

/// A prefix domain and the listener that stands for `https://<prefix>.auth.<region>.amazoncognito.com`.
pub(crate) struct Domain {
    pub(crate) prefix: String,
    pub(crate) pool: PoolId,
    pub(crate) login: LoginVersion,
    pub(crate) served: Served,
}

/// Which pages a domain shows: `ManagedLoginVersion` of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginVersion {
    /// 1: the classic hosted UI. Needs no branding, knows neither `prompt` nor `resource`.
    Classic,
    /// 2: managed login.
    Managed,
}

impl LoginVersion {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Classic => 1,
            Self::Managed => 2,
        }
    }
}

/// How many things an emulator holds; for proving that a teardown left nothing behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holdings {
    /// User pools.
    pub pools: usize,
    /// Prefix domains, each with a listener.
    pub domains: usize,
    /// App clients of all pools.
    pub clients: usize,
    /// Resource servers of all pools.
    pub resource_servers: usize,
    /// Branding styles of all pools.
    pub brandings: usize,
    /// Users of all pools.
    pub users: usize,
}

impl Holdings {
    /// Whether nothing is held at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
