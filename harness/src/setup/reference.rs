//! Raising: the user pool, the reference server, and the benches around each role.

use super::throwaway::UserPools;
use super::{Ground, Place, SetupError};
use crate::bench::{AuthorityBench, Bench, Canary, ClientBench, KeyDelay, KeySet, ReferenceClient, ServerBench};
use crate::catalogue::Role;
use crate::cognito::{Pool, provision};
use crate::declared::{Capabilities, Capability, Effect, ScopedOperation, Subject};
use crate::login::CallbackListener;
use crate::mcp::ToolCall;
use crate::oauth_client::HostedLogin;
use crate::tokens::{Authority, PoolAuthority};
use crate::wire::{Limits, Sender};
use cognito_emulator::TokenUse;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use url::Url;

/// How long one hosted login may take.
const LOGIN_DEADLINE: Duration = Duration::from_secs(60);
/// The scope that every request to the reference server needs.
const BASE_SCOPE: &str = "openid";

/// For how long the reference server uses keys before it asks for them again. Short, because a scenario waits for it.
const KEY_AGE: Duration = Duration::from_secs(1);

/// How long a scenario waits until a new key works, or a withdrawn one does not.
const KEY_PATIENCE: Duration = Duration::from_secs(5);

/// A bench, and what keeps it up.
pub struct Raised {
    /// The bench.
    pub bench: Bench,
    /// What the subjects are, by role.
    pub subjects: BTreeMap<Role, String>,
    /// Where tokens come from.
    pub authority: String,
    /// Logs in at the user pool.
    pub login: HostedLogin,
    /// Where the screenshot of the login page is, once a browser has been there.
    pub screenshot: PathBuf,
    /// What must not appear in any output.
    pub secrets: Vec<SecretString>,
    server: reference_server::Running,
    _callback: CallbackListener,
}

impl Raised {
    /// Stops what runs in this process.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

impl Ground {
    /// Provisions a user pool and raises a bench around each role on it.
    ///
    /// # Errors
    /// The first thing that cannot be had. [`Ground::dismantle`] removes what was made until then.
    pub async fn raise(&self) -> Result<Raised, SetupError> {
        let system = |what| move |source| SetupError::System { what, source };
        let pool = provision(&self.account, &self.blueprint, &self.journal).await?;
        let own_callback = self.own_callback.try_clone().and_then(TcpListener::from_std);
        let callback = own_callback.and_then(CallbackListener::on).map_err(system("the callback listener"))?;
        let login = self.login(&pool, &callback)?;
        let screenshot = login.screenshot.clone().unwrap_or_default();
        // One of an earlier run would pass for one of this run.
        let _ = std::fs::remove_file(&screenshot);
        let trusted = self.emulator.as_ref().and_then(|emulator| emulator.signing_key(&pool.id, TokenUse::Access));
        let trusted = trusted.map(|key| key.encoding_key().clone());
        let authority = Arc::new(PoolAuthority::new(login.clone(), trusted, self.describe_authority()));
        let keys = KeySet::before(pool.endpoints.jwks_uri.clone(), KeyDelay::Declared(KEY_PATIENCE)).await?;
        let server = self.start_server(&pool, &keys).await?;
        let client_callback = self.client_callback.try_clone().map_err(system("the client's callback listener"))?;
        let bench = Bench {
            server: Some(Arc::new(ServerBench {
                keys: Some(keys),
                canary: Some(Canary::start().await?),
                ..server_bench(&pool, Arc::clone(&authority), login.sender.clone())
            })),
            client: Some(Arc::new(ClientBench {
                subject: Box::new(ReferenceClient),
                user: Arc::new(HostedLogin { screenshot: None, ..login.clone() }),
                callback: tokio::sync::Mutex::new(client_callback),
            })),
            authority: Some(Arc::new(self.authority_bench(&login))),
        };
        Ok(Raised {
            bench,
            subjects: subjects(&pool),
            authority: authority.describe(),
            login,
            screenshot,
            secrets: secrets(&pool),
            server,
            _callback: callback,
        })
    }

    fn login(&self, pool: &Pool, callback: &CallbackListener) -> Result<HostedLogin, SetupError> {
        Ok(HostedLogin {
            pool: pool.clone(),
            login_method: self.login_method.clone(),
            redirect_uri: callback.redirect_uri().clone(),
            screenshot: Some(self.settings.out.join("login.png")),
            lang: self.account.endpoint_url().is_none().then(|| "en".to_owned()),
            deadline: LOGIN_DEADLINE,
            sender: Sender::new(Limits::default())?,
        })
    }

