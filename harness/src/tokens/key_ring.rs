//! Keys of the harness that are published beside those of an issuer for a while, and how often the whole set was asked
//! for. Whoever serves the set puts them in; it is not served here.

use super::forge::{ForgeError, PublicKey, keys};
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The keys that were added to one set.
#[derive(Debug, Default)]
pub struct KeyRing {
    added: Mutex<Vec<Value>>,
    requests: AtomicUsize,
}

/// A key of the harness among those of the issuer; withdrawn when dropped.
#[derive(Debug)]
pub struct PublishedKey {
    /// Its name.
    pub id: String,
    ring: Arc<KeyRing>,
}

impl KeyRing {
    /// Adds the harness's own key, under a name of its own.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn publish(self: &Arc<Self>) -> Result<PublishedKey, ForgeError> {
        let id = uuid::Uuid::new_v4().simple().to_string();
        let jwk = keys::successor()?.jwk(&id);
        self.added.lock().unwrap_or_else(PoisonError::into_inner).push(jwk);
        Ok(PublishedKey { id, ring: Arc::clone(self) })
    }

    /// Puts what was added into a JWK Set; tells whether there was anything to add, and a set to add it to.
    pub fn complete(&self, set: &mut Value) -> bool {
        let added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        match set.get_mut("keys").and_then(Value::as_array_mut) {
            Some(keys) => keys.extend(added.iter().cloned()),
            None => return false,
        }
        !added.is_empty()
    }

    /// The public half of what is published under this name.
    #[must_use]
    pub fn public(&self, id: &str) -> Option<&'static PublicKey> {
        let added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        let published = added.iter().any(|key| is_named(key, id));
        if published { keys::successor().ok().map(|key| &key.public) } else { None }
    }

    /// Somebody asked for the set.
    pub fn count(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// How often somebody asked for the set until now.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

impl Drop for PublishedKey {
    fn drop(&mut self) {
        let mut added = self.ring.added.lock().unwrap_or_else(PoisonError::into_inner);
        added.retain(|key| !is_named(key, &self.id));
    }
}

fn is_named(key: &Value, id: &str) -> bool {
    key.get("kid").and_then(Value::as_str) == Some(id)
}
