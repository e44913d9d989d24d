//! From what was asked for to a bench around a server, and down again.

use super::at_url::AtUrl;
use super::audience;
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
use crate::record::TestTokens;
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
    test_tokens: Option<TestTokens>,
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
                let sender = sender.carrying(&url, &settings.further);
                let settings = Self::placed(settings, &url);
                let third_party = third_party(&settings.subject).await?;
                let outside = SeenWithoutToken::look(&url, &sender).await?;
                Self::at_url(&settings, Place { endpoint: url, sender, outside, third_party }).await
            }
            Target::Command { command, environment, port, endpoint: given } => {
                let issuer = Arc::new(Issuer::start(settings.issuer).await?);
                let second = Arc::new(Issuer::start_second(settings.issuer).await?);
                let port = match port {
                    Some(port) => port,
                    None => free_port().await.map_err(CommandError::Start)?,
                };
                let endpoint = endpoint(given.as_deref(), port);
                let sender = sender.carrying(&endpoint, &settings.further);
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

    async fn at_url(settings: &SubjectSettings, place: Place) -> Result<Self, SubjectError> {
        let mut found = AtUrl::prepare(settings, &place, None).await?;
        let mut inside = audience::look(settings, &place, &*found.authority).await;
        let refused = found.authority.resource().to_owned();
        if let Some(refusal) = found.asks_for_audience.then(|| refusal(inside.as_ref())).flatten() {
            for resource in audience::others(settings, &place, &refused, false) {
                // Another token may not be had, and then what is there is what there is.
                let Ok(other) = AtUrl::prepare(settings, &place, Some(resource.clone())).await else { continue };
                let seen = audience::look(settings, &place, &*other.authority).await;
                if seen.as_ref().is_some_and(SeenWithToken::is_accepted) {
                    (found, inside) = (other, seen);
                    found.notes.push(audience::instead(&refused, &refusal, &resource));
                    break;
                }
            }
        }
        let authority = Arc::clone(&found.authority);
        let mut raised = Self::around(settings, place, authority, None, inside).await;
        raised.notes.extend(found.notes);
        raised.secrets = found.secrets;
        raised.login = found.login;
        raised.genuine = Some(found.authority);
        raised._callback = found.callback;
        Ok(raised)
    }

    async fn by_command(settings: &SubjectSettings, place: Place, process: Process, issuers: Issuers) -> Self {
        let mut recipient = audience::recipient(settings, &place.endpoint, &place.outside);
        let issues_for = |recipient: Recipient| {
            let authority = issuers.authority(recipient, &place.outside);
            Arc::new(match settings.subject.audience {
                AudiencePolicy::Resource => authority,
                AudiencePolicy::None => authority.without_audience(),
            })
        };
        let mut authority = issues_for(recipient.clone());
        let mut inside = audience::look(settings, &place, &*authority).await;
        let mut notes = Vec::new();
        if let Some(refusal) = refusal(inside.as_ref()) {
            for resource in audience::others(settings, &place, &recipient.resource, true) {
                let other = Recipient { resource, ..recipient.clone() };
                let another = issues_for(other.clone());
                let seen = audience::look(settings, &place, &*another).await;
                if seen.as_ref().is_some_and(SeenWithToken::is_accepted) {
                    notes.push(audience::instead(&recipient.resource, &refusal, &other.resource));
                    (recipient, authority, inside) = (other, another, seen);
                    break;
                }
            }
        }
        let test_tokens = TestTokens {
            issuer: issuers.first.identifier().to_owned(),
            resource: recipient.resource.clone(),
            scopes: recipient.scopes.clone(),
        };
        let audience = recipient.resource;
        let issuer = Arc::clone(&issuers.first);
        let declared = settings.subject.key_cache_seconds.map(|told| Duration::from_secs(told) + KEY_SLACK);
        let patience = declared.map_or(KeyDelay::Guessed(KEY_PATIENCE), KeyDelay::Declared);
        let keys = KeySet::of(Arc::clone(&issuer), patience).ok();
        let mut raised = Self::around(settings, place, authority, keys, inside).await;
        raised.notes.extend(notes);
        if let Some(refusal) = raised.inside.refusal.as_ref().filter(|_| !raised.inside.by_edge) {
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
        raised.test_tokens = Some(test_tokens);
        raised.process = Some(process);
        raised.issuers = Some(issuers);
        raised
    }

    async fn around(
        settings: &SubjectSettings,
        place: Place,
        authority: Arc<dyn Authority>,
        keys: Option<KeySet>,
        inside: Option<SeenWithToken>,
    ) -> Self {
        let target = place.target().to_owned();
        let Place { endpoint, sender, outside, third_party } = place;
        let has_valid_token = inside.is_some();
        let inside = match inside {
            Some(inside) => inside,
            None => SeenWithToken::look_without_token(&target, &sender, &settings.revisions).await,
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
            target,
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
        let mut notes: Vec<_> = untold(&server, &outside).into_iter().collect();
        notes.extend(outside.target.as_ref().map(|target| redirected(&server.endpoint, target)));
        notes.extend(inside.refusal.as_ref().filter(|_| inside.by_edge).map(|refusal| before_the_server(refusal)));
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
            test_tokens: None,
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

    /// What its tokens are made with, where the harness plays the issuer.
    #[must_use]
    pub fn test_tokens(&self) -> Option<&TestTokens> {
        self.test_tokens.as_ref()
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
    let texts = scopes.chain(&mut subject.base_scopes).chain(subject.allowed_origins.iter_mut().flatten());
    let texts = texts.chain(&mut subject.resource);
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

/// A word on a refusal that is probably not the server's.
fn before_the_server(refusal: &str) -> String {
    format!(
        "A request with a valid token and one with something that is no token are answered alike ({refusal}), without a \
         challenge and not in JSON. That is probably not the server, but something before it, such as a firewall, a gateway \
         or a content delivery network; such answers accuse no server"
    )
}

/// A word on an endpoint that is somewhere else.
fn redirected(endpoint: &str, target: &str) -> String {
    format!("{endpoint} redirects to {target}: requests for it are sent there, but for the one of RS-CHALLENGE-01")
}

/// How the server refuses a valid token, if there is one and it does.
fn refusal(inside: Option<&SeenWithToken>) -> Option<String> {
    inside.and_then(|inside| inside.refusal.clone())
}

/// Where the server is, as it was looked at from outside, and what stands behind it.
pub(super) struct Place {
    pub(super) endpoint: String,
    pub(super) sender: Sender,
    pub(super) outside: SeenWithoutToken,
    third_party: Option<ThirdParty>,
}

impl Place {
    /// Where requests for the endpoint go.
    pub(super) fn target(&self) -> &str {
        self.outside.target.as_ref().unwrap_or(&self.endpoint)
    }
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
