//! The claims of access tokens, ID tokens and the user information answer, exactly those that Cognito puts in.

use std::time::SystemTime;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::signed::sign;
use crate::clock::unix_seconds;
use crate::keys::{PoolKeys, TokenUse};
use crate::pool::{Client, Grant, User};
use crate::random;

/// The standard attributes that the scope `profile` opens.
const PROFILE: [&str; 14] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

/// All that goes into the tokens of one answer of the token endpoint.
#[derive(Clone, Copy)]
pub(crate) struct Issuance<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client: &'a Client,
    pub(crate) user: &'a User,
    pub(crate) grant: &'a Grant,
    /// The nonce of the authorization request. It is not repeated when tokens are refreshed.
    pub(crate) nonce: Option<&'a str>,
    pub(crate) now: SystemTime,
}

impl Issuance<'_> {
    /// A signed access token. It carries `aud` only when the authorization request named a resource.
    pub(crate) fn access_token(&self, keys: &PoolKeys) -> Result<String, jsonwebtoken::errors::Error> {
        let mut claims = json!({"sub": self.user.sub.as_str(), "iss": self.issuer, "version": 2, "client_id": self.client.id.as_str()});
        if let Some(resource) = &self.grant.resource {
            claims["aud"] = json!(resource);
        }
        self.add_common(&mut claims, TokenUse::Access);
        claims["scope"] = json!(self.grant.scopes.join(" "));
        claims["exp"] = json!(unix_seconds(self.now + self.client.lifetimes.access));
        claims["username"] = json!(self.user.username);
        sign(keys.signing(TokenUse::Access), &claims)
    }

    /// A signed ID token for the client, bound to the access token by `at_hash` (OpenID Connect Core section 3.1.3.6).
    ///
    /// *Hypothesis*: Cognito sets `at_hash`.
    pub(crate) fn id_token(&self, keys: &PoolKeys, access_token: &str) -> Result<String, jsonwebtoken::errors::Error> {
        let mut claims = json!({"sub": self.user.sub.as_str(), "iss": self.issuer, "aud": self.client.id.as_str()});
        self.add_common(&mut claims, TokenUse::Id);
        claims["exp"] = json!(unix_seconds(self.now + self.client.lifetimes.id));
        claims["at_hash"] = json!(at_hash(access_token));
        claims["cognito:username"] = json!(self.user.username);
        if let Some(nonce) = self.nonce {
            claims["nonce"] = json!(nonce);
        }
        for (name, value) in readable(self.user, &self.grant.scopes) {
            claims[name] = if is_verified_flag(name) { json!(value == "true") } else { json!(value) };
        }
        sign(keys.signing(TokenUse::Id), &claims)
    }

    fn add_common(&self, claims: &mut Value, token_use: TokenUse) {
        if self.client.revocation_enabled {
            claims["origin_jti"] = json!(self.grant.id.as_str());
            claims["jti"] = json!(random::uuid());
        }
        claims["event_id"] = json!(self.grant.event_id);
        claims["token_use"] = json!(token_use.as_str());
        claims["auth_time"] = json!(unix_seconds(self.grant.signed_in));
        claims["iat"] = json!(unix_seconds(self.now));
    }
}

/// The answer of the user information endpoint. Unlike in ID tokens, the flags are strings here.
pub(crate) fn user_info(user: &User, scopes: &[String]) -> Value {
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), json!(user.sub.as_str()));
    claims.extend(readable(user, scopes).map(|(name, value)| (name.to_owned(), json!(value))));
    claims.insert("username".to_owned(), json!(user.username));
    Value::Object(claims)
}

/// The attributes that the granted scopes open; `openid` alone opens all of them.
fn readable<'a>(user: &'a User, scopes: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let has = |scope: &str| scopes.iter().any(|granted| granted == scope);
    let (email, phone, profile) = (has("email"), has("phone"), has("profile"));
    let all = !(email || phone || profile);
    user.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(move |(name, _)| match *name {
        "email" | "email_verified" => all || email,
        "phone_number" | "phone_number_verified" => all || phone,
        name if PROFILE.contains(&name) => all || profile,
        _ => all,
    })
}

fn is_verified_flag(attribute: &str) -> bool {
    ["email_verified", "phone_number_verified"].contains(&attribute)
}

fn at_hash(access_token: &str) -> String {
    let hash = digest(&SHA256, access_token.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}
