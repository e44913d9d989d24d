//! The contract of conformance suites with a client under test: the variables `MCP_CONFORMANCE_*`, the server URL as last
//! argument, no user. The authorization endpoint approves at once, so its redirects are followed here.
//!
//! Credentials of the context belong to its `issuer`. The official suite gives `client_id` and `client_secret` only: they
//! belong to the first issuer they are used with, for the life of the process, and the log says which one that is.

use std::time::Duration;

use futures::future::BoxFuture;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::{
    browser::{Browser, OpenError},
    fetch::{causes, client_builder},
    issuer::{Issuer, IssuerError},
    session::{CallError, Session, ToolSummary},
    settings::{HttpSettings, Registration, Revision},
};

/// Nobody types a password: what takes longer than this has gone wrong.
pub(crate) const LOGIN_TIMEOUT: Duration = Duration::from_secs(15);

/// Redirects between the authorization endpoint and the callback.
const MAX_HOPS: usize = 10;

/// What the variables say.
#[derive(Debug)]
pub struct Contract {
    /// The revision to speak; `None` when the suite leaves it open or names one this client does not know.
    pub protocol: Option<Revision>,
    /// Client credentials of the scenario.
    pub registration: Option<Registration>,
}

#[derive(Default, Deserialize)]
struct Context {
    client_id: Option<String>,
    client_secret: Option<String>,
    issuer: Option<String>,
}

/// Why the context cannot be used. Its text may hold a secret and is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    /// Not of the expected form.
    #[error("MCP_CONFORMANCE_CONTEXT is not a JSON object with string members client_id, client_secret and issuer")]
    Form,
    /// The issuer that the credentials belong to.
    #[error("`issuer` of MCP_CONFORMANCE_CONTEXT: {0}")]
    Issuer(#[from] IssuerError),
}

impl Context {
    fn registration(self) -> Result<Option<Registration>, IssuerError> {
        let issuer = self.issuer.map(|issuer| issuer.parse::<Issuer>()).transpose()?;
        let client_secret = self.client_secret.map(SecretString::from);
        Ok(self.client_id.map(|client_id| match issuer {
            Some(issuer) => Registration::PreRegistered { client_id, client_secret, issuer },
            None => Registration::TrustOnFirstUse { client_id, client_secret },
        }))
    }
}

impl Contract {
    /// The contract, if any of its variables is set.
    ///
    /// # Errors
    /// When the context cannot be read.
    pub fn from_variables(set: &impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ContextError> {
        let protocol = set("MCP_CONFORMANCE_PROTOCOL_VERSION");
        let context = set("MCP_CONFORMANCE_CONTEXT");
        if protocol.is_none() && context.is_none() && set("MCP_CONFORMANCE_SCENARIO").is_none() {
            return Ok(None);
        }
        let context: Context = context
            .map_or(Ok(Context::default()), |text| serde_json::from_str(&text))
            .map_err(|_| ContextError::Form)?;
        let registration = context.registration()?;
        Ok(Some(Self { protocol: protocol.and_then(|text| text.parse().ok()), registration }))
    }
}

/// What the suites expect of a client: list the tools, call one.
///
/// # Errors
/// When either request fails.
pub async fn perform(session: &Session) -> Result<(), CallError> {
    let tools = session.list_tools().await?;
    let undemanding = tools.iter().find(|tool| required(tool).next().is_none()).or_else(|| tools.first());
    if let Some(tool) = undemanding {
        session.call_tool(&tool.name, arguments(tool)).await?;
    }
    Ok(())
}

fn required(tool: &ToolSummary) -> impl Iterator<Item = &str> {
    tool.input_schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// A value of the right type for every required argument.
fn arguments(tool: &ToolSummary) -> Map<String, Value> {
    let of_type = |name: &str| {
        let kind = tool.input_schema.get("properties").and_then(|all| all.get(name)?.get("type")?.as_str());
        match kind {
            Some("number" | "integer") => Value::from(1),
            Some("boolean") => Value::from(true),
            Some("array") => Value::Array(Vec::new()),
            Some("object") => Value::Object(Map::new()),
            _ => Value::from("text"),
        }
    };
    required(tool).map(|name| (name.to_owned(), of_type(name))).collect()
}

/// Follows the authorization URL itself, up to the callback of this client.
#[derive(Debug)]
pub struct Unattended {
    client: reqwest::Client,
}

impl Unattended {
    /// A user agent with the limits of the other HTTP clients.
    ///
    /// # Errors
    /// When a certificate of the settings cannot be used.
    pub fn new(settings: &HttpSettings) -> Result<Self, reqwest::Error> {
        Ok(Self { client: client_builder(settings)?.timeout(settings.request_timeout).build()? })
    }

    async fn follow(&self, start: &Url) -> Result<(), OpenError> {
        let mut url = start.clone();
        for _ in 0..MAX_HOPS {
            let answer = self.client.get(url.clone()).send().await;
            let answer = answer.map_err(|error| OpenError::not_approved(start, causes(&error.without_url())))?;
            let status = answer.status();
            if !status.is_redirection() {
                let arrived = status.is_success() && url != *start;
                return if arrived {
                    Ok(())
                } else {
                    Err(OpenError::not_approved(start, format!("it answered {status}")))
                };
            }
            let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
            url = location
                .and_then(|location| url.join(location).ok())
                .ok_or_else(|| OpenError::not_approved(start, "it redirected without a usable Location"))?;
        }
        Err(OpenError::not_approved(start, format!("it redirected more than {MAX_HOPS} times")))
    }
}

impl Browser for Unattended {
    fn open<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<(), OpenError>> {
        Box::pin(self.follow(url))
    }
}
