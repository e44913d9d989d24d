//! What clients, users and attackers leave behind who were at a proxy.

use crate::bench::RegisteredClient;
use crate::bench::walk::Walk;

/// The ways of a browser that are judged.
#[derive(Clone)]
pub(super) struct Walks(pub(super) Vec<Walk>);

/// A consent page, and what it has to show.
#[derive(Clone)]
pub(super) struct ConsentPage {
    /// The client that asks for consent.
    pub(super) client: RegisteredClient,
    /// The way that ended at the page.
    pub(super) page: Walk,
    /// The scopes that the third party was then asked for.
    pub(super) scopes: Vec<String>,
}

/// The names of the cookies by which the server remembers a consent; one at least.
#[derive(Clone)]
pub(super) struct ConsentCookies(pub(super) Vec<String>);

/// The redirect URI that was sent in place of the registered one.
#[derive(Clone)]
pub(super) struct SentRedirectUri(pub(super) String);

/// The states with which browsers were sent to the third party.
#[derive(Clone)]
pub(super) struct States(pub(super) Vec<String>);

/// A callback with the state that came with consent, by two browsers that have no cookie of after the consent.
#[derive(Clone)]
pub(super) struct Callbacks {
    /// By the browser as it was at the consent page.
    pub(super) before_consent: Walk,
    /// By a browser that never was there.
    pub(super) stranger: Walk,
    /// The cookie of the first one that holds the state.
    pub(super) telling: Option<String>,
}
