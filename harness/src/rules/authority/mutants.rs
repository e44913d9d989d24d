//! What mutants of authorization servers share, and the tables of all rooms.

use crate::catalogue::Role;
pub(super) use crate::mutation::{Act, Change, Mutant};
pub(super) use crate::wire::{Request, Response};

pub(super) const fn mutant(
    name: &'static str,
    kills: &'static [&'static str],
    also: &'static [&'static str],
    acts: &'static [Act],
) -> Mutant {
    Mutant::of(Role::Authority, name, kills, also, acts)
}

const TABLES: &[&[Mutant]] =
    &[super::authorization::mutants::MUTANTS, super::code::mutants::MUTANTS, super::throwaway::mutants::MUTANTS];

/// All mutants of authorization servers.
pub(crate) fn mutants() -> impl Iterator<Item = &'static Mutant> {
    TABLES.iter().copied().flatten()
}
