//! From what was asked for to a bench around a server, and down again.

use super::at_url::AtUrl;
use super::command::{CommandError, endpoint, free_port, ready, words};
use super::issuers::Issuers;
use super::settings::{SubjectError, SubjectSettings, Target};
use super::with_token::{SeenWithToken, Tool};
use super::without_token::SeenWithoutToken;
use crate::bench::{Bench, Canary, KeyDelay, KeySet, ServerBench, THIRD_PARTY_URL, ThirdParty};
use crate::catalogue::Revision;
use crate::declared::{AudiencePolicy, Subject};
use crate::issuer::{Issuer, Recipient};
use crate::login::CallbackListener;
use crate::mcp::ToolCall;
use crate::process::Process;
use crate::protocol::url::{is_loopback, origin_of};
use crate::token_name::VALID;
use crate::tokens::{Authority, ExternalAuthority};
use crate::wire::{Sender, TapError};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Under which name the harness is a client where it has none.
pub(super) const CLIENT_ID: &str = "conformance-harness";
/// How long a scenario waits for a server to notice a change of keys, when nobody told how long it may take.
const KEY_PATIENCE: Duration = Duration::from_secs(2);
/// What it is waited for longer than was told, because no two clocks agree.
const KEY_SLACK: Duration = Duration::from_secs(1);

/// A bench around a server, and what keeps it up.
pub struct RaisedSubject {
    /// The bench.
    pub bench: Bench,
    /// What the server is, for reports.
    pub name: String,
    /// Where tokens come from.
    pub authority: String,
    /// What was seen without credentials.
    pub outside: SeenWithoutToken,
    /// What was seen with a valid token.
    pub inside: SeenWithToken,
    /// What a reader must know before believing the rest.
    pub notes: Vec<String>,
    /// How logins are done, for reports.
    pub login: String,
    secrets: Vec<SecretString>,
    genuine: Option<Arc<ExternalAuthority>>,
    _callback: Option<CallbackListener>,
    has_valid_token: bool,
    process: Option<Process>,
    issuers: Option<Issuers>,
}

impl RaisedSubject {
    /// Starts or finds the server, looks at it, and puts the bench around it.
    ///
    /// # Errors
    /// When there is nothing to judge.
    pub async fn raise(settings: SubjectSettings) -> Result<Self, SubjectError> {
        let sender = Sender::new(settings.limits)?;
        match settings.target.clone() {
            Target::Url(url) => {
                let settings = Self::placed(settings, &url);
                let third_party = third_party(&settings.subject).await?;
                let outside = SeenWithoutToken::look(&url, &sender).await?;
                Self::at_url(&settings, &url, sender, outside, third_party).await
            }
            Target::Command { command, environment, port, endpoint: given } => {
                let issuer = Arc::new(Issuer::start(settings.issuer).await?);
                let second = Arc::new(Issuer::start_second(settings.issuer).await?);
                let port = match port {
                    Some(port) => port,
                    None => free_port().await.map_err(CommandError::Start)?,
                };
                let endpoint = endpoint(given.as_deref(), port);
                let settings = Self::placed(settings, &endpoint);
                let mut all = vec![
                    ("MCP_CONFORMANCE_AUTH_SERVER_URL".to_owned(), issuer.identifier().to_owned()),
                    ("MCP_CONFORMANCE_SECOND_AUTH_SERVER_URL".to_owned(), second.identifier().to_owned()),
                    ("PORT".to_owned(), port.to_string()),
                ];
                let third_party = third_party(&settings.subject).await?;
                all.extend(third_party.iter().map(|third| (THIRD_PARTY_URL.to_owned(), third.origin().to_owned())));
                all.extend(environment);
                let mut process = Process::shell(&command, &all).map_err(CommandError::Start)?;
                ready(&mut process, &endpoint, &sender).await?;
                let outside = match SeenWithoutToken::look(&endpoint, &sender).await {
                    Ok(outside) => outside,
                    Err(error) => return Err(died(&mut process).await.unwrap_or(error.into())),
                };
                let issuers = Issuers { first: issuer, second };
                let place = Place { endpoint, sender, outside, third_party };
                Ok(Self::by_command(&settings, place, process, issuers).await)
            }
        }
    }

