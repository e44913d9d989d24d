//! Provisioning, journal, teardown and sweep against the emulator, with a proxy between them that makes calls go wrong.

mod bench;
mod credentials;
mod folder;
mod making;
pub(crate) mod proxy;
mod removing;
mod stranger;
mod sweeping;
