//! A provisioned emulator with a clock that stands still.

use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_cognitoidentityprovider as idp;
use cognito_emulator::{Emulator, ManualClock, Settings};
use idp::operation::create_user_pool_client::builders::CreateUserPoolClientFluentBuilder as ClientBuilder;
use idp::types::{AttributeType, MessageActionType, OAuthFlowType, ResourceServerScopeType, UsernameAttributeType};
use idp::types::{PreventUserExistenceErrorTypes, UsernameConfigurationType};
use url::Url;

use crate::browser::{Answer, Browser, Request, Tokens};

pub(crate) const RESOURCE: &str = "http://localhost:8001/mcp";
pub(crate) const SCOPE: &str = "http://localhost:8001/mcp/notes.write";
pub(crate) const CALLBACK: &str = "http://localhost:3030/callback";
pub(crate) const LOGOUT: &str = "http://localhost:3030/logout";
pub(crate) const EMAIL: &str = "alice@example.com";
pub(crate) const PASSWORD: &str = "Correct-horse-7";

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
        Request::to(self.endpoint("/oauth2/authorize"))
            .with("response_type", "code")
            .with("client_id", &self.client.id)
            .with("redirect_uri", CALLBACK)
            .with("scope", "openid email")
            .with("state", "the state")
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
