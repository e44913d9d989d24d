//! The one proof beside a token that is bound to a key (RFC 9449 section 4.3).

use super::server::Server;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use harness::protocol::pkce::s256;
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_slice(&decoded(text)?).ok()
}

impl Server {
    /// Checks the proof of the key with the thumbprint `bound`, and remembers that it was used.
    pub fn prove(&self, token: &str, bound: &str, headers: &HeaderMap) -> Option<()> {
        let mut proofs = headers.get_all("dpop").iter();
        let proof = proofs.next().filter(|_| proofs.next().is_none())?.to_str().ok()?;
        let (content, signature) = proof.rsplit_once('.')?;
        let (header, claims) = content.split_once('.')?;
        let (header, claims) = (json(header)?, json(claims)?);
        let jwk = |name: &str| header.pointer(&format!("/jwk/{name}")).and_then(Value::as_str);
        let (x, y) = (jwk("x")?, jwk("y")?);
        let thumbprint = s256(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [vec![4], decoded(x)?, decoded(y)?].concat());
        let is = |name: &str, value: &str| claims.get(name).is_some_and(|claim| claim == value);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
        let good = key.verify(content.as_bytes(), &decoded(signature)?).is_ok()
            && header["typ"] == "dpop+jwt"
            && header["alg"] == "ES256"
            && jwk("d").is_none()
            && is("htm", "POST")
            && is("htu", &self.resource())
            && is("ath", &s256(token))
            && claims["iat"].as_f64().is_some_and(|at| (now - at).abs() <= 300.0)
            && thumbprint == bound;
        let id = claims["jti"].as_str().filter(|_| good)?;
        self.memory.lock().unwrap().proofs.insert(id.to_owned()).then_some(())
    }
}
