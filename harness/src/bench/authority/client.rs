//! What a client keeps of an authorization request until it has redeemed the code.

use crate::oauth_client::{Ask, CodeFlow, FlowError, code, random_text};
use crate::protocol::pkce::s256;
use crate::wire::Exchange;
use secrecy::SecretString;
use url::Url;

/// An authorization request, and the secret that belongs to it.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// The authorization endpoint with the parameters, which a scenario may alter.
    pub url: Url,
    /// The code verifier whose challenge is in the URL (RFC 7636 §4.1).
    pub(super) verifier: SecretString,
}

impl AuthorizationRequest {
    /// A request as it ought to be, with a state and a code challenge of its own.
    pub(super) fn new(flow: &CodeFlow, resource: Option<&str>) -> Result<Self, FlowError> {
        let verifier = random_text()?;
        let ask = Ask { resource, ..Ask::default() };
        let url = flow.authorization_url(ask, &s256(&verifier), &random_text()?)?;
        Ok(Self { url, verifier: verifier.into() })
    }
}

/// A browser that is back at the client after its user logged in.
#[derive(Clone, Debug)]
pub struct Returned {
    /// The authorization request, and the redirect by which the browser came back.
    pub exchange: Exchange,
    /// The code, which is empty when the redirect brought none: there is something to judge without one.
    pub(super) code: SecretString,
    /// The code verifier that belongs to it.
    pub(super) verifier: SecretString,
}

impl Returned {
    /// Reads what the redirect in `exchange` brought.
    ///
    /// # Errors
    /// When it brought an error.
    pub(super) fn new(exchange: Exchange, verifier: SecretString) -> Result<Self, FlowError> {
        let code = match code(&exchange) {
            Err(FlowError::NoCode) => String::new(),
            code => code?,
        };
        Ok(Self { exchange, code: code.into(), verifier })
    }
}
