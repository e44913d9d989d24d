//! Scenes: named arrangements of honest and bent parties that a client under test meets.
//!
//! A scene says which MCP servers and authorization servers there are, how the client is set up, what it is made to do,
//! and which traps are set. It is data: `play` raises it, and [`super::scenes`] has all there are. It does not
//! know what of a client is right.

use super::purpose::{Sent, Spot};
use crate::issuer::Tenant;
use crate::wire::{Request, Response};
use serde_json::Value;
use std::fmt;

/// The first or the second of two parties of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The first, or the only one.
    First,
    /// The second.
    Second,
}

impl Place {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }

    pub(super) fn of<T>(self, parties: &[T]) -> Option<&T> {
        parties.get(self.index())
    }
}

/// A party that a client under test speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// An MCP server.
    Server(Place),
    /// An authorization server.
    Authority(Place),
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server(Place::First) => "MCP server",
            Self::Server(Place::Second) => "second MCP server",
            Self::Authority(Place::First) => "authorization server",
            Self::Authority(Place::Second) => "second authorization server",
        })
    }
}

/// The authorization servers of a scene.
#[derive(Clone, Copy, Debug)]
pub enum Authorities {
    /// The front before the user pool of the run, where a user types a password.
    Pool,
    /// Issuers that the harness plays, which approve at once.
    Played(&'static [Seat]),
}

/// Where a played issuer is.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    /// The host, which two issuers may share.
    pub host: Place,
    /// The place on the host.
    pub tenant: Tenant,
}

/// A seat of an issuer, at a path of a host.
#[must_use]
pub const fn seat(host: Place, path: &'static str) -> Seat {
    Seat { host, tenant: Tenant::at(path) }
}

/// How the client comes by its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUp {
    /// It is told credentials, and that they belong to the first issuer.
    PreRegistered,
    /// It is told none, and registers.
    Registering,
}

/// What the client is made to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It connects to an MCP server, and leaves the one before.
    Connect(Place),
    /// It lists the tools.
    List,
    /// It calls a tool.
    Call,
}

/// The whole use of a server: connect, list the tools, call one.
pub const CONNECT_AND_CALL: &[Step] = &[Step::Connect(Place::First), Step::List, Step::Call];

/// One answer of one party that is not what an honest party would give. The bench keeps the honest answer beside it.
#[derive(Clone, Copy)]
pub struct Trap {
    /// What is bent, for people.
    pub name: &'static str,
    /// The party.
    pub party: Party,
    /// Where it gives that answer.
    pub spot: Spot,
    /// Makes the answer of the honest one.
    pub bend: Bend,
}

/// Makes an answer of an honest one.
pub type Bend = fn(&Surroundings<'_>, &mut Response);

/// A trap that a party sets in one of its answers.
#[must_use]
pub const fn trap(name: &'static str, party: Party, spot: Spot, bend: Bend) -> Trap {
    Trap { name, party, spot, bend }
}

/// What a trap can see of its scene.
pub struct Surroundings<'a> {
    /// The issuers, by their places.
    pub issuers: &'a [String],
    /// The issuer whose tokens the first MCP server takes now.
    pub trusted: &'a str,
}

impl Surroundings<'_> {
    /// The issuer at a place; empty where there is none.
    #[must_use]
    pub fn issuer(&self, place: Place) -> &str {
        place.of(self.issuers).map_or("", String::as_str)
    }
}

/// Rewrites the JSON of an answer that has any.
pub fn rewrite(answer: &mut Response, edit: impl FnOnce(&mut Value)) {
    if let Some(mut json) = answer.json() {
        edit(&mut json);
        answer.body = json.to_string().into();
    }
}

/// An arrangement of parties around a client.
pub struct Scene {
    /// Its name in the feature files.
    pub name: &'static str,
    /// What the client meets there, for people.
    pub means: &'static str,
    /// The authorization servers.
    pub authorities: Authorities,
    /// The MCP servers, each with the issuers whose tokens it takes, one after the other: it turns to the next after it
    /// has listed its tools or called one for a client with a good token. Its honest metadata names the first.
    pub servers: &'static [&'static [Place]],
    /// How the client comes by its credentials.
    pub set_up: SetUp,
    /// What it is made to do.
    pub steps: &'static [Step],
    /// What is bent.
    pub traps: &'static [Trap],
}

/// A scene with one honest MCP server behind the user pool, of which the client is told its credentials.
#[must_use]
pub const fn scene(name: &'static str, means: &'static str) -> Scene {
    Scene {
        name,
        means,
        authorities: Authorities::Pool,
        servers: &[&[Place::First]],
        set_up: SetUp::PreRegistered,
        steps: CONNECT_AND_CALL,
        traps: &[],
    }
}

impl Scene {
    /// With issuers that the harness plays.
    #[must_use]
    pub const fn issuers(self, seats: &'static [Seat]) -> Self {
        Self { authorities: Authorities::Played(seats), ..self }
    }

    /// With these MCP servers; see [`Scene::servers`].
    #[must_use]
    pub const fn servers(self, servers: &'static [&'static [Place]]) -> Self {
        Self { servers, ..self }
    }

    /// Before a client that has no credentials and registers.
    #[must_use]
    pub const fn registering(self) -> Self {
        Self { set_up: SetUp::Registering, ..self }
    }

    /// With a client that is made to do this.
    #[must_use]
    pub const fn steps(self, steps: &'static [Step]) -> Self {
        Self { steps, ..self }
    }

    /// With these traps.
    #[must_use]
    pub const fn traps(self, traps: &'static [Trap]) -> Self {
        Self { traps, ..self }
    }

    /// Whether a request was sent in this scene, to this party, for this.
    #[must_use]
    pub fn sees(&'static self, request: &Request, party: Party, spot: Spot) -> bool {
        self.sent(request).is_some_and(|sent| sent.to == party && sent.spot == spot)
    }

    /// What a request of this scene was sent for; `None` when it is of another one.
    #[must_use]
    pub fn sent<'a>(&'static self, request: &'a Request) -> Option<&'a Sent> {
        request.purpose.get::<Sent>().filter(|sent| sent.scene == self)
    }

    /// Whether the answer to a request is one that a trap of this scene may bend.
    #[must_use]
    pub fn sets(&'static self, trap: &Trap, request: &Request) -> bool {
        self.sees(request, trap.party, trap.spot)
    }
}

/// Scenes are told apart by where they stand in the program: there is one of each.
impl PartialEq for Scene {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl fmt::Debug for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scene({})", self.name)
    }
}
