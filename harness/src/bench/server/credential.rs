//! A token and the place of a request where it is put: the right one, and those where servers look that look elsewhere too.

use crate::tokens::Token;
use crate::wire::{Presented, Request};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use http::{HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use url::Url;

/// The name that OAuth has for a token in a query, a form or a cookie (RFC 6750 §2.2).
const ACCESS_TOKEN: &str = "access_token";

/// Where in a request a token is put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// In the Authorization header field, behind this scheme and what separates it from the token.
    Header(String),
    /// In the query, in the parameter of this name, and nowhere else.
    Query(&'static str),
    /// In another header field, behind this text.
    Field(&'static str, &'static str),
    /// In a cookie.
    Cookie,
    /// In a member of the JSON content.
    JsonContent,
    /// In a form, which has the members of the JSON-RPC message as well.
    FormContent,
    /// As the password of Basic credentials.
    BasicPassword,
}

impl Placement {
    /// In the Authorization header field as `Bearer`, which is the only right place (OAuth 2.1 §5.1.1).
    #[must_use]
    pub fn bearer() -> Self {
        Self::Header("Bearer ".to_owned())
    }

    /// In the query, where OAuth 2.0 once allowed it (RFC 6750 §2.3).
    #[must_use]
    pub fn query() -> Self {
        Self::Query(ACCESS_TOKEN)
    }
}

/// A token and its place.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The token.
    pub token: Token,
    /// The place.
    pub placement: Placement,
}

impl Credential {
    /// A token as OAuth 2.1 §5.1.1 has it sent.
    #[must_use]
    pub fn bearer(token: Token) -> Self {
        Self { token, placement: Placement::bearer() }
    }

    /// Puts the token in its place.
    pub fn put_on(&self, request: &mut Request) {
        let raw = self.token.raw.expose_secret();
        match &self.placement {
            Placement::Header(scheme) => add(request, AUTHORIZATION, &format!("{scheme}{raw}")),
            Placement::Field(name, before) => {
                add(request, HeaderName::from_static(name), &format!("{before}{raw}"));
            }
            Placement::Cookie => add(request, COOKIE, &format!("{ACCESS_TOKEN}={raw}")),
            Placement::BasicPassword => {
                let credentials = BASE64_STANDARD.encode(format!("user:{raw}"));
                add(request, AUTHORIZATION, &format!("Basic {credentials}"));
            }
            Placement::Query(name) => {
                if let Ok(mut url) = Url::parse(&request.url) {
                    url.query_pairs_mut().append_pair(name, raw);
                    request.url = url.into();
                }
            }
            Placement::JsonContent => {
                if let Ok(Value::Object(mut message)) = serde_json::from_slice(&request.body) {
                    message.insert(ACCESS_TOKEN.to_owned(), raw.into());
                    request.body = Value::Object(message).to_string().into();
                }
            }
            Placement::FormContent => {
                let form = HeaderValue::from_static("application/x-www-form-urlencoded");
                request.body = as_form(&request.body, raw).into();
                request.headers.insert(CONTENT_TYPE, form);
            }
        }
        let name = self.token.name.clone();
        request.presented = Some(Presented { name, token: self.token.raw.clone() });
    }
}

fn add(request: &mut Request, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        request.headers.append(name, value);
    }
}

/// The members of a JSON-RPC message as form fields, and the token beside them.
fn as_form(message: &[u8], token: &str) -> String {
    let members = match serde_json::from_slice(message) {
        Ok(Value::Object(members)) => members,
        _ => serde_json::Map::new(),
    };
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in members {
        form.append_pair(&name, value.as_str().unwrap_or(&value.to_string()));
    }
    form.append_pair(ACCESS_TOKEN, token).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token_name::VALID;
    use http::Method;
    use rstest::rstest;

    const MESSAGE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

    fn placed(placement: Placement) -> Request {
        let mut request = Request::new("a request", Method::POST, "https://mcp.example/mcp").content(MESSAGE);
        Credential { token: Token { name: VALID, raw: "t.o.k".into() }, placement }.put_on(&mut request);
        request
    }

    #[rstest]
    #[case::bearer(Placement::bearer(), "authorization", "Bearer t.o.k")]
    #[case::bare(Placement::Header(String::new()), "authorization", "t.o.k")]
    #[case::basic(Placement::BasicPassword, "authorization", "Basic dXNlcjp0Lm8uaw==")]
    #[case::field(Placement::Field("x-api-key", ""), "x-api-key", "t.o.k")]
    #[case::cookie(Placement::Cookie, "cookie", "access_token=t.o.k")]
    fn a_token_stands_in_the_header_field_that_is_meant(
        #[case] placement: Placement,
        #[case] field: &str,
        #[case] value: &str,
    ) {
        let request = placed(placement);
        assert_eq!(request.headers.len(), 1);
        assert_eq!(request.headers.get(field).map(HeaderValue::as_bytes), Some(value.as_bytes()));
        assert_eq!(request.body, MESSAGE);
    }

    #[rstest]
    #[case::json(Placement::JsonContent, r#"{"jsonrpc":"2.0","id":1,"method":"ping","access_token":"t.o.k"}"#)]
    #[case::form(Placement::FormContent, "jsonrpc=2.0&id=1&method=ping&access_token=t.o.k")]
    fn a_token_stands_in_the_content_beside_the_message(#[case] placement: Placement, #[case] body: &str) {
        assert_eq!(placed(placement).body, body);
    }

    #[test]
    fn a_token_stands_in_the_query_under_the_name_that_is_meant() {
        assert_eq!(placed(Placement::Query("api_key")).url, "https://mcp.example/mcp?api_key=t.o.k");
    }
}
