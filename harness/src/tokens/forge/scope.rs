//! Tokens with another scope claim than the genuine one.
//!
//! Which scopes matter is declared for each subject, so these tokens have no fixed names: the claim is part of the name.
//! An authority that holds its key forges them; another one logs in again and asks for those scopes.

use super::{Draft, Facts, ForgeError};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeSet;

/// Forges a token with this scope claim from a genuine access token.
///
/// # Errors
/// When the issuer's private key is not there, or the genuine token is no JWT.
pub fn forge(claim: &str, genuine: &str, facts: &Facts) -> Result<SecretString, ForgeError> {
    let mut draft = Draft::from_genuine(genuine)?;
    draft.claim("scope", claim);
    draft.seal(facts).map(SecretString::from)
}

/// Whether a token carries these scopes and no others, in whatever order.
#[must_use]
pub fn grants_exactly(token: &str, claim: &str) -> bool {
    let scopes = |text: &str| text.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    let granted =
        Draft::from_genuine(token).ok().and_then(|draft| draft.claims.get("scope").and_then(Value::as_str).map(scopes));
    granted == Some(scopes(claim))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    fn token(claims: &str) -> String {
        let part = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
        format!("{}.{}.sig", part("{}"), part(claims))
    }

    #[test]
    fn the_order_of_granted_scopes_does_not_matter_and_a_further_one_does() {
        assert!(grants_exactly(&token(r#"{"scope":"b a"}"#), "a b"));
        assert!(!grants_exactly(&token(r#"{"scope":"a b c"}"#), "a b"));
        assert!(!grants_exactly(&token("{}"), "a b"));
    }
}
