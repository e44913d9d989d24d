//! Edits at the parties behind a server under judgement: to them the server is the client, which sends requests and
//! receives answers.

use crate::wire::{Edit, Request, Response};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Of an edit, what concerns a subject as client.
pub(super) struct Behind(pub(super) Arc<dyn Edit>);

impl Edit for Behind {
    fn emitted_request(&self, request: &mut Request) -> bool {
        self.0.emitted_request(request)
    }

    fn received_answer(&self, request: &Request, honest: &Response, answer: &mut Response) -> bool {
        self.0.received_answer(request, honest, answer)
    }
}

/// The edit of the scenario whose turn it is, at a party that several scenarios share.
#[derive(Default)]
pub(super) struct InTurn {
    edit: Mutex<Option<Arc<dyn Edit>>>,
    changes: AtomicUsize,
}

impl InTurn {
    /// From now on this edit, or none.
    pub(super) fn set(&self, edit: Option<Arc<dyn Edit>>) {
        *self.edit.lock().unwrap_or_else(PoisonError::into_inner) = edit;
        self.changes.store(0, Ordering::Relaxed);
    }

    /// How often this turn's edit changed something.
    pub(super) fn changes(&self) -> usize {
        self.changes.load(Ordering::Relaxed)
    }

    fn by(&self, change: impl FnOnce(&dyn Edit) -> bool) -> bool {
        let edit = self.edit.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let changed = edit.is_some_and(|edit| change(&*edit));
        self.changes.fetch_add(usize::from(changed), Ordering::Relaxed);
        changed
    }
}

impl Edit for InTurn {
    fn emitted_request(&self, request: &mut Request) -> bool {
        self.by(|edit| edit.emitted_request(request))
    }

    fn received_answer(&self, request: &Request, honest: &Response, answer: &mut Response) -> bool {
        self.by(|edit| edit.received_answer(request, honest, answer))
    }
}