    fn placed(settings: SubjectSettings, endpoint: &str) -> SubjectSettings {
        SubjectSettings { subject: placed(settings.subject, endpoint), ..settings }
    }

    async fn at_url(
        settings: &SubjectSettings,
        url: &str,
        sender: Sender,
        outside: SeenWithoutToken,
        third_party: Option<ThirdParty>,
    ) -> Result<Self, SubjectError> {
        let found = AtUrl::prepare(settings, url, &outside, &sender).await?;
        let authority = Arc::clone(&found.authority);
        let place = Place { endpoint: url.to_owned(), sender, outside, third_party };
        let mut raised = Self::around(settings, place, authority, None).await;
        raised.notes.extend(found.notes);
        raised.secrets = found.secrets;
        raised.login = found.login;
        raised.genuine = Some(found.authority);
        raised._callback = found.callback;
        Ok(raised)
    }

    async fn by_command(settings: &SubjectSettings, place: Place, process: Process, issuers: Issuers) -> Self {
        let recipient = recipient(settings, &place.endpoint, &place.outside);
        let audience = recipient.resource.clone();
        let authority = issuers.authority(recipient, &place.outside);
        let authority = match settings.subject.audience {
            AudiencePolicy::Resource => authority,
            AudiencePolicy::None => authority.without_audience(),
        };
        let issuer = Arc::clone(&issuers.first);
        let declared = settings.subject.key_cache_seconds.map(|told| Duration::from_secs(told) + KEY_SLACK);
        let patience = declared.map_or(KeyDelay::Guessed(KEY_PATIENCE), KeyDelay::Declared);
        let keys = KeySet::of(Arc::clone(&issuer), patience).ok();
        let mut raised = Self::around(settings, place, Arc::new(authority), keys).await;
        if let Some(refusal) = &raised.inside.refusal {
            let contacts = match issuer.contacts() {
                0 => "and never asked the issuer for anything".to_owned(),
                some => format!("after {some} requests to the issuer"),
            };
            raised.notes.push(format!(
                "The server refuses every valid token ({refusal}; {contacts}): issuer {}, audience {audience}, client \
                 {CLIENT_ID}; does it trust MCP_CONFORMANCE_AUTH_SERVER_URL and this client, and is `resource` right in \
                 the subject file?",
                issuer.identifier()
            ));
        }
        raised.process = Some(process);
        raised.issuers = Some(issuers);
        raised
    }

    async fn around(
        settings: &SubjectSettings,
        place: Place,
        authority: Arc<dyn Authority>,
        keys: Option<KeySet>,
    ) -> Self {
        let Place { endpoint, sender, outside, third_party } = place;
        let valid = authority.issue(&VALID).await;
        let has_valid_token = valid.is_ok();
        let inside = match valid {
            Ok(token) => {
                let protected = settings.subject.protected.as_ref().or(outside.protected.as_ref());
                let protected = protected.filter(|_| !outside.public.is_empty());
                SeenWithToken::look(&endpoint, &sender, &token, &settings.revisions, protected).await
            }
            Err(_) => SeenWithToken::look_without_token(&endpoint, &sender, &settings.revisions).await,
        };
        // A server elsewhere could not reach it, and its silence would say nothing.
        let near = Url::parse(&endpoint).is_ok_and(|url| is_loopback(&url));
        let canary = if near { Canary::start().await.ok() } else { None };
        let subject = settings.subject.clone();
        let tool = subject.protected.clone().or_else(|| outside.protected.clone());
        let tool = tool.or_else(|| outside.carried_out.clone()).or_else(|| Tool::harmless(&inside.tools));
        let name = subject.name.clone().unwrap_or_else(|| "MCP server".to_owned());
        let description = authority.describe();
        let name = format!("{name} at {endpoint}");
        let server = ServerBench {
            endpoint,
            authority,
            sender,
            tool: tool.unwrap_or_else(ToolCall::unknown),
            capabilities: subject.capabilities.clone(),
            effect: subject.effect.clone(),
            answered_without_token: outside.public.clone(),
            keys,
            canary,
            third_party,
            subject,
        };
        let notes = untold(&server, &outside).into_iter().collect();
        Self {
            bench: Bench { server: Some(Arc::new(server)), ..Bench::default() },
            name,
            authority: description,
            outside,
            inside,
            notes,
            login: "none".to_owned(),
            secrets: Vec::new(),
            genuine: None,
            _callback: None,
            has_valid_token,
            process: None,
            issuers: None,
        }
    }

