//! The authorization request (OAuth 2.1 section 4.1.1): a URL with state, PKCE and resource, and the secrets that must be
//! kept beside it until the response arrives. It knows nothing of browsers and sockets.

use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier};
use url::Url;

use crate::{issuer::Issuer, metadata::AuthorizationServer, registration::Client, scopes::Scopes};

/// The parameters this client sets. An endpoint that already carries one of them would send it twice.
const OWN_PARAMETERS: [&str; 8] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "resource",
];

/// One request, made for one attempt and never used again.
#[derive(Debug)]
pub(crate) struct AuthorizationRequest {
    /// What the user's browser is sent to.
    pub(crate) url: Url,
    /// What the response is matched against.
    pub(crate) expected: ExpectedResponse,
    /// Goes to the token endpoint of this request's issuer and nowhere else.
    pub(crate) verifier: PkceCodeVerifier,
}

/// The record of a request that its response must fit (RFC 6749 section 10.12, RFC 9207 section 2.4).
#[derive(Debug)]
pub(crate) struct ExpectedResponse {
    pub(crate) state: CsrfToken,
    pub(crate) issuer: Issuer,
    /// Whether the issuer promised to send `iss`.
    pub(crate) iss_required: bool,
}

/// The authorization endpoint already has a query parameter that belongs to the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the authorization endpoint of `{issuer}` already has a `{parameter}` parameter in its query")]
pub struct EndpointQueryError {
    /// The authorization server.
    pub issuer: Issuer,
    /// The parameter.
    pub parameter: String,
}

impl AuthorizationRequest {
    /// Fresh state and a fresh S256 challenge for every attempt; a query of the endpoint is kept.
    pub(crate) fn new(
        server: &AuthorizationServer,
        client: &Client,
        redirect_uri: &str,
        resource: &str,
        scopes: Option<&Scopes>,
    ) -> Result<Self, EndpointQueryError> {
        let mut url = server.authorization_endpoint.clone();
        url.set_fragment(None);
        if let Some((parameter, _)) = url.query_pairs().find(|(name, _)| OWN_PARAMETERS.contains(&name.as_ref())) {
            return Err(EndpointQueryError { issuer: server.issuer.clone(), parameter: parameter.into_owned() });
        }
        let state = CsrfToken::new_random_len(32);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client.id.as_str())
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", state.secret())
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", challenge.method().as_str())
            .append_pair("resource", resource);
        if let Some(scopes) = scopes {
            url.query_pairs_mut().append_pair("scope", &scopes.to_string());
        }
        let expected = ExpectedResponse { state, issuer: server.issuer.clone(), iss_required: server.sends_iss };
        Ok(Self { url, expected, verifier })
    }
}
