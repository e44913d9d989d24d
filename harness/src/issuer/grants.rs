//! Authorization codes and refresh tokens that are outstanding, each good once.

use super::mint::Access;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// More than any test needs; what is older is forgotten.
const MOST: usize = 1024;

/// What an authorization code stands for.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) access: Access,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<String>,
}

/// The outstanding grants.
#[derive(Default)]
pub(super) struct Grants {
    codes: Mutex<HashMap<String, Code>>,
    refresh: Mutex<HashMap<String, Access>>,
}

impl Grants {
    /// A new code.
    pub(super) fn code(&self, code: Code) -> String {
        put(&self.codes, code)
    }

    /// Redeems a code.
    pub(super) fn redeem(&self, code: &str) -> Option<Code> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner).remove(code)
    }

    /// A new refresh token.
    pub(super) fn refresh_token(&self, access: Access) -> String {
        put(&self.refresh, access)
    }

    /// Uses up a refresh token.
    pub(super) fn refresh(&self, token: &str) -> Option<Access> {
        self.refresh.lock().unwrap_or_else(PoisonError::into_inner).remove(token)
    }
}

fn put<T>(grants: &Mutex<HashMap<String, T>>, grant: T) -> String {
    let mut grants = grants.lock().unwrap_or_else(PoisonError::into_inner);
    if grants.len() >= MOST {
        grants.clear();
    }
    let handle = uuid::Uuid::new_v4().simple().to_string();
    grants.insert(handle.clone(), grant);
    handle
}
