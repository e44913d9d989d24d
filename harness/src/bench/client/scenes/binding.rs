//! What tries whether credentials stay with the authorization server that issued them (MCP 2026-07-28, client registration,
//! Authorization Server Binding).
//!
//! Played issuers count their clients, so that both give the first the same identifier; a trap has one give another.

use crate::bench::client::purpose::Spot;
use crate::bench::client::scene::Party::{Authority, Server};
use crate::bench::client::scene::Place::{First, Second};
use crate::bench::client::scene::Step::{Call, Connect, List};
use crate::bench::client::scene::{Scene, Seat, Trap, rewrite, scene, seat, trap};
use crate::wire::Response;
use serde_json::json;

/// Two issuers that differ in their paths only.
const ON_ONE_HOST: &[Seat] = &[seat(First, "/tenant1"), seat(First, "/tenant2")];

/// Two issuers that have a host each.
const ON_TWO_HOSTS: &[Seat] = &[seat(First, ""), seat(Second, "")];

/// What an honest issuer calls the first client that registers there.
pub const FIRST_CLIENT: &str = crate::issuer::FIRST_CLIENT;

/// Since when it is so, the scene says.
pub const METADATA_MOVES: Trap = trap(
    "protected resource metadata that names the issuer to which the server has moved",
    Server(First),
    Spot::ResourceMetadata,
    |around, answer| rewrite(answer, |document| document["authorization_servers"] = json!([around.trusted])),
);

/// The server takes tokens of the first issuer all the same.
pub const METADATA_NAMES_SECOND: Trap = trap(
    "protected resource metadata that names the second issuer",
    Server(First),
    Spot::ResourceMetadata,
    |around, answer| rewrite(answer, |document| document["authorization_servers"] = json!([around.issuer(Second)])),
);

/// So that it can be told from that of the first issuer.
pub const IDENTIFIER_OF_ITS_OWN: Trap = trap(
    "an identifier of its own for who registers with the second issuer",
    Authority(Second),
    Spot::Registration,
    |_, answer| prefix_identifier(answer, "second"),
);

/// So that it can be told from that of the second issuer.
pub const IDENTIFIER_OF_THE_FIRST: Trap = trap(
    "an identifier of its own for who registers with the first issuer",
    Authority(First),
    Spot::Registration,
    |_, answer| prefix_identifier(answer, "first"),
);

fn prefix_identifier(answer: &mut Response, prefix: &str) {
    rewrite(answer, |client| {
        if let Some(id) = client["client_id"].as_str() {
            client["client_id"] = format!("{prefix}-{id}").into();
        }
    });
}

scenes! {
    /// Keys by host, and keys by MCP server, mix up what the two issuers gave.
    MOVED = scene(
        "a server that moves to another issuer of the same host",
        "the client registers and logs in; from its next request the server takes tokens of the second issuer only, and its \
         metadata names that one",
    )
    .issuers(ON_ONE_HOST)
    .servers(&[&[First, Second]])
    .registering()
    .traps(&[METADATA_MOVES, IDENTIFIER_OF_ITS_OWN]);

    /// The same for clients that forget one server when they connect to another.
    NEIGHBOURS = scene(
        "two servers with an issuer each on the same host",
        "the client registers and logs in at both, one after the other",
    )
    .issuers(ON_ONE_HOST)
    .servers(&[&[First], &[Second]])
    .registering()
    .steps(&[Connect(First), List, Call, Connect(Second), List, Call])
    .traps(&[IDENTIFIER_OF_ITS_OWN]);

    /// The server never was where the client is registered.
    ELSEWHERE = scene(
        "a server that names another issuer than the credentials belong to",
        "the client is told credentials of the first issuer, and the metadata names the second",
    )
    .issuers(ON_ONE_HOST)
    .traps(&[METADATA_NAMES_SECOND]);

    /// The server leaves the issuer that the client is registered with.
    LEAVING = scene(
        "a server that leaves the issuer that the credentials belong to",
        "the client is told credentials of the first issuer and logs in; from its next request the server takes tokens of the \
         second issuer only, and its metadata names that one",
    )
    .issuers(ON_ONE_HOST)
    .servers(&[&[First, Second]])
    .traps(&[METADATA_MOVES]);

    /// Whoever has room for one registration comes back with the wrong one.
    RETURNED = scene(
        "a server that moves to another issuer and back",
        "the client registers with the first issuer, and with the second when the server has moved there; from the request \
         after that the server takes tokens of the first issuer again, and its metadata names that one",
    )
    .issuers(ON_ONE_HOST)
    .servers(&[&[First, Second, First]])
    .registering()
    .steps(&[Connect(First), List, Call, Call])
    .traps(&[METADATA_MOVES, IDENTIFIER_OF_THE_FIRST]);

    /// Whoever does not ask who gave the credentials presents them on the other host too.
    AWAY = scene(
        "a server that moves to an issuer on another host",
        "the client registers and logs in; from its next request the server takes tokens of the second issuer only, and its \
         metadata names that one",
    )
    .issuers(ON_TWO_HOSTS)
    .servers(&[&[First, Second]])
    .registering()
    .traps(&[METADATA_MOVES, IDENTIFIER_OF_ITS_OWN]);
}
