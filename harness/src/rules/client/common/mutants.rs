//! How mutants of clients are made, and what they recognise in the scene where nothing is bent.

use crate::bench::client::Spot;
use crate::bench::client::scene::{Party, Place};
use crate::bench::client::scenes::honest::HONEST;
use crate::catalogue::Role;
use crate::mutation::{Act, Mutant};
use crate::wire::Request;

/// The edit by which a client does not notice a trap of a scene: it is handed the honest answer, and the recorder has the
/// bent one.
macro_rules! overlook {
    ($scene:path, $trap:path) => {
        $crate::mutation::Act::Overlook(|request| $scene.sets(&$trap, request))
    };
}

/// Recognises what a client sends in a scene: to which party, and for what there.
macro_rules! sent {
    ($scene:path, $party:expr, $spot:expr) => {
        |request| $scene.sees(request, $party, $spot)
    };
}

pub(in super::super) const fn mutant(
    name: &'static str,
    kills: &'static [&'static str],
    also: &'static [&'static str],
    acts: &'static [Act],
) -> Mutant {
    Mutant::of(Role::Client, name, kills, also, acts)
}

/// An authorization request to an honest authorization server.
pub(in super::super) fn authorizes(request: &Request) -> bool {
    HONEST.sees(request, Party::Authority(Place::First), Spot::Authorization)
}

/// A token request to an honest authorization server.
pub(in super::super) fn redeems(request: &Request) -> bool {
    HONEST.sees(request, Party::Authority(Place::First), Spot::Token)
}
