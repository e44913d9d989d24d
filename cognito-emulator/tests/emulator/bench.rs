//! A provisioned emulator with a clock that stands still, and a browser without a window.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_cognitoidentityprovider as idp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_emulator::{Emulator, ManualClock, Settings};
use idp::operation::create_user_pool_client::builders::CreateUserPoolClientFluentBuilder as ClientBuilder;
use idp::types::{AttributeType, MessageActionType, OAuthFlowType, ResourceServerScopeType, UsernameAttributeType};
use idp::types::{PreventUserExistenceErrorTypes, UsernameConfigurationType};
use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use serde_json::Value;
use url::Url;

pub(crate) const RESOURCE: &str = "http://localhost:8001/mcp";
pub(crate) const SCOPE: &str = "http://localhost:8001/mcp/notes.write";
pub(crate) const CALLBACK: &str = "http://localhost:3030/callback";
pub(crate) const LOGOUT: &str = "http://localhost:3030/logout";
pub(crate) const EMAIL: &str = "alice@example.com";
pub(crate) const PASSWORD: &str = "Correct-horse-7";
/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) clock: ManualClock,
    pub(crate) idp: idp::Client,
    pub(crate) pool: String,
    pub(crate) client: AppClient,
}

#[derive(Clone)]
pub(crate) struct AppClient {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
}

/// An emulator without a pool, and the SDK that talks to it.
pub(crate) async fn empty(settings: Settings) -> (Emulator, idp::Client) {
    let emulator = Emulator::start(settings).await.unwrap();
    let idp = sdk(emulator.api_url().as_str());
    (emulator, idp)
}