    fn authority_bench(&self, login: &HostedLogin) -> AuthorityBench {
        let pools = UserPools {
            account: self.account.clone(),
            journals: Arc::clone(&self.journals),
            resource: login.pool.resource.clone(),
            callback: login.redirect_uri.clone(),
        };
        AuthorityBench {
            flow: login.code_flow(),
            resource: Some(login.pool.resource.clone()),
            throwaway: Some(Box::new(pools)),
        }
    }

    fn describe_authority(&self) -> String {
        match (&self.settings.place, self.account.endpoint_url()) {
            (Place::Emulator, _) => "embedded Cognito emulator".to_owned(),
            (_, Some(endpoint)) => format!("Cognito at {endpoint}"),
            (_, None) => format!("Amazon Cognito in {}", self.account.region()),
        }
    }

    async fn start_server(&self, pool: &Pool, keys: &KeySet) -> Result<reference_server::Running, SetupError> {
        let mut config = reference_server::Config::for_issuer(&pool.resource, &pool.issuer, [pool.client_id.clone()])
            .map_err(|error| SetupError::Server(error.to_string()))?;
        config.jwks_uri = keys.url().clone();
        config.key_max_age = KEY_AGE;
        config.key_refetch_interval = KEY_AGE;
        let listener = self.server.try_clone().and_then(TcpListener::from_std);
        let listener = listener.map_err(|source| SetupError::System { what: "the server's listener", source })?;
        reference_server::Server::start(config, listener).await.map_err(|error| SetupError::Server(error.to_string()))
    }
}

fn server_bench(pool: &Pool, authority: Arc<PoolAuthority>, sender: Sender) -> ServerBench {
    let subject = reference_server_subject(pool);
    ServerBench {
        endpoint: pool.resource.clone(),
        target: pool.resource.clone(),
        authority,
        sender,
        tool: tool("get_time", serde_json::json!({})),
        capabilities: capabilities(),
        effect: subject.effect.clone(),
        subject,
        answered_without_token: Vec::new(),
        keys: None,
        third_party: None,
        canary: None,
    }
}

fn secrets(pool: &Pool) -> Vec<SecretString> {
    let passwords = std::iter::once(&pool.user).chain(&pool.second_user).map(|user| user.password.clone());
    passwords.chain([pool.client_secret.clone()]).collect()
}

/// What the reference server has not, and what shows the rest.
fn capabilities() -> Capabilities {
    use Capability::*;
    Capabilities {
        lacks: BTreeSet::from([StateHandles, RequestState, Tasks, Elicitation, Upstream, ConsentProxy, Dpop]),
        whoami: Some(tool("whoami", serde_json::json!({}))),
        ..Capabilities::default()
    }
}

/// What whoever runs the reference server would declare of it.
fn reference_server_subject(pool: &Pool) -> Subject {
    let write = tool("add_note", serde_json::json!({ "text": "{marker}" }));
    let origin = Url::parse(&pool.resource).map(|url| url.origin().ascii_serialization());
    Subject {
        name: Some("reference-server".to_owned()),
        resource: Some(pool.resource.clone()),
        protected: Some(tool("get_time", serde_json::json!({}))),
        effect: Some(Effect { call: write.clone(), read: tool("list_notes", serde_json::json!({})) }),
        operations: vec![ScopedOperation {
            name: "writing a note".to_owned(),
            call: write,
            scopes: vec![BASE_SCOPE.to_owned(), format!("{}/notes.write", pool.resource)],
        }],
        base_scopes: vec![BASE_SCOPE.to_owned()],
        allowed_origins: Some(origin.into_iter().collect()),
        ..Subject::default()
    }
}

fn tool(name: &str, arguments: serde_json::Value) -> ToolCall {
    ToolCall { name: name.to_owned(), arguments: arguments.as_object().cloned().unwrap_or_default() }
}

fn subjects(pool: &Pool) -> BTreeMap<Role, String> {
    BTreeMap::from([
        (Role::Server, format!("reference-server at {}", pool.resource)),
        (Role::Client, "reference-client in this process".to_owned()),
        (Role::Authority, pool.issuer.clone()),
    ])
}
