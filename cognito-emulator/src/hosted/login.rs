//! `/login`: the managed login, on one page or on two.
//!
//! There is no lock-out after failed passwords, and no page on which a user replaces a temporary password; such a user cannot sign in
//! here until an administrator sets a permanent one.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use secrecy::SecretString;
use thiserror::Error;

use super::authorization_request::{AuthorizationRequest, Refusal};
use super::authorize::grant;
use super::cookies;
use super::host::Host;
use super::pages::{self, LoginPage, LoginStep};
use super::parameters::Parameters;
use crate::pool::{Client, ClientId, Pool, Session, User, UserStatus};
use crate::random;
use crate::settings::LoginShape;
use crate::state::LoginVersion;

/// Why credentials are not accepted, in the words that the page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
enum LoginRefused {
    #[error("Incorrect username or password.")]
    Incorrect,
    #[error("User does not exist.")]
    NoSuchUser,
    #[error("Your password is temporary. Ask an administrator to set a permanent one.")]
    TemporaryPassword,
}

/// Why a login page shows no form.
#[derive(Debug)]
enum NoForm {
    /// The authorization request is refused.
    Refused(Refusal),
    /// Managed login shows a client without a branding style no page.
    NoBranding(ClientId),
    /// *Hypothesis*: a client without the provider `COGNITO` gets a page without a form.
    NoProvider,
}

impl From<Refusal> for NoForm {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl IntoResponse for NoForm {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => refusal.into_response(),
            Self::NoBranding(client_id) => {
                tracing::info!(%client_id, "the client has no branding style, so it has no login page");
                pages::unavailable()
            }
            Self::NoProvider => pages::no_provider(),
        }
    }
}

/// *Hypothesis*: `/login` shows the form even when there is a session; only `/oauth2/authorize` signs in without a page.
pub(super) async fn page(State(host): State<Host>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let parameters = Parameters::parse(query.as_bytes());
    let mut state = host.shared.state();
    let Some(pool) = host.pool(&mut state) else { return pages::broken() };
    match readable(&host, pool, &parameters) {
        Ok(_) => {
            let username = parameters.get("login_hint").unwrap_or_default();
            form(&host, pool, &headers, &query, first_step(&host), username, None)
        }
        Err(no_form) => no_form.into_response(),
    }
}

/// Takes the credentials, or on the first of two pages the user name alone.
pub(super) async fn submit(
    State(host): State<Host>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let fields = Parameters::parse(&body);
    let now = host.shared.now();
    let mut state = host.shared.state();
    let Some(pool) = host.pool(&mut state) else { return pages::broken() };
    let request = match readable(&host, pool, &Parameters::parse(query.as_bytes())) {
        Ok(request) => request,
        Err(no_form) => return no_form.into_response(),
    };
    if fields.get("_csrf").is_none() || fields.get("_csrf") != cookies::read(&headers, cookies::XSRF) {
        return pages::forged();
    }
    let username = fields.get("username").unwrap_or_default();
    let Some(password) = fields.get("password") else {
        let step = next_step(&host, username);
        return form(&host, pool, &headers, &query, step, username, None);
    };
    match authenticate(pool, &request, username, &password.into()) {
        Ok(user) => {
            let session = Session { sub: user.sub.clone(), signed_in: now };
            let cookie = cookies::set(cookies::SESSION, &pool.sign_ins.start_session(session.clone(), now));
            with_cookie(grant(pool, request, session, now), &cookie)
        }
        Err(refused) => form(&host, pool, &headers, &query, first_step(&host), username, Some(refused)),
    }
}

/// The authorization request behind a login page, if the page may be shown at all.
fn readable(host: &Host, pool: &Pool, parameters: &Parameters) -> Result<AuthorizationRequest, NoForm> {
    let request = AuthorizationRequest::read(parameters, pool, host.login)?;
    if host.login == LoginVersion::Managed && !pool.brandings.contains_key(&request.client) {
        return Err(NoForm::NoBranding(request.client));
    }
    let by_password = |client: &Client| client.identity_providers.iter().any(|provider| provider == "COGNITO");
    if !pool.clients.get(&request.client).is_some_and(by_password) {
        return Err(NoForm::NoProvider);
    }
    Ok(request)
}

fn authenticate<'a>(
    pool: &'a Pool,
    request: &AuthorizationRequest,
    username: &str,
    password: &SecretString,
) -> Result<&'a User, LoginRefused> {
    let hides_unknown = pool.clients.get(&request.client).is_some_and(|client| client.hides_unknown_users);
    let unknown = if hides_unknown { LoginRefused::Incorrect } else { LoginRefused::NoSuchUser };
    let user = pool.user(username).ok_or(unknown)?;
    if !user.has_password(password) {
        return Err(LoginRefused::Incorrect);
    }
    match user.status {
        UserStatus::Confirmed => Ok(user),
        UserStatus::ForceChangePassword => Err(LoginRefused::TemporaryPassword),
    }
}

fn first_step(host: &Host) -> LoginStep {
    match host.shared.settings.login_shape {
        LoginShape::OnePage => LoginStep::Both,
        LoginShape::TwoPages => LoginStep::Username,
    }
}

fn next_step(host: &Host, username: &str) -> LoginStep {
    if username.is_empty() || host.shared.settings.login_shape == LoginShape::OnePage {
        return first_step(host);
    }
    LoginStep::Password
}

fn form(
    host: &Host,
    pool: &Pool,
    headers: &HeaderMap,
    query: &str,
    step: LoginStep,
    username: &str,
    refused: Option<LoginRefused>,
) -> Response {
    // A second login page in the same browser must not invalidate the first.
    let csrf = cookies::read(headers, cookies::XSRF)
        .filter(|token| uuid::Uuid::parse_str(token).is_ok())
        .map_or_else(random::uuid, str::to_owned);
    let alert = refused.map(|refused| refused.to_string());
    let page = LoginPage { query, csrf: &csrf, step, username, usernames: pool.usernames, alert: alert.as_deref() };
    tracing::debug!(pool = %host.pool, ?step, ?refused, "login page");
    with_cookie(page.into_response(), &cookies::set(cookies::XSRF, &csrf))
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
