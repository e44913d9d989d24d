//! What all parties of a scene share: who is there, how far the scene has gone, and the traps. A tap before a party reads
//! here what a request is for, and lets the traps bend the answers of the honest party behind it.

use super::purpose::{Sent, Spot};
use super::scene::{Party, Place, Scene, Surroundings};
use crate::wire::{Addressee, Purpose, Request, Response, Route, Upstream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The state of a scene that is played.
pub(super) struct Around {
    pub(super) scene: &'static Scene,
    /// The issuers as clients know them, by their places.
    pub(super) issuers: Vec<String>,
    turn: AtomicUsize,
}

impl Around {
    pub(super) fn new(scene: &'static Scene, issuers: Vec<String>) -> Arc<Self> {
        Arc::new(Self { scene, issuers, turn: AtomicUsize::new(0) })
    }

    /// The place of the issuer whose tokens an MCP server takes now.
    pub(super) fn trusted(&self, server: Place) -> Place {
        let issuers = server.of(self.scene.servers).copied().unwrap_or_default();
        let last = issuers.len().saturating_sub(1);
        issuers.get(self.turn().min(last)).copied().unwrap_or(Place::First)
    }

    /// An MCP server has served a client: it turns to its next issuer, if it has one.
    pub(super) fn served(&self, server: Place) {
        let issuers = server.of(self.scene.servers).map_or(0, |issuers| issuers.len());
        if self.turn() + 1 < issuers {
            self.turn.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn turn(&self) -> usize {
        self.turn.load(Ordering::Relaxed)
    }

    fn bend(&self, request: &Request, answer: &mut Response) {
        let trusted = self.trusted(Place::First).of(&self.issuers).map_or("", String::as_str);
        let surroundings = Surroundings { issuers: &self.issuers, trusted };
        for trap in self.scene.traps.iter().filter(|trap| self.scene.sets(trap, request)) {
            (trap.bend)(&surroundings, answer);
        }
    }
}

/// Tells which party of a host a path belongs to, and what it is there.
pub(super) type Read = Box<dyn Fn(&str) -> (Party, Spot) + Send + Sync>;

/// Whom a client believes to be at a tap.
pub(super) struct Address {
    pub(super) around: Arc<Around>,
    pub(super) read: Read,
}

impl Addressee for Address {
    fn purpose(&self, path: &str) -> Purpose {
        let (to, spot) = (self.read)(path);
        Sent { scene: self.around.scene, to, spot, turn: self.around.turn(), path: path.to_owned() }.into()
    }
}

/// An honest party with the traps of the scene before it.
pub(super) struct Trapped<U> {
    pub(super) around: Arc<Around>,
    pub(super) honest: U,
}

impl<U: Upstream> Upstream for Trapped<U> {
    fn route(&self, request: &Request) -> Route {
        self.honest.route(request)
    }

    fn adapt(&self, request: &Request, answer: &mut Response) {
        self.honest.adapt(request, answer);
    }

    fn bend(&self, request: &Request, answer: &mut Response) {
        self.around.bend(request, answer);
    }
}
