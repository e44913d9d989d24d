//! Around an MCP client: a protected server, an authorization server and a user who logs in.

use super::Variation;
use super::facade::{Facade, is_authorization, is_redemption};
use crate::authority::HostedLogin;
use crate::catalogue::Revision;
use crate::judge::authorization::ClientFlow;
use crate::login::{LoginAttempt, LoginPages, UserCredentials};
use crate::sabotage::Saboteur;
use crate::wire::{Exchange, Recorder, Request, Route, Tap, Trace, Upstream};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use reference_client as client;
use secrecy::SecretString;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use url::Url;

/// What a client under test is told.
pub struct ClientJob {
    /// The MCP server to connect to.
    pub server: String,
    /// The revision to speak.
    pub revision: Revision,
    /// The client identifier it is registered with.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// The loopback listener behind its redirect URI.
    pub callback: std::net::TcpListener,
    /// The user, who logs in when the client sends them to the authorization server.
    pub user: Arc<HostedLogin>,
    /// How long the client may take.
    pub deadline: Duration,
}

/// A client under test.
pub trait ClientSubject: Send + Sync {
    /// Connects, logs in, lists the tools, calls one and disconnects.
    ///
    /// # Errors
    /// Says what the client complained about.
    fn run<'a>(&'a self, job: ClientJob) -> BoxFuture<'a, Result<(), String>>;
}

/// What is known of the client under judgement and played around it.
pub struct ClientBench {
    /// The client.
    pub subject: Box<dyn ClientSubject>,
    /// The user and the authorization server.
    pub user: Arc<HostedLogin>,
    /// The loopback listener behind the client's redirect URI, which the app client was registered with. Clients
    /// take turns with it.
    pub callback: tokio::sync::Mutex<std::net::TcpListener>,
}

/// One run of the client.
#[derive(Clone, Debug)]
pub struct ClientRun {
    /// Everything it sent and was answered.
    pub trace: Trace,
    /// The part that concerns the authorization server.
    pub flow: ClientFlow,
    /// The identifier of the resource it was to use.
    pub resource: String,
    /// The endpoint of the MCP server.
    pub endpoint: String,
}

/// The client bench at one variation.
pub struct ClientStage {
    bench: Arc<ClientBench>,
    variation: Variation,
    run: OnceCell<Result<(ClientRun, usize), String>>,
}

impl ClientStage {
    pub(super) fn new(bench: Arc<ClientBench>, variation: Variation) -> Self {
        Self { bench, variation, run: OnceCell::new() }
    }

    pub(super) fn changes(&self) -> usize {
        self.run.get().and_then(|run| run.as_ref().ok()).map_or(0, |(_, changes)| *changes)
    }

    /// Runs the client against an honest server and an honest authorization server, once.
    ///
    /// # Errors
    /// Says what the bench could not put up.
    pub async fn run(&self) -> Result<&ClientRun, &String> {
        self.run.get_or_init(|| self.perform()).await.as_ref().map(|(run, _)| run)
    }

    async fn perform(&self) -> Result<(ClientRun, usize), String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let recorder = Arc::new(Recorder::default());
        let saboteur = Arc::new(Saboteur { mutant: self.variation.mutant, ..Saboteur::default() });
        let pool = self.bench.user.pool.clone();

        let (front, authority_origin) = listen().await?;
        let facade = Facade::new(pool.clone(), authority_origin.clone());
        let facade_issuer = facade.issuer();
        let edit = Arc::clone(&saboteur) as Arc<dyn crate::wire::Edit>;
        let authority = Tap::start(
            "authorization server",
            front,
            authority_origin,
            Box::new(facade),
            Arc::clone(&edit),
            Arc::clone(&recorder),
        )
        .map_err(|error| text(&error))?;

        let (front, server_origin) = listen().await?;
        let resource = format!("{server_origin}/mcp");
        let (listener, behind) = listen().await?;
        let mut config = reference_server::Config::for_issuer(&resource, &pool.issuer, [pool.client_id.clone()])
            .map_err(|e| text(&e))?;
        config.jwks_uri = pool.endpoints.jwks_uri.clone();
        config.authorization_servers = vec![facade_issuer];
        let server = reference_server::Server::start(config, listener).await.map_err(|error| text(&error))?;
        let upstream = Box::new(Behind { front: server_origin.clone(), origin: behind });
        let tap = Tap::start("MCP server", front, server_origin, upstream, edit, Arc::clone(&recorder))
            .map_err(|error| text(&error))?;

