//! Waiting until a new pool can be logged in to, and reading its discovery document.
//!
//! The endpoints are those of the document, never built from parts. No session begins here: the login page is fetched, not used.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::DomainStatusType;
use reqwest::{Client, StatusCode, header, redirect};
use serde_json::Value;
use url::Url;

use super::account::Account;
use super::error::{ProvisionError, chain};
use super::lookup;
use super::pool::Endpoints;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Far more than any discovery document has.
const LARGEST_DOCUMENT: usize = 256 * 1024;

/// What a pool says of itself once it is ready.
pub(super) struct Ready {
    pub(super) issuer: String,
    pub(super) discovery: Value,
    pub(super) endpoints: Endpoints,
}

/// How the hosted login is looked at.
pub(super) struct LoginPage<'a> {
    pub(super) client_id: &'a str,
    pub(super) callback: &'a Url,
}

/// Waits until the domain is active, the discovery document complete and the login page served.
pub(super) async fn wait(
    account: &Account,
    pool_id: &str,
    domain: &str,
    page: LoginPage<'_>,
) -> Result<Ready, ProvisionError> {
    let http = http_client(account.is_on_loopback()).map_err(ProvisionError::HttpClient)?;
    let patience = account.readiness_patience();
    let not_ready = |last_seen| ProvisionError::NotReady { seconds: patience.limit.as_secs(), last_seen };
    patience.until(|| domain_is_active(account, domain)).await.map_err(not_ready)?;
    let (url, discovery) = patience.until(|| complete_document(&http, account, pool_id)).await.map_err(not_ready)?;
    let issuer = account.issuer(pool_id);
    let endpoints = endpoints(&discovery, &issuer).map_err(|why| ProvisionError::Discovery { url, why })?;
    patience.until(|| login_page_is_served(&http, &endpoints.authorization, &page)).await.map_err(not_ready)?;
    Ok(Ready { issuer, discovery, endpoints })
}

fn http_client(on_loopback: bool) -> reqwest::Result<Client> {
    let builder = Client::builder().redirect(redirect::Policy::none()).timeout(REQUEST_TIMEOUT);
    // A proxy of the environment leads away from this machine.
    if on_loopback { builder.no_proxy().build() } else { builder.build() }
}

async fn domain_is_active(account: &Account, domain: &str) -> Result<(), String> {
    let described = lookup::domain(account, domain).await.map_err(|failure| failure.to_string())?;
    match described.as_ref().and_then(|description| description.status()) {
        Some(DomainStatusType::Active) => Ok(()),
        Some(status) => Err(format!("domain {domain} is {}", status.as_str())),
        None => Err(format!("domain {domain} is unknown")),
    }
}

/// The discovery document, once it names an authorization endpoint: it does so only when the domain has spread.
async fn complete_document(http: &Client, account: &Account, pool_id: &str) -> Result<(Url, Value), String> {
    let text = format!("{}/.well-known/openid-configuration", account.issuer(pool_id));
    let url = Url::parse(&text).map_err(|error| format!("{text} is not a URL: {error}"))?;
    let answer = http.get(url.clone()).send().await.map_err(|error| format!("{url}: {}", chain(&error)))?;
    if answer.status() != StatusCode::OK {
        return Err(format!("{url} answered {}", answer.status()));
    }
    let document = read_json(answer).await.map_err(|why| format!("{url}: {why}"))?;
    if document.get("authorization_endpoint").is_some() {
        Ok((url, document))
    } else {
        Err(format!("{url} names no authorization_endpoint"))
    }
}

async fn read_json(mut answer: reqwest::Response) -> Result<Value, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| chain(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST_DOCUMENT {
            return Err(format!("longer than {LARGEST_DOCUMENT} bytes"));
        }
    }
    serde_json::from_slice(&body).map_err(|error| format!("not JSON: {error}"))
}

/// Reads the endpoints. The `issuer` member must equal the issuer the document was asked of (OpenID Connect Discovery section 4.3).
fn endpoints(document: &Value, issuer: &str) -> Result<Endpoints, String> {
    let named = document.get("issuer").and_then(Value::as_str);
    if named != Some(issuer) {
        return Err(format!("its issuer is `{}`, expected `{issuer}`", named.unwrap_or_default()));
    }
    let optional = |member: &str| match document.get(member) {
        None => Ok(None),
        Some(value) => url_of(value).map(Some).ok_or_else(|| format!("its {member} is not a URL")),
    };
    let required = |member: &str| optional(member)?.ok_or_else(|| format!("it names no {member}"));
    Ok(Endpoints {
        authorization: required("authorization_endpoint")?,
        token: required("token_endpoint")?,
        revocation: optional("revocation_endpoint")?,
        userinfo: required("userinfo_endpoint")?,
        jwks_uri: required("jwks_uri")?,
    })
}

fn url_of(value: &Value) -> Option<Url> {
    Url::parse(value.as_str()?).ok()
}

