//! Tokens for a server whose issuer belongs to somebody else: at most one genuine token that was given, and what anybody
//! could forge.

use super::forge::{self, Facts, Particulars, PublicKey};
use super::{Authority, Cannot, Token, VALID};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// No base64, so that forgeries which need the public key say that there is none.
const NO_KEY: &str = "?";

/// What is publicly known of the server and its issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The identifier of the protected resource.
    pub resource: String,
    /// The issuer that the server's metadata names, if it names one.
    pub issuer: Option<String>,
    /// The scopes that the server names.
    pub scopes: Vec<String>,
    /// The issuer's JWK Set, if it could be read.
    pub keys: Option<Value>,
}

/// Somebody else's issuer.
pub struct OutsideAuthority {
    genuine: Result<SecretString, String>,
    client_id: String,
    published: Published,
}

impl OutsideAuthority {
    /// An authority over a genuine token, or the reason why there is none and what would supply one.
    #[must_use]
    pub fn new(genuine: Result<SecretString, String>, client_id: String, published: Published) -> Self {
        Self { genuine, client_id, published }
    }

    fn make(&self, name: &str, particulars: Particulars) -> Result<Token, Cannot> {
        let cannot = |reason: String| Cannot::Issue { name: name.to_owned(), reason };
        let raw = match name {
            VALID => self.genuine.clone().map_err(cannot)?,
            name => match forge::find(name) {
                Some(forgery) => {
                    let raw = forge::forge(&forgery, &self.template(), &self.facts(particulars));
                    raw.map_err(|error| cannot(error.to_string()))?
                }
                None => return Err(cannot("only the issuer can make it".to_owned())),
            },
        };
        Ok(Token { name: name.to_owned(), raw })
    }

    /// The genuine token where it is a JWT; otherwise a token as the issuer might write it, signed by nobody.
    fn template(&self) -> String {
        let genuine = self.genuine.as_ref().ok().map(|token| token.expose_secret());
        match genuine.filter(|token| forge::Draft::from_genuine(token).is_ok()) {
            Some(token) => token.to_owned(),
            None => self.plausible(),
        }
    }

    fn plausible(&self) -> String {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_member("kid").unwrap_or("1") });
        let claims = json!({
            "iss": self.issuer(),
            "sub": "alice",
            "aud": self.published.resource,
            "client_id": self.client_id,
            "scope": self.published.scopes.join(" "),
            "token_use": "access",
            "iat": now(),
            "exp": now() + 3600,
            "jti": "5f0c3b1e-7a52-4c0e-9d0b-8a4f6f3e2d11",
        });
        let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{}", part(header), part(claims), BASE64_URL_SAFE_NO_PAD.encode([0x5a; 256]))
    }

    fn facts(&self, particulars: Particulars) -> Facts {
        let member = |name: &str| self.key_member(name).unwrap_or(NO_KEY).to_owned();
        Facts {
            resource: self.published.resource.clone(),
            issuer: self.issuer().to_owned(),
            client_id: self.client_id.clone(),
            public: PublicKey { n: member("n"), e: member("e"), algorithm: self.key_member("alg").map(str::to_owned) },
            trusted: None,
            now: now(),
            particulars,
        }
    }

    /// A member of the issuer's first RSA key.
    fn key_member(&self, name: &str) -> Option<&str> {
        let keys = self.published.keys.as_ref()?.get("keys")?.as_array()?;
        let key = keys.iter().find(|key| key.get("kty").and_then(Value::as_str) == Some("RSA"))?;
        key.get(name)?.as_str()
    }
}

fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    i64::try_from(elapsed).unwrap_or(i64::MAX)
}

impl Authority for OutsideAuthority {
    fn issuer(&self) -> &str {
        self.published.issuer.as_deref().unwrap_or("https://issuer.example")
    }

    fn client_id(&self) -> &str {
        &self.client_id
    }

    fn describe(&self) -> String {
        match &self.published.issuer {
            Some(issuer) => format!("{issuer}, whose key the harness does not hold"),
            None => "none that the server's metadata names".to_owned(),
        }
    }

    fn issue<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Token, Cannot>> {
        Box::pin(std::future::ready(self.make(name, Particulars::default())))
    }

    fn tailor<'a>(&'a self, name: &'a str, particulars: Particulars) -> BoxFuture<'a, Result<Token, Cannot>> {
        Box::pin(std::future::ready(self.make(name, particulars)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    fn without_token() -> OutsideAuthority {
        OutsideAuthority::new(Err("no token was given".to_owned()), "c".to_owned(), Published::default())
    }

    #[rstest]
    #[case("32 random bytes")]
    #[case("a token signed by another key")]
    #[case("an unsigned token with alg none")]
    #[case("a token with a broken signature")]
    #[tokio::test]
    async fn forges_without_a_genuine_token_what_anybody_could(#[case] name: &str) {
        assert!(!without_token().issue(name).await.unwrap().raw.expose_secret().is_empty());
    }

    #[rstest]
    #[case("a valid token", "no token was given")]
    #[case("a token that has expired", "private key of the issuer")]
    #[case("a token signed with HS256 and the public key", "public key of the issuer")]
    #[case("an ID token", "only the issuer can make it")]
    #[tokio::test]
    async fn says_why_it_cannot_make_the_others(#[case] name: &str, #[case] reason: &str) {
        let cannot = without_token().issue(name).await.unwrap_err().to_string();
        assert!(cannot.contains(reason), "{cannot}");
    }
}
