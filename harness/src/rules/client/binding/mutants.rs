//! Clients that mix up the credentials of two authorization servers.

use super::super::common::mutant;
use crate::bench::client::Spot;
use crate::bench::client::scene::Party::Authority;
use crate::bench::client::scene::Place::{First, Second};
use crate::bench::client::scenes::binding::{
    AWAY, ELSEWHERE, FIRST_CLIENT, IDENTIFIER_OF_ITS_OWN, IDENTIFIER_OF_THE_FIRST, LEAVING, METADATA_MOVES,
    METADATA_NAMES_SECOND, MOVED, NEIGHBOURS, RETURNED,
};
use crate::mutation::{Act, Change, Mutant};
use crate::wire::Request;

/// The same endpoint of the other issuer on the host.
const TO_SECOND: Change = Change::MapUrl(|url| url.replacen("/tenant1/", "/tenant2/", 1));

/// The same endpoint of the first issuer.
const TO_FIRST: Change = Change::MapUrl(|url| url.replacen("/tenant2/", "/tenant1/", 1));

/// An authorization request to the first issuer after the server has come back to it.
fn comes_back(request: &Request) -> bool {
    let sent = RETURNED.sent(request);
    sent.is_some_and(|sent| sent.turn == 2 && sent.to == Authority(First) && sent.spot == Spot::Authorization)
}

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "keeps credentials by the host of the issuer",
        &["CL-BIND-01"],
        &[],
        &[overlook!(MOVED, IDENTIFIER_OF_ITS_OWN), overlook!(NEIGHBOURS, IDENTIFIER_OF_ITS_OWN)],
    ),
    mutant(
        "keeps credentials by the URL of the MCP server",
        &["CL-BIND-01"],
        &[],
        &[overlook!(MOVED, IDENTIFIER_OF_ITS_OWN)],
    ),
    mutant(
        "presents at the second issuer the client identifier of the first",
        &["CL-BIND-01"],
        &[],
        &[
            Act::Send(
                sent!(NEIGHBOURS, Authority(Second), Spot::Authorization),
                Change::SetQuery("client_id", FIRST_CLIENT),
            ),
            Act::Send(sent!(NEIGHBOURS, Authority(Second), Spot::Token), Change::SetForm("client_id", FIRST_CLIENT)),
        ],
    ),
    mutant(
        "redeems at the second issuer with the client identifier of the first",
        &["CL-BIND-01"],
        &[],
        &[Act::Send(sent!(MOVED, Authority(Second), Spot::Token), Change::SetForm("client_id", FIRST_CLIENT))],
    ),
    mutant(
        "logs in again at the issuer that the metadata no longer names",
        &["CL-BIND-03"],
        &["CL-BIND-01", "CL-BIND-05"],
        &[overlook!(MOVED, METADATA_MOVES), overlook!(RETURNED, METADATA_MOVES), overlook!(AWAY, METADATA_MOVES)],
    ),
    mutant(
        "registers again with the first issuer and goes to the second",
        &["CL-BIND-01", "CL-BIND-03"],
        &[],
        &[Act::Send(sent!(MOVED, Authority(Second), Spot::Registration), TO_FIRST)],
    ),
    mutant(
        "goes on with its credentials where they belong, whatever the metadata names",
        &["CL-BIND-04"],
        &[],
        &[overlook!(ELSEWHERE, METADATA_NAMES_SECOND)],
    ),
    mutant(
        "goes on with its credentials after the server has left their issuer",
        &["CL-BIND-04"],
        &[],
        &[overlook!(LEAVING, METADATA_MOVES)],
    ),
    mutant(
        "keeps credentials without asking who gave them",
        &["CL-BIND-02"],
        &[],
        &[overlook!(AWAY, IDENTIFIER_OF_ITS_OWN)],
    ),
    mutant(
        "redeems on another host with the client identifier of the first issuer",
        &["CL-BIND-02"],
        &[],
        &[Act::Send(sent!(AWAY, Authority(Second), Spot::Token), Change::SetForm("client_id", FIRST_CLIENT))],
    ),
    mutant(
        "presents its credentials to the issuer that the metadata names",
        &["CL-BIND-02", "CL-BIND-04"],
        &[],
        &[
            overlook!(ELSEWHERE, METADATA_NAMES_SECOND),
            Act::Send(sent!(ELSEWHERE, Authority(First), Spot::Authorization), TO_SECOND),
            Act::Send(sent!(ELSEWHERE, Authority(First), Spot::Token), TO_SECOND),
        ],
    ),
    mutant("has room for one registration", &["CL-BIND-05"], &[], &[overlook!(RETURNED, IDENTIFIER_OF_THE_FIRST)]),
    mutant(
        "comes back to the first issuer with what the second gave it",
        &["CL-BIND-05"],
        &[],
        &[Act::Send(comes_back, Change::SetQuery("client_id", FIRST_CLIENT))],
    ),
];
