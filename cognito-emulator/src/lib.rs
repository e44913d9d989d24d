//! An authorization server that behaves like an Amazon Cognito user pool: API, hosted login and tokens, in memory.
//!
//! It is for tests on one machine. Its signing keys are public, it listens on loopback only, and it forgets everything when it stops.
//! It knows Cognito and nothing of who uses it: there is no fault to switch on. What differs between two emulators is what differs
//! between two user pools on AWS.
//!
//! Two kinds of host, as on AWS:
//!
//! - the **API host** ([`Emulator::api_url`]) speaks the `cognito-idp` JSON 1.1 protocol and, per pool, serves the discovery document and
//!   the key set. Its origin followed by the pool id is the issuer;
//! - each **domain host** ([`Emulator::domain_url`]) appears with `CreateUserPoolDomain` on a port of its own and serves authorization,
//!   login, token, revocation and user information endpoints until `DeleteUserPoolDomain`.
//!
//! Where Amazon documents a behaviour the emulator follows it. Where it does not, the code holds a hypothesis and the comment at
//! that place says so in a line that begins with *Hypothesis*.
//!
//! ```no_run
//! # async fn demo() -> Result<(), cognito_emulator::StartError> {
//! use cognito_emulator::{Emulator, Settings};
//!
//! let emulator = Emulator::start(Settings::default()).await?;
//! println!("give this to the AWS SDK as endpoint_url: {}", emulator.api_url());
//! emulator.stop().await;
//! # Ok(())
//! # }
//! ```

mod api;
mod clock;
mod emulator;
mod hosted;
mod issuer;
mod keys;
mod listener;
mod pool;
mod random;
pub mod sample;
mod settings;
mod state;
mod tokens;

pub use clock::{Clock, ManualClock};
pub use emulator::{Emulator, StartError};
pub use keys::{KeyError, PublicJwk, SigningKey, TokenUse};
pub use settings::{AbsentMetadata, LoginShape, Settings};
pub use state::Holdings;
