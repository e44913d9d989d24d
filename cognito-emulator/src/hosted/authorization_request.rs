//! An authorization request (RFC 6749 section 4.1.1) as Cognito reads it: valid, refused by a page, or refused by redirect.
//!
//! A request whose client or redirect URI is wrong never leads to a redirect to that URI.

use axum::response::{IntoResponse, Response};
use url::{Host, Url};

use super::host::found;
use super::parameters::{Parameters, with_query};
use crate::pool::{Client, ClientId, Flow, PendingCode, Pool, Session};
use crate::state::LoginVersion;

/// Parameters that decide where an answer goes, and therefore must be sure before anything is redirected.
const ADDRESSING: [&str; 2] = ["client_id", "redirect_uri"];
const SINGLE: [&str; 9] = [
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "resource",
    "login_hint",
];

/// A request that Cognito accepts.
#[derive(Debug)]
pub(super) struct AuthorizationRequest {
    pub(super) client: ClientId,
    pub(super) prompt: Prompt,
    redirect_uri: String,
    scopes: Vec<String>,
    state: Option<String>,
    nonce: Option<String>,
    challenge: Option<String>,
    resource: Option<String>,
}

/// Whether the user has to, may, or must not see a page (OpenID Connect Core section 3.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prompt {
    /// A page only when there is no session.
    WhenNeeded,
    /// A page in any case.
    Login,
    /// No page in any case.
    None,
}

/// How a request is refused.
#[derive(Debug)]
pub(super) enum Refusal {
    /// On a page of the domain, because it is not sure where else.
    Page { error: &'static str, client_id: Option<String> },
    /// At the client's redirect URI (RFC 6749 section 4.1.2.1).
    Redirect { uri: String, error: &'static str, state: Option<String> },
}

impl IntoResponse for Refusal {
    /// *Hypothesis*: `state` comes back with every error, and `error_description` with none.
    fn into_response(self) -> Response {
        match self {
            Self::Page { error, client_id } => {
                tracing::info!(error, "authorization request refused on a page");
                let client_id = client_id.as_deref().map(|id| ("client_id", id));
                found(&with_query("/error", [("error", error)].into_iter().chain(client_id)))
            }
            Self::Redirect { uri, error, state } => {
                tracing::info!(error, "authorization request refused by redirect");
                let state = state.as_deref().map(|state| ("state", state));
                found(&with_query(&uri, [("error", error)].into_iter().chain(state)))
            }
        }
    }
}

impl AuthorizationRequest {
    pub(super) fn read(parameters: &Parameters, pool: &Pool, login: LoginVersion) -> Result<Self, Refusal> {
        let (client, redirect_uri) = addressee(parameters, pool)?;
        let state = parameters.get("state").map(str::to_owned);
        let refuse = |error| Refusal::Redirect { uri: redirect_uri.to_owned(), error, state: state.clone() };
        if parameters.any_repeated(&SINGLE) {
            return Err(refuse("invalid_request"));
        }
        check_response_type(parameters, client).map_err(refuse)?;
        Ok(Self {
            client: client.id.clone(),
            prompt: prompt(parameters, login).map_err(refuse)?,
            scopes: scopes(parameters, client, pool).map_err(refuse)?,
            nonce: parameters.get("nonce").map(str::to_owned),
            challenge: challenge(parameters).map_err(refuse)?,
            resource: resource(parameters, pool, login).map_err(refuse)?,
            redirect_uri: redirect_uri.to_owned(),
            state,
        })
    }

    /// Refuses a request that was readable so far.
    pub(super) fn refuse(self, error: &'static str) -> Refusal {
        Refusal::Redirect { uri: self.redirect_uri, error, state: self.state }
    }

    /// What the code for this request stands for, and where the answer goes.
    pub(super) fn grant_to(self, session: Session) -> (PendingCode, Destination) {
        let destination = Destination { redirect_uri: self.redirect_uri.clone(), state: self.state };
        let pending = PendingCode {
            client: self.client,
            redirect_uri: self.redirect_uri,
            challenge: self.challenge,
            nonce: self.nonce,
            scopes: self.scopes,
            resource: self.resource,
            session,
        };
        (pending, destination)
    }
}

/// Where a code is sent.
#[derive(Debug)]
pub(super) struct Destination {
    redirect_uri: String,
    state: Option<String>,
}

impl Destination {
    /// *Hypothesis*: no `iss` in the answer (RFC 9207 is not implemented).
    pub(super) fn deliver(&self, code: &str) -> Response {
        let state = self.state.as_deref().map(|state| ("state", state));
        found(&with_query(&self.redirect_uri, [("code", code)].into_iter().chain(state)))
    }
}

/// *Hypothesis*: an unknown client gets `/error?error=invalid_request`. That a wrong redirect URI gets `redirect_mismatch` was seen.
fn addressee<'a>(parameters: &'a Parameters, pool: &'a Pool) -> Result<(&'a Client, &'a str), Refusal> {
    let invalid = Refusal::Page { error: "invalid_request", client_id: None };
    if parameters.any_repeated(&ADDRESSING) {
        return Err(invalid);
    }
    let Some(client) = parameters.get("client_id").and_then(|id| pool.clients.get(id)) else { return Err(invalid) };
    match parameters.get("redirect_uri") {
        Some(uri) if client.callback_urls.iter().any(|registered| registered == uri) => Ok((client, uri)),
        _ => Err(Refusal::Page { error: "redirect_mismatch", client_id: Some(client.id.to_string()) }),
    }
}

fn check_response_type(parameters: &Parameters, client: &Client) -> Result<(), &'static str> {
    match parameters.get("response_type") {
        None => Err("invalid_request"),
        Some("code") if client.may_use(Flow::Code) => Ok(()),
        Some(_) => Err("unauthorized_client"),
    }
}

