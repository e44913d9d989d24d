//! Provisioning, journal, teardown and sweep against the emulator, with a proxy between them that makes calls go wrong.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bench;
mod credentials;
mod folder;
mod making;
mod proxy;
mod removing;
mod stranger;
mod sweeping;
