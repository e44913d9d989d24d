//! An issuer for tests: keys made once per process, a JWKS endpoint, and tokens with any header and any claims.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("trusted"));
pub(crate) static OTHER_KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("other"));

pub(crate) const CLIENT: &str = "1example23456789";

pub(crate) struct SigningKey {
    pub(crate) id: &'static str,
    pair: KeyPair,
}

impl SigningKey {
    fn generate(id: &'static str) -> Self {
        Self { id, pair: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    pub(crate) fn jwk(&self) -> Value {
        let public: PublicKeyComponents<Vec<u8>> = self.pair.public_key().into();
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "n": b64(&public.n), "e": b64(&public.e) })
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "alg": "RS256", "kid": self.id })
    }

    /// Signs whatever texts are given as header and claims, JSON or not.
    pub(crate) fn sign_raw(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", b64(header), b64(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", b64(signature))
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_raw(&self.header().to_string(), &claims.to_string())
    }
}

pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

pub(crate) struct Issuer {
    pub(crate) server: MockServer,
}

impl Issuer {
    pub(crate) async fn start() -> Self {
        let issuer = Self { server: MockServer::start().await };
        issuer.publish(&json!({ "keys": [KEY.jwk()] })).await;
        issuer
    }

    /// The issuer identifier, with a path as Cognito's has.
    pub(crate) fn url(&self) -> String {
        format!("{}/pool", self.server.uri())
    }

    /// Replaces what the JWKS endpoint answers.
    pub(crate) async fn publish(&self, set: &Value) {
        self.answer(ResponseTemplate::new(200).set_body_json(set)).await;
    }

    pub(crate) async fn answer(&self, answer: ResponseTemplate) {
        self.server.reset().await;
        let jwks = Mock::given(method("GET")).and(path("/pool/.well-known/jwks.json"));
        jwks.respond_with(answer).mount(&self.server).await;
    }

    /// How often anything was fetched since the last change of the answer.
    pub(crate) async fn fetches(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }

    /// The claims of a good access token for a resource.
    pub(crate) fn claims(&self, resource: &str) -> Map<String, Value> {
        let claims = json!({
            "iss": self.url(),
            "sub": "alice",
            "aud": resource,
            "client_id": CLIENT,
            "token_use": "access",
            "scope": "openid",
            "iat": now(),
            "exp": now() + 300,
            "jti": "e3b0c442-98fc-4c14-9afb-f4c8996fb924",
            "version": 2,
            "username": "alice",
        });
        claims.as_object().unwrap().clone()
    }

    /// A good access token in which some claims are replaced, or removed where the new value is `None`.
    pub(crate) fn token(
        &self,
        resource: &str,
        changes: impl IntoIterator<Item = (&'static str, Option<Value>)>,
    ) -> String {
        let mut claims = self.claims(resource);
        for (name, value) in changes {
            match value {
                Some(value) => claims.insert(name.to_owned(), value),
                None => claims.remove(name),
            };
        }
        KEY.sign(&Value::Object(claims))
    }
}