    /// What does not apply to this server, by revision, with the evidence. A server that nobody calls protected may
    /// answer everybody; one that is told an issuer, that publishes metadata, or for which somebody has a token, may not.
    #[must_use]
    pub fn not_applicable(&self, revisions: &[Revision]) -> Vec<(Revision, String)> {
        match &self.outside.open {
            Some(open) if !self.is_called_protected() => {
                let reason = format!("no protected operation was found: {open}");
                revisions.iter().map(|revision| (*revision, reason.clone())).collect()
            }
            _ => self.inside.unspoken(),
        }
    }

    /// What must not appear in any output.
    pub async fn secrets(&self) -> Vec<SecretString> {
        let issued = match &self.genuine {
            Some(genuine) => genuine.secrets().await,
            None => Vec::new(),
        };
        self.secrets.iter().cloned().chain(issued).collect()
    }

    fn is_called_protected(&self) -> bool {
        let declares = |subject: &Subject| subject.protected.is_some() || !subject.operations.is_empty();
        let declared = self.bench.server.as_ref().is_some_and(|server| declares(&server.subject));
        declared || self.outside.documented || self.has_valid_token
    }

    /// Ends what was started; tells how the server ended if it did so by itself before.
    pub async fn stop(mut self) -> Option<String> {
        let mut process = self.process.take()?;
        let ending = process.ending();
        if ending.is_some() {
            process.hear_out().await;
        }
        let ending =
            ending.map(|ending| format!("The server ended in the middle of the run ({ending}){}", words(&process)));
        process.stop().await;
        ending
    }
}

/// What is declared, with `{endpoint}` and `{origin}` in it replaced: a server that a command starts has another port
/// each time.
fn placed(mut subject: Subject, endpoint: &str) -> Subject {
    let origin = origin_of(endpoint).unwrap_or_default();
    let scopes = subject.operations.iter_mut().flat_map(|operation| &mut operation.scopes);
    let texts = scopes.chain(&mut subject.base_scopes).chain(&mut subject.allowed_origins).chain(&mut subject.resource);
    for text in texts {
        *text = text.replace("{endpoint}", endpoint).replace("{origin}", origin);
    }
    subject
}

/// A word on what was answered without a token, where nobody told whether that is meant so.
fn untold(server: &ServerBench, outside: &SeenWithoutToken) -> Option<String> {
    if server.subject.public_operations.is_some() || outside.public.is_empty() || outside.open.is_some() {
        return None;
    }
    Some(format!(
        "Answered without a token, and not held against the server: {}. If that is not meant so, declare \
         public_operations in the subject file",
        outside.public.join(", ")
    ))
}

/// Where the server is, as it was looked at from outside, and what stands behind it.
struct Place {
    endpoint: String,
    sender: Sender,
    outside: SeenWithoutToken,
    third_party: Option<ThirdParty>,
}

/// Plays the third party where there is one.
async fn third_party(subject: &Subject) -> Result<Option<ThirdParty>, TapError> {
    match &subject.capabilities.third_party {
        Some(seat) => ThirdParty::start(seat.port).await.map(Some),
        None => Ok(None),
    }
}

async fn died(process: &mut Process) -> Option<SubjectError> {
    let ending = process.ending()?.to_string();
    process.hear_out().await;
    Some(SubjectError::Died { ending, words: words(process) })
}

/// For whom valid tokens are: what is declared, else what the metadata says, else the endpoint.
pub(super) fn recipient(settings: &SubjectSettings, endpoint: &str, outside: &SeenWithoutToken) -> Recipient {
    let subject = &settings.subject;
    let resource = subject.resource.clone().or_else(|| outside.resource.clone());
    let mut scopes = outside.scopes.clone();
    let declared = subject.operations.iter().flat_map(|operation| &operation.scopes).chain(&subject.base_scopes);
    for scope in declared {
        if !scopes.contains(scope) {
            scopes.push(scope.clone());
        }
    }
    Recipient { resource: resource.unwrap_or_else(|| endpoint.to_owned()), scopes }
}