/// Follows the authorization endpoint to the login page. Everything but that page counts as not yet: while a domain or a branding spreads,
/// the pages answer with 403 or lead to an error page.
async fn login_page_is_served(http: &Client, authorization: &Url, page: &LoginPage<'_>) -> Result<(), String> {
    let mut start = authorization.clone();
    start
        .query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", page.client_id)
        .append_pair("redirect_uri", page.callback.as_str())
        .append_pair("scope", "openid");
    let answer = http.get(start).send().await.map_err(|error| chain(&error))?;
    let status = answer.status();
    let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let login = location.and_then(|location| authorization.join(location).ok());
    let Some(login) = login.filter(|login| login.origin() == authorization.origin()) else {
        return Err(format!("{authorization} answered {status} and led to no login page"));
    };
    let answer = http.get(login.clone()).send().await.map_err(|error| chain(&error))?;
    match answer.status() {
        StatusCode::OK => Ok(()),
        status => Err(format!("login page {} answered {status}", login.path())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use rstest::rstest;
    use serde_json::json;
    use wiremock::matchers::{path, query_param};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::super::backoff::Backoff;
    use super::*;

    const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://p.auth.us-east-1.amazoncognito.com/oauth2/authorize",
            "token_endpoint": "https://p.auth.us-east-1.amazoncognito.com/oauth2/token",
            "revocation_endpoint": "https://p.auth.us-east-1.amazoncognito.com/oauth2/revoke",
            "userinfo_endpoint": "https://p.auth.us-east-1.amazoncognito.com/oauth2/userInfo",
            "jwks_uri": format!("{ISSUER}/.well-known/jwks.json"),
        })
    }

    #[test]
    fn takes_the_endpoints_from_the_document() {
        let endpoints = endpoints(&document(), ISSUER).unwrap();
        assert_eq!(endpoints.token.as_str(), "https://p.auth.us-east-1.amazoncognito.com/oauth2/token");
        assert!(endpoints.revocation.is_some());
    }

    #[test]
    fn does_not_ask_for_a_revocation_endpoint() {
        let mut document = document();
        document.as_object_mut().unwrap().remove("revocation_endpoint");
        assert_eq!(endpoints(&document, ISSUER).unwrap().revocation, None);
    }

    #[rstest]
    #[case::another_issuer("issuer", json!("https://issuer.example/pool"), "its issuer is `https://issuer.example/pool`")]
    #[case::a_trailing_slash("issuer", json!(format!("{ISSUER}/")), "expected `https://cognito-idp")]
    #[case::no_issuer("issuer", Value::Null, "its issuer is ``")]
    #[case::not_a_url("token_endpoint", json!("/oauth2/token"), "its token_endpoint is not a URL")]
    #[case::not_text("jwks_uri", json!(7), "its jwks_uri is not a URL")]
    fn refuses_a_document_that_does_not_describe_the_pool(
        #[case] member: &str,
        #[case] value: Value,
        #[case] reason: &str,
    ) {
        let mut document = document();
        document[member] = value;
        let why = endpoints(&document, ISSUER).unwrap_err();
        assert!(why.contains(reason), "{why}");
    }

    /// A peer whose authorization endpoint leads to `location`, and whose login page answers with these statuses in turn.
    async fn hosted_login(location: &str, statuses: &[u16]) -> MockServer {
        let server = MockServer::start().await;
        let to_login = ResponseTemplate::new(302).insert_header("location", location);
        let authorize = Mock::given(path("/oauth2/authorize")).and(query_param("client_id", "client"));
        authorize.respond_with(to_login).mount(&server).await;
        for status in statuses {
            let page = Mock::given(path("/login")).and(query_param("client_id", "client"));
            page.respond_with(ResponseTemplate::new(*status)).up_to_n_times(1).mount(&server).await;
        }
        server
    }

    async fn look_at(server: &MockServer) -> Result<(), String> {
        let callback = Url::parse("http://localhost:3030/callback").unwrap();
        let authorization = Url::parse(&server.uri()).unwrap().join("/oauth2/authorize").unwrap();
        let page = LoginPage { client_id: "client", callback: &callback };
        let http = http_client(true).unwrap();
        let patience = Backoff { limit: Duration::from_millis(500), ..Backoff::ON_LOOPBACK };
        patience.until(|| login_page_is_served(&http, &authorization, &page)).await
    }

    #[tokio::test]
    async fn tolerates_unavailable_login_pages_while_a_branding_spreads() {
        let server = hosted_login("/login?client_id=client", &[403, 403, 200]).await;
        assert_eq!(look_at(&server).await, Ok(()));
    }

    #[rstest]
    #[case::error_page("/error?error=redirect_mismatch", "login page /error answered 404 Not Found")]
    #[case::the_callback("http://localhost:3030/callback?error=invalid_request", "led to no login page")]
    #[case::never_available("/login?client_id=client", "login page /login answered 404 Not Found")]
    #[tokio::test]
    async fn says_what_was_served_in_place_of_the_login_page(#[case] location: &str, #[case] reason: &str) {
        let server = hosted_login(location, &[]).await;
        let why = look_at(&server).await.unwrap_err();
        assert!(why.contains(reason), "{why}");
    }

    #[tokio::test]
    async fn refuses_a_document_that_does_not_end() {
        let server = MockServer::start().await;
        let body = "x".repeat(LARGEST_DOCUMENT + 1);
        Mock::given(path("/")).respond_with(ResponseTemplate::new(200).set_body_string(body)).mount(&server).await;
        let answer = http_client(true).unwrap().get(server.uri()).send().await.unwrap();
        assert!(read_json(answer).await.unwrap_err().contains("longer than"));
    }
}
