//! The reference client as a subject, in this process.

use super::scene::Step;
use super::subject::{ClientJob, ClientSubject, Registration};
use super::user::User;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use reference_client as client;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// The tool that it calls.
const TOOL: &str = "get_time";

/// The reference client, in this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReferenceClient;

impl ClientSubject for ReferenceClient {
    fn run(&self, job: ClientJob) -> BoxFuture<'_, Result<(), String>> {
        async move {
            let deadline = job.deadline;
            match tokio::time::timeout(deadline, run(job)).await {
                Ok(ending) => ending,
                Err(_) => Err(format!("not done within {} s", deadline.as_secs())),
            }
        }
        .boxed()
    }
}

async fn run(job: ClientJob) -> Result<(), String> {
    let port = job.callback.local_addr().map_err(text)?.port();
    let redirect_uri = Url::parse(&format!("http://localhost:{port}/callback")).map_err(text)?;
    let user = Arc::new(Browser { user: job.user.clone(), redirect_uri, trouble: Mutex::default() });
    let outcome = perform(&job, &user).await;
    let trouble = user.trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
    match trouble {
        Some(trouble) => Err(trouble),
        None => outcome,
    }
}

async fn perform(job: &ClientJob, user: &Arc<Browser>) -> Result<(), String> {
    let mut session = None;
    let mut tools = Vec::new();
    for step in job.steps {
        match (step, &session) {
            (Step::Connect(place), _) => {
                close(session.take()).await;
                let url = place.of(&job.servers).ok_or("there is no such server")?;
                let browser = Arc::clone(user);
                session = Some(client::connect(settings(job, url)?, browser).await.map_err(text)?);
            }
            (Step::List, Some(session)) => tools = session.list_tools().await.map_err(text)?,
            (Step::Call, Some(session)) => call(session, &tools).await?,
            (Step::List | Step::Call, None) => return Err("not connected".to_owned()),
        }
    }
    close(session).await;
    Ok(())
}

async fn call(session: &client::Session, tools: &[client::ToolSummary]) -> Result<(), String> {
    let tool = tools.iter().find(|tool| tool.name == TOOL).ok_or("the server lists no tool get_time")?;
    let answer = session.call_tool(&tool.name, serde_json::Map::new()).await.map_err(text)?;
    if answer.is_error { Err("the tool failed".to_owned()) } else { Ok(()) }
}

async fn close(session: Option<client::Session>) {
    if let Some(session) = session {
        session.close().await;
    }
}

fn settings(job: &ClientJob, url: &str) -> Result<client::Settings, String> {
    let callback = job.callback.try_clone().map_err(text)?;
    Ok(client::Settings {
        registration: registration(&job.registration)?,
        callback: client::Callback::Listener(callback),
        protocol: Some(job.revision.as_str().parse().map_err(|error: client::SettingsError| text(error))?),
        login_timeout: job.deadline,
        // Every host it speaks to is played on this machine.
        http: client::HttpSettings { environment_proxies: false, ..client::HttpSettings::default() },
        ..client::Settings::new(url.parse().map_err(|error: client::SettingsError| text(error))?)
    })
}

fn registration(told: &Registration) -> Result<client::Registration, String> {
    Ok(match told {
        Registration::PreRegistered { client_id, client_secret, issuer } => client::Registration::PreRegistered {
            client_id: client_id.clone(),
            client_secret: Some(client_secret.clone()),
            issuer: issuer.parse().map_err(|error: client::IssuerError| text(error))?,
        },
        Registration::Dynamic => client::Registration::Dynamic,
    })
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Has the user visit what the client opens, and keeps what was in the way.
struct Browser {
    user: User,
    redirect_uri: Url,
    trouble: Mutex<Option<String>>,
}

impl client::Browser for Browser {
    fn open<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<(), client::OpenError>> {
        async move {
            self.user.visit(url, &self.redirect_uri).await.map_err(|trouble| {
                *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble.clone());
                client::OpenError::Other(trouble)
            })
        }
        .boxed()
    }
}
