//! An MCP client with OAuth 2.1, written to be copied.
//!
//! [`connect`] opens a [`Session`] with an MCP server over streamable HTTP. The first request goes out without a token;
//! when the server answers 401 the client discovers the authorization server, sends the user there with a [`Browser`],
//! and repeats the request with the access token. A 403 that asks for more scope leads to a step-up in the same way.
//!
//! The way of a challenge through the modules:
//!
//! ```text
//! transport ─ 401/403 ─▶ challenge ─▶ authorizer ─▶ discovery ─▶ metadata ─▶ registration
//!     ▲                                    │                                     │
//!     └───────── store ◀─── token ◀─── callback ◀─── authorization ◀─────────────┘
//! ```
//!
//! The client is strict: what the specification tells it to refuse it refuses, unless an [`Exemption`] names the one
//! issuer and the one rule. It deliberately has no switch that turns a check off in general.

mod authorization;
mod authorizer;
mod browser;
mod callback;
mod challenge;
pub mod config;
pub mod contract;
mod discovery;
mod exemption;
mod fetch;
mod issuer;
mod metadata;
pub mod prompt;
mod reach;
mod registration;
mod scopes;
mod session;
mod settings;
mod store;
mod target;
mod text;
mod token;
mod transport;

pub use authorization::EndpointQueryError;
pub use authorizer::{AuthorizeError, Operation, Warning};
pub use browser::{Browser, OpenError, PrintedUrl, SystemBrowser};
pub use callback::CallbackError;
pub use challenge::{Challenge, parse_challenges};
pub use discovery::DiscoveryError;
pub use exemption::{Exemption, ExemptionError, Rule};
pub use fetch::FetchError;
pub use issuer::{Issuer, IssuerError};
pub use metadata::MetadataError;
pub use reach::UrlRefusal;
pub use registration::RegistrationError;
pub use scopes::Scopes;
pub use session::{CallError, ConnectError, Session, ToolAnswer, ToolSummary, connect};
pub use settings::{Callback, HttpSettings, Registration, Revision, ServerUrl, Settings, SettingsError};
pub use token::TokenError;
