//! Notes that callers leave with the server, each visible to its owner alone.
//!
//! The owner is the subject of a verified token together with its issuer, never something the caller wrote. Everything is
//! kept in memory and bounded.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::token::Principal;

/// The longest note, in bytes.
pub const MAX_NOTE_LENGTH: usize = 4096;
/// The most notes that are kept of one owner; the oldest makes room.
pub const MAX_NOTES: usize = 100;
/// The most owners there can be.
pub const MAX_OWNERS: usize = 1000;

/// One note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Its number, counted from 1 for each owner.
    pub id: usize,
    /// What it says.
    pub text: String,
}

/// Why a note was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// There is nothing in it.
    #[error("a note needs a text")]
    Empty,
    /// It is too long.
    #[error("a note has at most {MAX_NOTE_LENGTH} bytes")]
    TooLong,
    /// There are too many owners.
    #[error("there is no room for notes of another user")]
    TooManyOwners,
}

/// All notes of all owners.
#[derive(Debug, Default)]
pub struct Notes(Mutex<HashMap<Owner, VecDeque<Note>>>);

/// Issuer and subject. The client does not matter: a user meets the same notes through each client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Owner(String, String);

impl From<&Principal> for Owner {
    fn from(principal: &Principal) -> Self {
        Self(principal.issuer.clone(), principal.subject.clone())
    }
}

impl Notes {
    /// Keeps a note.
    ///
    /// # Errors
    ///
    /// When the text or the room does not allow it.
    pub fn add(&self, principal: &Principal, text: String) -> Result<Note, NotTaken> {
        match text.len() {
            0 => return Err(NotTaken::Empty),
            length if length > MAX_NOTE_LENGTH => return Err(NotTaken::TooLong),
            _ => {}
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let owner = Owner::from(principal);
        if !all.contains_key(&owner) && all.len() >= MAX_OWNERS {
            return Err(NotTaken::TooManyOwners);
        }
        let own = all.entry(owner).or_default();
        let note = Note { id: own.back().map_or(1, |last| last.id + 1), text };
        own.push_back(note.clone());
        if own.len() > MAX_NOTES {
            own.pop_front();
        }
        Ok(note)
    }

    /// The notes of one owner, oldest first.
    pub fn of(&self, principal: &Principal) -> Vec<Note> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&Owner::from(principal)).cloned().unwrap_or_default().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn principal(issuer: &str, subject: &str, client_id: &str) -> Principal {
        Principal { issuer: issuer.into(), subject: subject.into(), client_id: client_id.into() }
    }

    #[test]
    fn keeps_subjects_of_two_issuers_apart_and_clients_of_one_subject_together() {
        let notes = Notes::default();

        let kept = notes.add(&principal("one", "alice", "a"), "text".into());

        assert_eq!(kept, Ok(Note { id: 1, text: "text".into() }));
        assert_eq!(notes.of(&principal("one", "alice", "b")).len(), 1);
        assert_eq!(notes.of(&principal("two", "alice", "a")).len(), 0);
    }

    #[rstest]
    #[case::nothing(0, Err(NotTaken::Empty))]
    #[case::the_most(MAX_NOTE_LENGTH, Ok(()))]
    #[case::more(MAX_NOTE_LENGTH + 1, Err(NotTaken::TooLong))]
    fn bounds_a_note(#[case] length: usize, #[case] expected: Result<(), NotTaken>) {
        let taken = Notes::default().add(&principal("i", "s", "c"), "x".repeat(length));

        assert_eq!(taken.map(|_| ()), expected);
    }

    #[test]
    fn keeps_the_latest_notes_of_one_owner_and_bounds_the_number_of_owners() {
        let notes = Notes::default();
        for _ in 0..=MAX_NOTES {
            assert!(notes.add(&principal("i", "0", "c"), "x".into()).is_ok());
        }
        for owner in 1..MAX_OWNERS {
            assert!(notes.add(&principal("i", &owner.to_string(), "c"), "x".into()).is_ok());
        }

        let kept: Vec<_> = notes.of(&principal("i", "0", "c")).iter().map(|note| note.id).collect();
        assert_eq!(kept, (2..=MAX_NOTES + 1).collect::<Vec<_>>());
        assert_eq!(notes.add(&principal("i", "another", "c"), "x".into()), Err(NotTaken::TooManyOwners));
    }
}
