//! Where the tokens for a server at a URL come from: what was given, a login, or client credentials; and what is missing
//! for the rest.

use super::audience::recipient;
use super::discovery::{Discovered, DiscoveryError, authorization_server};
use super::published;
use super::raise::{CLIENT_ID, Place};
use super::settings::{SubjectError, SubjectSettings};
use super::token_source::{ClientOrder, LoginOrder, Person, TokenSource};
use crate::login::{CallbackListener, LoginMethod, UserCredentials};
use crate::oauth_client::{AuthorizationServer, CodeFlow, OAuthClient};
use crate::tokens::{ExternalAuthority, Machine, Published, Source};
use crate::wire::Sender;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;

const WITHOUT_TOKEN: &str = "no token was given (--token-env, --login or --client-credentials supplies one)";
const WITHOUT_OTHER: &str = "there is no second account: one in --login or --subject, by password_env with --login or by \
                             token_env, supplies it";

/// A source of tokens, and what there is to say about it.
pub(super) struct AtUrl {
    pub(super) authority: Arc<ExternalAuthority>,
    pub(super) login: String,
    pub(super) notes: Vec<String>,
    pub(super) secrets: Vec<SecretString>,
    pub(super) callback: Option<CallbackListener>,
    /// Whether tokens for another audience could be asked for.
    pub(super) asks_for_audience: bool,
}

/// A way to log in, ready for any account.
struct Way {
    flow: CodeFlow,
    callback: CallbackListener,
    note: Option<String>,
}

impl AtUrl {
    /// Gets what `settings` order, up to a first valid token; for this resource, or the one that suggests itself. Where
    /// there is no metadata of an authorization server, there is no token.
    ///
    /// # Errors
    /// When it cannot be had.
    pub(super) async fn prepare(
        settings: &SubjectSettings,
        place: &Place,
        resource: Option<String>,
    ) -> Result<Self, SubjectError> {
        let Place { endpoint: url, sender, outside, .. } = place;
        let mut recipient = recipient(settings, url, outside);
        recipient.resource = resource.unwrap_or(recipient.resource);
        let (discovered, missing) = match settings.credentials.client() {
            Some(order) => match authorization_server(url, outside, order, sender).await {
                Ok(found) => (Some(found), None),
                Err(error @ DiscoveryError::NotFound { .. }) => (None, Some(error.to_string())),
                Err(error) => return Err(error.into()),
            },
            None => (None, None),
        };
        let scopes = settings.credentials.client().and_then(|order| order.scopes.clone()).unwrap_or(recipient.scopes);
        let (issuer, keys) = match &discovered {
            Some(Discovered { server, keys }) => (Some(server.issuer.clone()), keys.clone()),
            None => published::issuer(url, outside, sender).await,
        };
        let published = Published { resource: recipient.resource, issuer, scopes: outside.scopes.clone(), keys };
        let server = discovered.map(|discovered| discovered.server);
        let mut notes = lacking(&settings.credentials, server.as_ref());
        notes.extend(missing.as_ref().map(|missing| {
            format!("No token can be asked for, and only faults and what needs no token can be decided: {missing}")
        }));
        let way = match (&settings.credentials, &server) {
            (TokenSource::Login(order), Some(server)) => Some(way(order, server, scopes.clone(), sender).await?),
            _ => None,
        };
        let (user, other) = sources(settings, server.as_ref(), way.as_ref(), scopes, sender);
        let user = match (user, missing) {
            (Source::Nothing(_), Some(missing)) => Source::Nothing(missing),
            (user, _) => user,
        };
        let login = match (&user, &way) {
            (Source::Login(flow), _) => flow.login_method.to_string(),
            (Source::Machine(_), _) => "client credentials".to_owned(),
            _ => "none".to_owned(),
        };
        let asks_for_audience = user.takes_wishes();
        let authority = Arc::new(ExternalAuthority::new(user, other, CLIENT_ID.to_owned(), published));
        authority.prove().await.map_err(SubjectError::NoToken)?;
        notes.extend(way.as_ref().and_then(|way| way.note.clone()));
        let callback = way.map(|way| way.callback);
        Ok(Self { authority, login, notes, secrets: settings.secrets(), callback, asks_for_audience })
    }
}