        let ending = self.let_it_run(&resource).await;
        server.stop().await;
        let changes = authority.changes() + tap.changes();
        let trace = recorder.trace();
        let pick = |matches: fn(&Request) -> bool| -> Vec<Exchange> {
            trace.iter().filter(|exchange| matches(&exchange.request)).cloned().collect()
        };
        let flow = ClientFlow { authorization: pick(is_authorization), redemption: pick(is_redemption), ending };
        Ok((ClientRun { trace, flow, endpoint: resource.clone(), resource }, changes))
    }

    async fn let_it_run(&self, server: &str) -> String {
        let turn = self.bench.callback.lock().await;
        let callback = match turn.try_clone() {
            Ok(callback) => callback,
            Err(error) => return format!("the callback listener could not be handed over: {error}"),
        };
        let job = ClientJob {
            server: server.to_owned(),
            revision: self.variation.revision,
            client_id: self.bench.user.pool.client_id.clone(),
            client_secret: self.bench.user.pool.client_secret.clone(),
            callback,
            user: Arc::clone(&self.bench.user),
            deadline: self.bench.user.deadline,
        };
        match self.bench.subject.run(job).await {
            Ok(()) => "the client ended well".to_owned(),
            Err(complaint) => format!("the client said: {complaint}"),
        }
    }
}

async fn listen() -> Result<(TcpListener, String), String> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.and_then(|listener| {
        let port = listener.local_addr()?.port();
        Ok((listener, format!("http://localhost:{port}")))
    });
    bound.map_err(|error| format!("no free port on the loopback: {error}"))
}

/// The MCP server behind its tap, unchanged.
struct Behind {
    front: String,
    origin: String,
}

impl Upstream for Behind {
    fn route(&self, request: &Request) -> Route {
        Route::Onward(request.url.replacen(&self.front, &self.origin, 1))
    }
}

/// The reference client, in this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReferenceClient;

impl ClientSubject for ReferenceClient {
    fn run<'a>(&'a self, job: ClientJob) -> BoxFuture<'a, Result<(), String>> {
        async move {
            let deadline = job.deadline;
            match tokio::time::timeout(deadline, run_reference_client(job)).await {
                Ok(ending) => ending,
                Err(_) => Err(format!("not done within {} s", deadline.as_secs())),
            }
        }
        .boxed()
    }
}

async fn run_reference_client(job: ClientJob) -> Result<(), String> {
    let server = job.server.parse().map_err(|error: client::SettingsError| error.to_string())?;
    let redirect_uri = redirect_uri(&job.callback)?;
    let settings = client::Settings {
        registration: client::Registration::PreRegistered {
            client_id: job.client_id,
            client_secret: Some(job.client_secret),
        },
        callback: client::Callback::Listener(job.callback),
        protocol: Some(job.revision.as_str().parse().map_err(|error: client::SettingsError| error.to_string())?),
        login_timeout: job.deadline,
        // Every host it speaks to is played on this machine.
        http: client::HttpSettings { environment_proxies: false, ..client::HttpSettings::default() },
        ..client::Settings::new(server)
    };
    let user = Arc::new(User { login: job.user, redirect_uri, trouble: Mutex::default() });
    let outcome = use_server(settings, Arc::clone(&user)).await;
    let trouble = user.trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
    match trouble {
        Some(trouble) => Err(trouble),
        None => outcome,
    }
}

async fn use_server(settings: client::Settings, user: Arc<User>) -> Result<(), String> {
    let session = client::connect(settings, user).await.map_err(|error| error.to_string())?;
    let tools = session.list_tools().await.map_err(|error| error.to_string())?;
    let tool = tools.iter().find(|tool| tool.name == "get_time").ok_or("the server lists no tool get_time")?;
    let answer = session.call_tool(&tool.name, serde_json::Map::new()).await.map_err(|error| error.to_string())?;
    session.close().await;
    if answer.is_error { Err("the tool failed".to_owned()) } else { Ok(()) }
}

fn redirect_uri(listener: &std::net::TcpListener) -> Result<Url, String> {
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    Url::parse(&format!("http://localhost:{port}/callback")).map_err(|error| error.to_string())
}

/// Logs in when the client opens its authorization URL.
struct User {
    login: Arc<HostedLogin>,
    redirect_uri: Url,
    trouble: Mutex<Option<String>>,
}

impl client::Browser for User {
    fn open<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<(), client::OpenError>> {
        async move {
            let user = &self.login.pool.user;
            let credentials = UserCredentials { username: user.username.clone(), password: user.password.clone() };
            let login = LoginAttempt {
                authorization_url: url,
                redirect_uri: &self.redirect_uri,
                credentials: &credentials,
                pages: &LoginPages::default(),
                lang: self.login.lang.as_deref(),
                deadline: self.login.deadline,
                screenshot: None,
            };
            if let Err(error) = self.login.login_method.login(&login).await {
                let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
                *trouble = Some(format!("the hosted login failed: {error}"));
                return Err(client::OpenError::Other(error.to_string()));
            }
            Ok(())
        }
        .boxed()
    }
}
