//! The pool itself and the small things an administrator creates in it.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::{Map, Value};

use super::{Client, ClientId, PasswordPolicy, PoolId, SignIns, Sub, User};
use crate::keys::PoolKeys;

/// One user pool.
pub(crate) struct Pool {
    pub(crate) id: PoolId,
    pub(crate) name: String,
    pub(crate) tier: Tier,
    pub(crate) usernames: Usernames,
    pub(crate) case_sensitive: bool,
    pub(crate) password_policy: PasswordPolicy,
    pub(crate) deletion_protected: bool,
    pub(crate) tags: BTreeMap<String, String>,
    /// Members of `CreateUserPool` that change nothing here and are described back as they came.
    pub(crate) described: Map<String, Value>,
    pub(crate) created: SystemTime,
    pub(crate) clients: BTreeMap<ClientId, Client>,
    pub(crate) resource_servers: BTreeMap<String, ResourceServer>,
    pub(crate) brandings: BTreeMap<ClientId, Branding>,
    pub(crate) users: BTreeMap<Sub, User>,
    pub(crate) keys: PoolKeys,
    pub(crate) sign_ins: SignIns,
}

impl Pool {
    /// The user whom an administrator or a login page means by `name`: user name, `sub`, or email address in pools that sign in by email.
    pub(crate) fn user(&self, name: &str) -> Option<&User> {
        self.users.values().find(|user| self.answers_to(user, name))
    }

    /// As [`Pool::user`], for changing.
    pub(crate) fn user_mut(&mut self, name: &str) -> Option<&mut User> {
        let sub = self.user(name)?.sub.clone();
        self.users.get_mut(&sub)
    }

    fn answers_to(&self, user: &User, name: &str) -> bool {
        let same = |held: &str| if self.case_sensitive { held == name } else { held.eq_ignore_ascii_case(name) };
        let by_email = || self.usernames == Usernames::Email && user.attribute("email").is_some_and(same);
        same(&user.username) || user.sub.as_str() == name || by_email()
    }

    /// Whether a custom scope `<identifier>/<name>` exists now.
    pub(crate) fn has_custom_scope(&self, scope: &str) -> bool {
        self.resource_servers
            .values()
            .any(|server| server.scopes.iter().any(|(name, _)| scope == format!("{}/{name}", server.identifier)))
    }
}

/// The feature plan of a pool (`UserPoolTier`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tier {
    Lite,
    Essentials,
    Plus,
}

impl Tier {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Lite => "LITE",
            Self::Essentials => "ESSENTIALS",
            Self::Plus => "PLUS",
        }
    }

    /// Whether managed login, and with it resource binding, is part of the plan.
    pub(crate) fn has_managed_login(self) -> bool {
        self != Self::Lite
    }
}

/// What users type to say who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usernames {
    /// A name that the administrator chose.
    Chosen,
    /// The email address; the user name becomes the `sub`.
    Email,
}

/// A resource server and its scopes, each with name and description.
#[derive(Clone, Debug)]
pub(crate) struct ResourceServer {
    pub(crate) identifier: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<(String, String)>,
}

/// A branding style, without which managed login shows a client no page.
#[derive(Clone, Debug)]
pub(crate) struct Branding {
    pub(crate) id: String,
    pub(crate) created: SystemTime,
}
