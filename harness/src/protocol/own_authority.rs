//! An authorization server at the host of an MCP server, where revision 2025-03-26 has clients look for one. A reader
//! without opinions.

use super::url::origin_of;
use crate::wire::{Exchange, Response};
use serde_json::Value;
use std::fmt;

/// What is looked for at the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtHost {
    /// Metadata at the root.
    RootMetadata,
    /// Metadata with the path of the MCP endpoint behind the well-known part.
    SuffixedMetadata,
    /// Metadata below the path of the MCP endpoint.
    NestedMetadata,
    /// The default authorization endpoint.
    Authorization,
    /// The default token endpoint.
    Token,
    /// The registration endpoint, of the metadata or the default one, with a redirect URI that is good.
    Registration,
    /// The same with a redirect URI that must be refused.
    PlainRegistration,
    /// The authorization endpoint, for a client that was registered, with nothing wrong.
    GoodRequest,
    /// The same, back to a redirect URI that the client has not registered.
    ForeignRedirect,
    /// The same without a code challenge.
    NoChallenge,
    /// A path at which nothing can be.
    Nothing,
}

impl AtHost {
    /// Whether it is a request to register a client.
    #[must_use]
    pub const fn is_registration(self) -> bool {
        matches!(self, Self::Registration | Self::PlainRegistration)
    }
}

impl fmt::Display for AtHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RootMetadata => "authorization metadata at the root",
            Self::SuffixedMetadata => "authorization metadata with the path of the endpoint",
            Self::NestedMetadata => "authorization metadata below the endpoint",
            Self::Authorization => "the default authorization endpoint",
            Self::Token => "the default token endpoint",
            Self::Registration => "the registration endpoint",
            Self::PlainRegistration => "the registration endpoint, with a plain http redirect URI",
            Self::GoodRequest => "an authorization request of a registered client",
            Self::ForeignRedirect => "an authorization request back to a redirect URI that is not registered",
            Self::NoChallenge => "an authorization request without code_challenge",
            Self::Nothing => "a path that nobody has",
        })
    }
}

/// One request to the host.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// What was looked for.
    pub at: AtHost,
    /// The exchange.
    pub exchange: Exchange,
}

/// What was seen at the host.
#[derive(Clone, Copy, Debug)]
pub struct Host<'a>(pub &'a [Sighting]);

impl<'a> Host<'a> {
    /// The exchange by which this was looked for.
    #[must_use]
    pub fn exchange(self, at: AtHost) -> Option<&'a Exchange> {
        self.0.iter().find(|sighting| sighting.at == at).map(|sighting| &sighting.exchange)
    }

    /// The answer to the request by which this was looked for.
    #[must_use]
    pub fn response(self, at: AtHost) -> Option<&'a Response> {
        self.exchange(at).and_then(Exchange::response)
    }

    /// The metadata at this place, when there is some.
    #[must_use]
    pub fn metadata(self, at: AtHost) -> Option<Value> {
        let response = self.response(at).filter(|response| response.status == 200)?;
        response.json().filter(|document| document.get("issuer").is_some_and(Value::is_string))
    }

    /// The metadata at the root.
    #[must_use]
    pub fn root(self) -> Option<Value> {
        self.metadata(AtHost::RootMetadata)
    }

    /// Whether an endpoint answers as OAuth has it, and not as the host answers to everything.
    #[must_use]
    pub fn is_endpoint(self, at: AtHost) -> bool {
        let Some(response) = self.response(at) else { return false };
        let like_nothing = self.response(AtHost::Nothing).is_some_and(|other| other.status == response.status);
        match at {
            AtHost::Authorization => !like_nothing && matches!(response.status, 200 | 302 | 303 | 307 | 400),
            AtHost::Token => matches!(response.status, 400 | 401) && has_member(response, "error"),
            _ => {
                response.status == 201 && has_member(response, "client_id")
                    || matches!(response.status, 400 | 401 | 403) && has_member(response, "error")
            }
        }
    }

    /// Whether the metadata at this place name an issuer on this host.
    #[must_use]
    pub fn is_own(self, at: AtHost) -> bool {
        let Some(document) = self.metadata(at) else { return false };
        let issuer = document.get("issuer").and_then(Value::as_str).and_then(origin_of);
        let host = self.exchange(at).and_then(|exchange| origin_of(&exchange.request.url));
        issuer.is_some() && issuer == host
    }

    /// Whether the metadata at the root are those of an authorization server elsewhere.
    #[must_use]
    pub fn is_handed_on(self) -> bool {
        self.root().is_some() && !self.is_own(AtHost::RootMetadata)
    }

    /// Where else than at the root the host has metadata of its own.
    #[must_use]
    pub fn elsewhere(self) -> Option<AtHost> {
        [AtHost::SuffixedMetadata, AtHost::NestedMetadata].into_iter().find(|at| self.is_own(*at))
    }

    /// Whether there is an authorization server.
    #[must_use]
    pub fn exists(self) -> bool {
        let endpoints = [AtHost::Authorization, AtHost::Token, AtHost::Registration];
        self.root().is_some() || self.elsewhere().is_some() || endpoints.into_iter().any(|at| self.is_endpoint(at))
    }

    /// The client that was registered, where one was.
    #[must_use]
    pub fn registered_client(self) -> Option<String> {
        let answer = self.response(AtHost::Registration).filter(|response| response.status == 201)?.json()?;
        answer.get("client_id")?.as_str().map(str::to_owned)
    }

    /// The numbers of all exchanges.
    #[must_use]
    pub fn numbers(self) -> Vec<usize> {
        self.0.iter().map(|sighting| sighting.exchange.number).collect()
    }
}

fn has_member(response: &Response, name: &str) -> bool {
    response.json().is_some_and(|document| document.get(name).is_some())
}
