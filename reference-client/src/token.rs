//! The token endpoint (OAuth 2.1 section 3.2): exchanging a code, refreshing a token. One request each, never repeated.

use oauth2::{AccessToken, AuthorizationCode, PkceCodeVerifier, RefreshToken};
use reqwest::RequestBuilder;
use serde_json::{Map, Value};
use url::form_urlencoded::byte_serialize;

use crate::{
    discovery::string,
    fetch::{Answer, FetchError, Http},
    issuer::Issuer,
    metadata::AuthorizationServer,
    registration::{Client, ClientAuthentication},
    scopes::Scopes,
    text::printable,
};

/// Why no token came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// RFC 6749 section 5.2.
    #[error("the token endpoint of `{issuer}` refused: {error} {description}")]
    Refused {
        /// The authorization server.
        issuer: Issuer,
        /// Its error code, printable characters only.
        error: String,
        /// Its description, printable characters only.
        description: String,
    },
    /// A token of a type the client cannot use is not used (RFC 6749 section 7.1).
    #[error("the token of `{issuer}` is of type `{token_type}`; this client uses Bearer tokens only")]
    Type {
        /// The authorization server.
        issuer: Issuer,
        /// What `token_type` was; empty when missing.
        token_type: String,
    },
    /// A required member is missing or cannot be sent in a header.
    #[error("the token answer of `{issuer}` has no usable `{member}`")]
    Member {
        /// The authorization server.
        issuer: Issuer,
        /// The member.
        member: &'static str,
    },
    /// No answer.
    #[error("the token request failed: {0}")]
    Fetch(#[from] FetchError),
}

impl TokenError {
    /// Whether the server said that it does not know the client.
    pub(crate) fn is_invalid_client(&self) -> bool {
        matches!(self, Self::Refused { error, .. } if error == "invalid_client")
    }
}

/// What the token endpoint handed out. The access token is opaque; an ID token beside it is ignored.
#[derive(Debug)]
pub(crate) struct TokenAnswer {
    pub(crate) access_token: AccessToken,
    pub(crate) refresh_token: Option<RefreshToken>,
    /// `None` means: as asked for.
    pub(crate) scopes: Option<Scopes>,
}

/// Exchanges a code at the server it came from.
pub(crate) async fn exchange(
    http: &Http,
    server: &AuthorizationServer,
    client: &Client,
    code: &AuthorizationCode,
    verifier: &PkceCodeVerifier,
    redirect_uri: &str,
    resource: &str,
) -> Result<TokenAnswer, TokenError> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.secret().as_str()),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier.secret().as_str()),
        ("resource", resource),
    ];
    request(http, server, client, &form).await
}

/// Refreshes without asking for a scope: the grant stays what it was.
pub(crate) async fn refresh(
    http: &Http,
    server: &AuthorizationServer,
    client: &Client,
    refresh_token: &RefreshToken,
    resource: &str,
) -> Result<TokenAnswer, TokenError> {
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", refresh_token.secret().as_str()), ("resource", resource)];
    request(http, server, client, &form).await
}

async fn request(
    http: &Http,
    server: &AuthorizationServer,
    client: &Client,
    form: &[(&str, &str)],
) -> Result<TokenAnswer, TokenError> {
    let request = authenticated(http.post(&server.token_endpoint), client, form);
    let answer = http.answer(&server.token_endpoint, request).await?;
    read(&answer, &server.issuer)
}

/// Exactly one method of client authentication (RFC 6749 section 2.3).
fn authenticated(request: RequestBuilder, client: &Client, form: &[(&str, &str)]) -> RequestBuilder {
    let mut form = form.to_vec();
    match (client.authentication, &client.secret) {
        (ClientAuthentication::Basic, Some(secret)) => {
            // RFC 6749 section 2.3.1: both halves are form-encoded before they are joined.
            let half = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            return request.basic_auth(half(client.id.as_str()), Some(half(secret.secret()))).form(&form);
        }
        (ClientAuthentication::Post, Some(secret)) => form.push(("client_secret", secret.secret())),
        _ => {}
    }
    form.push(("client_id", client.id.as_str()));
    request.form(&form)
}

fn read(answer: &Answer, issuer: &Issuer) -> Result<TokenAnswer, TokenError> {
    let document = &answer.document;
    if !answer.status.is_success() || document.contains_key("error") {
        return Err(TokenError::Refused {
            issuer: issuer.clone(),
            error: printable(string(document, "error").unwrap_or("without an error code")),
            description: printable(string(document, "error_description").unwrap_or_default()),
        });
    }
    let token_type = string(document, "token_type").unwrap_or_default();
    if !token_type.eq_ignore_ascii_case("bearer") {
        return Err(TokenError::Type { issuer: issuer.clone(), token_type: printable(token_type) });
    }
    let access_token = token(document, "access_token")
        .ok_or_else(|| TokenError::Member { issuer: issuer.clone(), member: "access_token" })?;
    Ok(TokenAnswer {
        access_token: AccessToken::new(access_token.to_owned()),
        refresh_token: token(document, "refresh_token").map(|text| RefreshToken::new(text.to_owned())),
        scopes: string(document, "scope").and_then(Scopes::parse),
    })
}

/// Visible ASCII, because that is what a header can carry; nothing else is assumed about a token.
fn token<'a>(document: &'a Map<String, Value>, member: &str) -> Option<&'a str> {
    string(document, member).filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()))
}
