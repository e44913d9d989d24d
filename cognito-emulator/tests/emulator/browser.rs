//! A browser without a window, and what it sends and gets.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use serde_json::Value;
use url::Url;

use crate::bench::CALLBACK;

/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An authorization request under construction.
#[derive(Clone)]
pub(crate) struct Request {
    endpoint: Url,
    parameters: Vec<(String, String)>,
}

impl Request {
    pub(crate) fn to(endpoint: Url) -> Self {
        Self { endpoint, parameters: Vec::new() }
    }

    /// Sets a parameter, in place of one of the same name.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// Adds a parameter beside one of the same name.
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(held, _)| held != name);
        self
    }

    pub(crate) fn with_pkce(self) -> Self {
        self.with("code_challenge", CHALLENGE).with("code_challenge_method", "S256")
    }

    pub(crate) fn url(&self) -> Url {
        let mut url = self.endpoint.clone();
        url.query_pairs_mut().extend_pairs(&self.parameters);
        url
    }
}

/// A client that follows no redirects and, whatever the environment says, no proxy.
pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

/// Cookies and no redirects.
pub(crate) struct Browser {
    http: reqwest::Client,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self { http: http(), cookies: BTreeMap::new() }
    }

    pub(crate) async fn get(&mut self, url: Url) -> Answer {
        let request = self.http.get(url.clone());
        self.send(url, request).await
    }

    pub(crate) async fn post(&mut self, url: Url, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(url.clone()).form(form);
        self.send(url, request).await
    }

    /// Opens an authorization request and fills in whatever login pages come.
    pub(crate) async fn sign_in(&mut self, request: &Request, username: &str, password: &str) -> Answer {
        let redirect = self.get(request.url()).await;
        let page = self.get(redirect.location()).await;
        let answer = self.submit(&page, &[("username", username), ("password", password)]).await;
        if answer.body.contains("Enter your password") {
            return self.submit(&answer, &[("password", password)]).await;
        }
        answer
    }

    /// Submits the form of a page: its hidden fields, and those of `typed` that the page shows.
    pub(crate) async fn submit(&mut self, page: &Answer, typed: &[(&str, &str)]) -> Answer {
        let hidden = page.hidden_fields();
        let shown = typed.iter().filter(|(name, _)| page.shows_field(name)).copied();
        let fields: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(shown).collect();
        self.post(page.form_action(), &fields).await
    }

    async fn send(&mut self, url: Url, request: reqwest::RequestBuilder) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("cookie", cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Answer { url, status, headers, body: answer.text().await.unwrap() }
    }
}

/// What came back.
pub(crate) struct Answer {
    url: Url,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.body))
    }

    pub(crate) fn location(&self) -> Url {
        assert_eq!(self.status, 302, "{}", self.body);
        self.url.join(self.headers.get(LOCATION).unwrap().to_str().unwrap()).unwrap()
    }

    /// A parameter of the redirect's query.
    pub(crate) fn redirected(&self, name: &str) -> Option<String> {
        self.location().query_pairs().find(|(held, _)| held == name).map(|(_, value)| value.into_owned())
    }

    pub(crate) fn code(&self) -> String {
        assert!(self.header("location").starts_with(CALLBACK), "{} {}", self.header("location"), self.body);
        self.redirected("code").expect("a code")
    }

    pub(crate) fn tokens(&self) -> Tokens {
        let member = |name: &str| self.json()[name].as_str().map(str::to_owned);
        Tokens { access: member("access_token").unwrap(), id: member("id_token"), refresh: member("refresh_token") }
    }

    pub(crate) fn alert(&self) -> Option<&str> {
        between(&self.body, r#"<div role="alert">"#, "</div>")
    }

    pub(crate) fn shows_field(&self, name: &str) -> bool {
        self.inputs().any(|input| input.contains(&format!(r#" name="{name}""#)) && !input.contains(r#"type="hidden""#))
    }

    fn form_action(&self) -> Url {
        let action = between(&self.body, r#"action=""#, "\"").unwrap_or_else(|| panic!("no form: {}", self.body));
        self.url.join(&action.replace("&amp;", "&")).unwrap()
    }

    fn hidden_fields(&self) -> Vec<(String, String)> {
        let hidden = self.inputs().filter(|input| input.contains(r#"type="hidden""#));
        let attribute = |input: &str, name: &str| between(input, &format!(r#" {name}=""#), "\"").unwrap().to_owned();
        hidden.map(|input| (attribute(input, "name"), attribute(input, "value"))).collect()
    }

    fn inputs(&self) -> impl Iterator<Item = &str> {
        self.body.split("<input").skip(1).filter_map(|rest| rest.split('>').next())
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(found, _)| found)
}

/// The tokens of one answer.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) id: Option<String>,
    pub(crate) refresh: Option<String>,
}

pub(crate) fn header_of(token: &str) -> Value {
    part(token, 0)
}

pub(crate) fn claims_of(token: &str) -> Value {
    part(token, 1)
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).expect("a JWS");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
