//! What every request of a client has: a form and client authentication (RFC 6749 section 2.3) by `client_secret_basic`,
//! `client_secret_post`, or none for public clients.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use secrecy::SecretString;
use url::form_urlencoded;

use super::oauth_error::OAuthError;
use super::parameters::Parameters;
use crate::pool::{Client, Pool};

/// Parameters that may stand in a form once (RFC 6749 section 3.2). `resource` is not among them: RFC 8707 lets it repeat.
const SINGLE: [&str; 8] =
    ["grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier", "refresh_token", "scope"];

struct Credentials {
    id: String,
    secret: Option<SecretString>,
}

/// The form of a request to an OAuth endpoint, with each parameter once.
pub(super) fn form(headers: &HeaderMap, body: &[u8]) -> Result<Parameters, OAuthError> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let form = Parameters::parse(body);
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") || form.any_repeated(&SINGLE) {
        return Err(OAuthError::InvalidRequest);
    }
    Ok(form)
}

/// The client that makes the call.
///
/// *Hypothesis*: when header and body name different clients, or a public client sends a secret, it is `invalid_client`.
pub(super) fn authenticate<'a>(
    pool: &'a Pool,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<&'a Client, OAuthError> {
    let credentials = credentials(headers, form)?;
    let client = pool.clients.get(credentials.id.as_str()).ok_or(OAuthError::InvalidClient)?;
    match (&client.secret, &credentials.secret) {
        (Some(secret), Some(presented)) if secret.matches(presented) => Ok(client),
        (None, None) => Ok(client),
        _ => Err(OAuthError::InvalidClient),
    }
}

fn credentials(headers: &HeaderMap, form: &Parameters) -> Result<Credentials, OAuthError> {
    let in_body = form.get("client_id");
    if let Some(header) = headers.get(header::AUTHORIZATION) {
        let basic = header.to_str().ok().and_then(basic).ok_or(OAuthError::InvalidClient)?;
        return if in_body.is_none_or(|id| id == basic.id) { Ok(basic) } else { Err(OAuthError::InvalidClient) };
    }
    let id = in_body.ok_or(OAuthError::InvalidRequest)?.to_owned();
    Ok(Credentials { id, secret: form.get("client_secret").map(SecretString::from) })
}

/// HTTP Basic, with both halves form-encoded first.
fn basic(header: &str) -> Option<Credentials> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some(Credentials { id: form_decoded(id), secret: Some(form_decoded(secret).into()) })
}

fn form_decoded(text: &str) -> String {
    let pair = format!("value={}", text.replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).map(|(_, value)| value.into_owned()).collect()
}
