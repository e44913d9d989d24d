//! Client authentication (RFC 6749 section 2.3): `client_secret_basic`, `client_secret_post`, or none for public clients.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use secrecy::SecretString;
use url::form_urlencoded;

use super::oauth_error::OAuthError;
use super::parameters::Parameters;
use crate::pool::{Client, Pool};

struct Credentials {
    id: String,
    secret: Option<SecretString>,
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