/// `prompt` exists with managed login only. *Hypothesis*: `select_account` asks for credentials, `consent` and unknown values change nothing.
fn prompt(parameters: &Parameters, login: LoginVersion) -> Result<Prompt, &'static str> {
    if login == LoginVersion::Classic {
        return Ok(Prompt::WhenNeeded);
    }
    let values: Vec<&str> = parameters.get("prompt").unwrap_or_default().split_ascii_whitespace().collect();
    if values.contains(&"none") {
        return if values.len() == 1 { Ok(Prompt::None) } else { Err("invalid_request") };
    }
    let asks = values.iter().any(|value| ["login", "select_account"].contains(value));
    Ok(if asks { Prompt::Login } else { Prompt::WhenNeeded })
}

fn challenge(parameters: &Parameters) -> Result<Option<String>, &'static str> {
    match (parameters.get("code_challenge"), parameters.get("code_challenge_method")) {
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) => Ok(Some(challenge.to_owned())),
        _ => Err("invalid_request"),
    }
}

/// The scopes to grant: those asked for, or all of the client's. A custom scope that was deleted since is left out silently.
///
/// *Hypothesis*: `email`, `phone` and `profile` without `openid` are refused as `invalid_scope`.
fn scopes(parameters: &Parameters, client: &Client, pool: &Pool) -> Result<Vec<String>, &'static str> {
    let asked: Vec<&str> = match parameters.get("scope") {
        Some(scope) => scope.split_ascii_whitespace().collect(),
        None => client.scopes.iter().map(String::as_str).collect(),
    };
    if !asked.iter().all(|scope| client.scopes.iter().any(|allowed| allowed == scope)) {
        return Err("invalid_scope");
    }
    let needs_openid = asked.iter().any(|scope| ["email", "phone", "profile"].contains(scope));
    if needs_openid && !asked.contains(&"openid") {
        return Err("invalid_scope");
    }
    let exists = |scope: &&str| !scope.contains('/') || pool.has_custom_scope(scope);
    let mut granted: Vec<String> = Vec::new();
    for scope in asked.into_iter().filter(exists) {
        if !granted.iter().any(|held| held == scope) {
            granted.push(scope.to_owned());
        }
    }
    Ok(granted)
}

/// The resource that the access token will be bound to (RFC 8707), verbatim.
///
/// *Hypothesis*: without managed login, and so on the LITE plan, the parameter is ignored. Registration of the resource is not
/// required, as the documentation of the parameter says.
fn resource(parameters: &Parameters, pool: &Pool, login: LoginVersion) -> Result<Option<String>, &'static str> {
    if login == LoginVersion::Classic || !pool.tier.has_managed_login() {
        return Ok(None);
    }
    match parameters.get("resource") {
        None => Ok(None),
        Some(resource) if is_bindable(resource) => Ok(Some(resource.to_owned())),
        Some(_) => Err("invalid_request"),
    }
}

/// `https://`, `http://localhost` or a custom scheme; a loopback address is none of them.
fn is_bindable(resource: &str) -> bool {
    let Ok(url) = Url::parse(resource) else { return false };
    match url.scheme() {
        "https" => true,
        "http" => url.host() == Some(Host::Domain("localhost")),
        _ => resource.contains("://"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::is_bindable;

    #[rstest]
    #[case("https://mcp.example/mcp", true)]
    #[case("http://localhost", true)]
    #[case("http://localhost:8001/mcp", true)]
    #[case("myapp://resource", true)]
    #[case("http://127.0.0.1:8001/mcp", false)]
    #[case("http://[::1]:8001/mcp", false)]
    #[case("http://localhost.example/mcp", false)]
    #[case("http://localhost@example/mcp", false)]
    #[case("http://example/", false)]
    #[case("urn:example:mcp", false)]
    #[case("mcp", false)]
    fn a_resource_is_https_or_localhost_or_of_a_custom_scheme(#[case] resource: &str, #[case] bindable: bool) {
        assert_eq!(is_bindable(resource), bindable);
    }
}
