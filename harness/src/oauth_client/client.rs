//! The harness as a client of an authorization server: what it knows of the server, as what it is registered there, and
//! what it makes of an answer of the token endpoint.

use crate::wire::{Exchange, Purpose, Request};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

/// What a client has to know of an authorization server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationServer {
    /// The issuer identifier.
    pub issuer: String,
    /// The authorization endpoint, if it has one.
    pub authorization_endpoint: Option<Url>,
    /// The token endpoint.
    pub token_endpoint: Url,
    /// How clients may authenticate, if it says so (RFC 8414 §2).
    pub authentication_methods: Option<Vec<String>>,
    /// Whether it promises `iss` in authorization responses (RFC 9207 §3).
    pub promises_iss: bool,
    /// Whether it says that it supports PKCE with S256.
    pub announces_s256: bool,
}

/// How a client authenticates at the token endpoint (RFC 7591 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum ClientAuthentication {
    /// By HTTP Basic credentials.
    #[serde(rename = "client_secret_basic")]
    Basic,
    /// In the content of the request.
    #[serde(rename = "client_secret_post")]
    Post,
    /// Not at all: a public client.
    #[serde(rename = "none")]
    None,
}

/// As what a client is registered.
#[derive(Clone, Debug)]
pub struct OAuthClient {
    /// The client identifier.
    pub id: String,
    /// The client secret of a confidential client.
    pub secret: Option<SecretString>,
    /// How it authenticates.
    pub authentication: ClientAuthentication,
}

impl OAuthClient {
    /// A client with this secret, which authenticates as the server lets it: by HTTP Basic where the server does not say,
    /// which is the default of RFC 8414 §2.
    #[must_use]
    pub fn registered(id: String, secret: Option<SecretString>, server: &AuthorizationServer) -> Self {
        let accepted = |method: &str| match &server.authentication_methods {
            Some(methods) => methods.iter().any(|known| known == method),
            None => method == "client_secret_basic",
        };
        let authentication = match &secret {
            None => ClientAuthentication::None,
            Some(_) if !accepted("client_secret_basic") && accepted("client_secret_post") => ClientAuthentication::Post,
            Some(_) => ClientAuthentication::Basic,
        };
        Self { id, secret, authentication }
    }

    /// A request to the token endpoint with these parameters, authenticated.
    #[must_use]
    pub fn token_request(&self, purpose: impl Into<Purpose>, endpoint: &Url, parameters: &[(&str, &str)]) -> Request {
        let mut form = Serializer::new(String::new());
        form.extend_pairs(parameters);
        let request = Request::new(purpose, Method::POST, endpoint.as_str())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let secret = self.secret.as_ref().map(|secret| secret.expose_secret()).unwrap_or_default();
        if self.authentication == ClientAuthentication::Basic {
            let request = request.content(form.finish());
            return match HeaderValue::from_str(&basic(&self.id, secret)) {
                Ok(value) => request.header(AUTHORIZATION, value),
                Err(_) => request,
            };
        }
        form.append_pair("client_id", &self.id);
        if self.authentication == ClientAuthentication::Post {
            form.append_pair("client_secret", secret);
        }
        request.content(form.finish())
    }
}

/// HTTP Basic credentials of a client: both parts are form-encoded first (RFC 6749 §2.3.1).
fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret))))
}

/// The tokens of one answer.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access: SecretString,
    /// The ID token, if there is one.
    pub id: Option<SecretString>,
    /// The refresh token, if there is one.
    pub refresh: Option<SecretString>,
    /// The scopes, where the answer names them; otherwise they are those that were asked for (RFC 6749 §5.1).
    pub scope: Option<String>,
}

/// Why an answer of the token endpoint brings no token that could be presented.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No HTTP answer.
    #[error("the token endpoint {endpoint} gives no answer: {failure}")]
    Silent {
        /// The endpoint.
        endpoint: String,
        /// What happened instead.
        failure: String,
    },
    /// An error response (RFC 6749 §5.2).
    #[error("the token endpoint {endpoint} refuses with {error}{description} (HTTP {status})")]
    Refused {
        /// The endpoint.
        endpoint: String,
        /// The status.
        status: u16,
        /// The error code.
        error: String,
        /// Its description, in parentheses, or nothing.
        description: String,
    },
    /// No token response.
    #[error("the token endpoint {endpoint} answers HTTP {status} without an access_token")]
    NoToken {
        /// The endpoint.
        endpoint: String,
        /// The status.
        status: u16,
    },
    /// A token that is presented in another way.
    #[error("the token endpoint {endpoint} issues tokens of the type `{kind}`; only Bearer can be presented here")]
    NotBearer {
        /// The endpoint.
        endpoint: String,
        /// The type.
        kind: String,
    },
}