pub(crate) fn sdk(endpoint: &str) -> idp::Client {
    let config = idp::Config::builder()
        .behavior_version(idp::config::BehaviorVersion::latest())
        .region(idp::config::Region::new("us-east-1"))
        .credentials_provider(idp::config::Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
        .build();
    idp::Client::from_conf(config)
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(Settings::default(), 2, |client| client).await
    }

    pub(crate) async fn client_with(configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        Self::with(Settings::default(), 2, configure).await
    }

    /// Provisions in the order that works on AWS. `managed_login_version` 1 is the classic hosted UI.
    pub(crate) async fn with(
        mut settings: Settings,
        managed_login_version: i32,
        configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let clock = ManualClock::starting_at(UNIX_EPOCH + Duration::from_secs(1_795_000_000));
        settings.clock = clock.clock();
        let (emulator, idp) = empty(settings).await;
        let pool = create_pool(&idp).await;
        create_resource_server(&idp, &pool).await;
        let client = create_client(&idp, &pool, configure).await;
        brand(&idp, &pool, &client).await;
        idp.create_user_pool_domain()
            .user_pool_id(&pool)
            .domain("mcp-test-domain")
            .managed_login_version(managed_login_version)
            .send()
            .await
            .unwrap();
        create_user(&idp, &pool, EMAIL).await;
        Self { emulator, clock, idp, pool, client }
    }

    pub(crate) fn domain(&self) -> Url {
        self.emulator.domain_url(&self.pool).expect("the pool has a domain")
    }

    pub(crate) fn endpoint(&self, path: &str) -> Url {
        self.domain().join(path).unwrap()
    }

    /// An authorization request of the bench's client that succeeds.
    pub(crate) fn request(&self) -> Request {
        let parameters = [
            ("response_type", "code"),
            ("client_id", &self.client.id),
            ("redirect_uri", CALLBACK),
            ("scope", "openid email"),
            ("state", "the state"),
        ];
        Request {
            endpoint: self.endpoint("/oauth2/authorize"),
            parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        }
    }

    /// A token request of the bench's client that succeeds, for a code.
    pub(crate) fn code_form<'a>(&'a self, code: &'a str) -> Vec<(&'a str, &'a str)> {
        self.authenticated(vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)])
    }

    pub(crate) fn refresh_form<'a>(&'a self, token: &'a str) -> Vec<(&'a str, &'a str)> {
        self.authenticated(vec![("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    /// The form with the client's credentials in it (`client_secret_post`, or the id alone for a public client).
    pub(crate) fn authenticated<'a>(&'a self, mut form: Vec<(&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
        form.push(("client_id", &self.client.id));
        if let Some(secret) = &self.client.secret {
            form.push(("client_secret", secret));
        }
        form
    }

    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Answer {
        Browser::new().post(self.endpoint("/oauth2/token"), form).await
    }

    /// A code for a request, by way of the login page.
    pub(crate) async fn code(&self, request: &Request) -> String {
        Browser::new().sign_in(request, EMAIL, PASSWORD).await.code()
    }

    /// Tokens for a request, by way of the login page.
    pub(crate) async fn tokens(&self, request: &Request) -> Tokens {
        let code = self.code(request).await;
        let answer = self.token(&self.code_form(&code)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.tokens()
    }
}

async fn create_pool(idp: &idp::Client) -> String {
    let insensitive = UsernameConfigurationType::builder().case_sensitive(false).build().unwrap();
    let answer = idp
        .create_user_pool()
        .pool_name("mcp-test")
        .username_attributes(UsernameAttributeType::Email)
        .username_configuration(insensitive)
        .send()
        .await
        .unwrap();
    answer.user_pool.unwrap().id.unwrap()
}

async fn create_resource_server(idp: &idp::Client, pool: &str) {
    let scope =
        ResourceServerScopeType::builder().scope_name("notes.write").scope_description("Write notes").build().unwrap();
    idp.create_resource_server()
        .user_pool_id(pool)
        .identifier(RESOURCE)
        .name("MCP Server")
        .scopes(scope)
        .send()
        .await
        .unwrap();
}

/// A confidential client unless `configure` says otherwise.
pub(crate) async fn create_client(
    idp: &idp::Client,
    pool: &str,
    configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> AppClient {
    let builder = idp
        .create_user_pool_client()
        .user_pool_id(pool)
        .client_name("mcp-client")
        .generate_secret(true)
        .allowed_o_auth_flows_user_pool_client(true)
        .allowed_o_auth_flows(OAuthFlowType::Code)
        .set_allowed_o_auth_scopes(Some(["openid", "email", "profile", SCOPE].map(str::to_owned).to_vec()))
        .supported_identity_providers("COGNITO")
        .callback_urls(CALLBACK)
        .logout_urls(LOGOUT)
        .prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled);
    let client = configure(builder).send().await.unwrap().user_pool_client.unwrap();
    AppClient { id: client.client_id.unwrap(), secret: client.client_secret }
}

pub(crate) async fn brand(idp: &idp::Client, pool: &str, client: &AppClient) {
    let builder = idp.create_managed_login_branding().user_pool_id(pool).client_id(&client.id);
    builder.use_cognito_provided_values(true).send().await.unwrap();
}

/// A confirmed user; returns the `sub`.
pub(crate) async fn create_user(idp: &idp::Client, pool: &str, email: &str) -> String {
    let attribute = |name: &str, value: &str| AttributeType::builder().name(name).value(value).build().unwrap();
    let created = idp
        .admin_create_user()
        .user_pool_id(pool)
        .username(email)
        .message_action(MessageActionType::Suppress)
        .user_attributes(attribute("email", email))
        .user_attributes(attribute("email_verified", "true"))
        .user_attributes(attribute("name", "Alice"))
        .send()
        .await
        .unwrap();
    idp.admin_set_user_password()
        .user_pool_id(pool)
        .username(email)
        .password(PASSWORD)
        .permanent(true)
        .send()
        .await
        .unwrap();
    created.user.unwrap().username.unwrap()
}

/// An authorization request under construction.
#[derive(Clone)]
pub(crate) struct Request {
    endpoint: Url,
    parameters: Vec<(String, String)>,
}

impl Request {
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

/// Cookies and no redirects.
pub(crate) struct Browser {
    http: reqwest::Client,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, cookies: BTreeMap::new() }
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
