//! Raising a bench and taking it down again: emulator or account, user pool, reference server, reference client.
//!
//! The way of a run: [`Ground::prepare`] opens ports and the account and creates nothing outside this process;
//! [`Ground::raise`] provisions and starts; [`Ground::dismantle`] removes from the journal alone, whatever happened in
//! between, and tells what is gone and what is left.
//!
//! Known to `cli` only.

mod ground;
mod reference;
pub mod subject;
mod throwaway;

pub use ground::{Ground, GroundSettings, Place};
pub use reference::Raised;

use crate::cognito::{JournalError, NoAccount, ProvisionError};
use crate::login::NoDriver;
use crate::oauth_client::FlowError;

/// Why no bench could be raised.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// No WebDriver where one is required.
    #[error("no browser can be driven: {0}")]
    Browser(#[from] NoDriver),
    /// No AWS account.
    #[error("{0}")]
    Account(#[from] NoAccount),
    /// The folder for journals and reports takes no files.
    #[error("--out: {0}")]
    Output(#[source] JournalError),
    /// The user pool could not be provisioned.
    #[error("the user pool could not be provisioned: {0}")]
    Provision(#[from] ProvisionError),
    /// The emulator did not start.
    #[error("the emulator did not start: {0}")]
    Emulator(#[from] cognito_emulator::StartError),
    /// The reference server did not start.
    #[error("the reference server did not start: {0}")]
    Server(String),
    /// No login, no bench.
    #[error("{0}")]
    Login(#[from] FlowError),
    /// A port or a file.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A tap could not be put up.
    #[error("{0}")]
    Tap(#[from] crate::wire::TapError),
    /// An HTTP client cannot be made here.
    #[error(transparent)]
    Http(#[from] crate::wire::NoClient),
}

impl SetupError {
    /// Whether the person who typed the command can mend it, in contrast to a failure of the harness.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::Browser(_) | Self::Account(_) | Self::Output(_))
    }
}