/// What a reader has to know of what could not be had.
fn lacking(credentials: &TokenSource, server: Option<&AuthorizationServer>) -> Vec<String> {
    let mut notes = Vec::new();
    if matches!(credentials, TokenSource::None) {
        notes.push(
            "Without a valid token, only faults and what needs no token can be decided. --token-env NAME names an \
             environment variable that holds one; --login FILE logs in for one, and for tokens of another user, for other \
             resources and with other scopes; --client-credentials FILE gets one for a client; --subject FILE declares \
             tools, scopes and accounts"
                .to_owned(),
        );
    }
    if let Some(server) = server.filter(|server| matches!(credentials, TokenSource::Login(_)) && !server.announces_s256)
    {
        notes.push(format!(
            "The metadata of {} does not say that it supports PKCE with S256, which MCP tells clients to require since \
             2025-11-25; the harness logged in all the same",
            server.issuer
        ));
    }
    notes.push(
        "The issuer's key is not held: tokens with wrong claims under a right signature cannot be made. --command \
         starts a server that trusts an issuer of the harness"
            .to_owned(),
    );
    notes
}

async fn way(
    order: &LoginOrder,
    server: &AuthorizationServer,
    scopes: Vec<String>,
    sender: &Sender,
) -> Result<Way, SubjectError> {
    let callback = match &order.redirect_uri {
        Some(redirect_uri) => CallbackListener::at(redirect_uri).await,
        None => CallbackListener::bind().await,
    };
    let named = order.redirect_uri.as_ref().map_or_else(|| "on a free port".to_owned(), ToString::to_string);
    let callback = callback.map_err(|source| SubjectError::RedirectUri { redirect_uri: named, source })?;
    let found = LoginMethod::find(&order.login_method).await?;
    let flow = CodeFlow {
        server: server.clone(),
        client: client(&order.client, server),
        scopes,
        // Each source puts its own account here.
        account: UserCredentials { username: String::new(), password: SecretString::from("") },
        pages: order.pages.clone(),
        login_method: found.method,
        redirect_uri: callback.redirect_uri().clone(),
        screenshot: None,
        lang: None,
        deadline: order.deadline,
        sender: sender.clone(),
    };
    Ok(Way { flow, callback, note: found.note })
}

fn client(order: &ClientOrder, server: &AuthorizationServer) -> OAuthClient {
    let client = OAuthClient::registered(order.id.clone(), order.secret.clone(), server);
    OAuthClient { authentication: order.authentication.unwrap_or(client.authentication), ..client }
}

/// The user and another one. A token that was given comes first, then the client, then the accounts in their order.
fn sources(
    settings: &SubjectSettings,
    server: Option<&AuthorizationServer>,
    way: Option<&Way>,
    scopes: Vec<String>,
    sender: &Sender,
) -> (Source, Source) {
    let nothing = |reason: &str| Source::Nothing(reason.to_owned());
    let screenshot = match &settings.credentials {
        TokenSource::Login(order) => Some(order.screenshot.clone()),
        _ => None,
    };
    let mut accounts = settings.accounts.iter().filter_map(|person| match (person, way) {
        (Person::Token(token), _) => Some(Source::Given(token.clone())),
        (Person::Password(account), Some(way)) => {
            Some(Source::Login(Box::new(CodeFlow { account: account.clone(), ..way.flow.clone() })))
        }
        (Person::Password(_), None) => None,
    });
    let user = match (&settings.credentials, server) {
        (TokenSource::Token(token), _) => Source::Given(token.clone()),
        (TokenSource::Machine(order), Some(server)) => {
            let (server, client) = (server.clone(), client(order, server));
            Source::Machine(Box::new(Machine { server, client, scopes, sender: sender.clone() }))
        }
        _ => match accounts.next() {
            Some(Source::Login(flow)) => Source::Login(Box::new(CodeFlow { screenshot, ..*flow })),
            Some(source) => source,
            None => nothing(WITHOUT_TOKEN),
        },
    };
    let is_another = |source: &Source| match (source, &user) {
        (Source::Given(one), Source::Given(user)) => one.expose_secret() != user.expose_secret(),
        _ => true,
    };
    let other = accounts.find(is_another).unwrap_or_else(|| nothing(WITHOUT_OTHER));
    (user, other)
}
