//! What a run of a client came to: all that it sent in one scene, readable by party and endpoint.

use super::purpose::{Sent, Spot};
use super::scene::{Party, Place, Scene};
use super::subject::Registration;
use crate::wire::{Exchange, Trace};

/// One run of a client in one scene.
#[derive(Clone, Debug)]
pub struct ClientRun {
    /// The scene.
    pub scene: &'static Scene,
    /// Everything the client sent and was answered, and what it had the browser of its user send.
    pub trace: Trace,
    /// What became of the run, in words.
    pub ending: String,
    /// The endpoints of the MCP servers, by their places. They are the identifiers of the resources too.
    pub endpoints: Vec<String>,
    /// The issuers, by their places.
    pub issuers: Vec<String>,
    /// How the client was to come by its credentials.
    pub registration: Registration,
}

impl ClientRun {
    /// The requests with what each was sent for, in order.
    pub fn sent(&self) -> impl Iterator<Item = (&Sent, &Exchange)> {
        self.trace.iter().filter_map(|exchange| Some((self.scene.sent(&exchange.request)?, exchange)))
    }

    /// The requests to an endpoint of a kind, of whichever party.
    pub fn at(&self, spot: Spot) -> impl Iterator<Item = &Exchange> {
        self.sent().filter(move |(sent, _)| sent.spot == spot).map(|(_, exchange)| exchange)
    }

    /// The requests to the MCP endpoint of a server.
    pub fn at_server(&self, place: Place) -> impl Iterator<Item = &Exchange> {
        let sent = self.sent().filter(move |(sent, _)| sent.to == Party::Server(place) && sent.spot == Spot::Mcp);
        sent.map(|(_, exchange)| exchange)
    }

    /// The authorization requests.
    pub fn authorizations(&self) -> impl Iterator<Item = &Exchange> {
        self.at(Spot::Authorization)
    }

    /// The token requests that redeem a code.
    pub fn redemptions(&self) -> impl Iterator<Item = &Exchange> {
        self.at(Spot::Token).filter(|exchange| exchange.request.form("grant_type") == ["authorization_code"])
    }

    /// The identifier of the resource that the client was to use first.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.endpoints.first().map_or("", String::as_str)
    }

    /// The issuer at a place; empty where there is none.
    #[must_use]
    pub fn issuer(&self, place: Place) -> &str {
        place.of(&self.issuers).map_or("", String::as_str)
    }
}