impl Tokens {
    /// The tokens in the answer to a token request.
    ///
    /// # Errors
    /// When there is none, or it is no bearer token.
    pub fn read(exchange: &Exchange) -> Result<Self, TokenError> {
        let endpoint = exchange.request.url.clone();
        let response = match &exchange.answer {
            Ok(response) => response,
            Err(failure) => return Err(TokenError::Silent { endpoint, failure: failure.to_string() }),
        };
        let status = response.status;
        let Some(Value::Object(document)) = response.json() else {
            return Err(TokenError::NoToken { endpoint, status });
        };
        if let Some(error) = text(&document, "error") {
            let description = text(&document, "error_description").map(|text| format!(" ({text})")).unwrap_or_default();
            return Err(TokenError::Refused { endpoint, status, error: error.to_owned(), description });
        }
        let access = text(&document, "access_token").filter(|token| !token.is_empty() && response.is_success());
        let Some(access) = access else { return Err(TokenError::NoToken { endpoint, status }) };
        if let Some(kind) = text(&document, "token_type").filter(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(TokenError::NotBearer { endpoint, kind: kind.to_owned() });
        }
        let secret = |name: &str| text(&document, name).map(SecretString::from);
        Ok(Self {
            access: SecretString::from(access),
            id: secret("id_token"),
            refresh: secret("refresh_token"),
            scope: text(&document, "scope").map(str::to_owned),
        })
    }
}

fn text<'d>(document: &'d Map<String, Value>, name: &str) -> Option<&'d str> {
    document.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wire::Response;
    use http::HeaderMap;
    use rstest::rstest;
    use std::time::Duration;

    fn server(methods: Option<&[&str]>) -> AuthorizationServer {
        AuthorizationServer {
            issuer: "https://as.example".to_owned(),
            authorization_endpoint: None,
            token_endpoint: Url::parse("https://as.example/token").unwrap(),
            authentication_methods: methods.map(|methods| methods.iter().map(|&method| method.to_owned()).collect()),
            promises_iss: false,
            announces_s256: true,
        }
    }

    #[rstest]
    #[case(None, ClientAuthentication::Basic)]
    #[case(Some(&["client_secret_post", "client_secret_basic"][..]), ClientAuthentication::Basic)]
    #[case(Some(&["none", "client_secret_post"][..]), ClientAuthentication::Post)]
    #[case(Some(&["private_key_jwt"][..]), ClientAuthentication::Basic)]
    fn authenticates_as_the_metadata_says(#[case] methods: Option<&[&str]>, #[case] expected: ClientAuthentication) {
        let client = |secret: Option<&str>| {
            OAuthClient::registered("c".to_owned(), secret.map(SecretString::from), &server(methods)).authentication
        };
        assert_eq!(client(Some("s")), expected);
        assert_eq!(client(None), ClientAuthentication::None);
    }

    #[test]
    fn puts_the_secret_where_it_belongs() {
        let request = |authentication| {
            let client = OAuthClient { id: "a:b".to_owned(), secret: Some("s&".into()), authentication };
            client.token_request("a token", &server(None).token_endpoint, &[("grant_type", "client_credentials")])
        };

        let basic = request(ClientAuthentication::Basic);
        let credentials = basic.headers[AUTHORIZATION].to_str().unwrap().strip_prefix("Basic ").unwrap().to_owned();
        assert_eq!(BASE64_STANDARD.decode(credentials).unwrap(), b"a%3Ab:s%26");
        assert_eq!(basic.form("client_secret"), Vec::<String>::new());
        let post = request(ClientAuthentication::Post);
        assert_eq!((post.form("client_id"), post.form("client_secret")), (vec!["a:b".into()], vec!["s&".into()]));
        let none = request(ClientAuthentication::None);
        assert_eq!((none.form("client_id"), none.form("client_secret")), (vec!["a:b".into()], vec![]));
    }

    fn answered(status: u16, body: &str) -> Exchange {
        let response = Response { status, headers: HeaderMap::new(), body: body.to_owned().into(), truncated: false };
        let request = Request::new("a token", Method::POST, "https://as.example/token");
        Exchange { number: 0, request, answer: Ok(response), honest: None, took: Duration::ZERO }
    }

    #[rstest]
    #[case(
        400,
        r#"{"error":"invalid_client","error_description":"who?"}"#,
        "refuses with invalid_client (who?) (HTTP 400)"
    )]
    #[case(200, r#"{"error":"bad_verification_code"}"#, "refuses with bad_verification_code (HTTP 200)")]
    #[case(200, "{}", "HTTP 200 without an access_token")]
    #[case(200, r#"{"access_token":""}"#, "without an access_token")]
    #[case(200, r#"{"access_token":7}"#, "without an access_token")]
    #[case(502, "<h1>Bad gateway</h1>", "HTTP 502 without an access_token")]
    #[case(200, r#"{"access_token":"t","token_type":"DPoP"}"#, "of the type `DPoP`")]
    fn says_why_there_is_no_token(#[case] status: u16, #[case] body: &str, #[case] words: &str) {
        let error = Tokens::read(&answered(status, body)).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }

    #[test]
    fn reads_all_tokens_of_an_answer() {
        let body = r#"{"access_token":"a","token_type":"bearer","id_token":"i","refresh_token":"r","scope":"x y"}"#;
        let tokens = Tokens::read(&answered(200, body)).unwrap();
        assert_eq!(tokens.access.expose_secret(), "a");
        assert!(tokens.id.is_some() && tokens.refresh.is_some());
        assert_eq!(tokens.scope.as_deref(), Some("x y"));
    }
}
