//! A throwaway Amazon Cognito user pool: made, written down, used, removed, and shown to be gone.
//!
//! This is the only part of the project that knows the AWS SDK. The same calls go to AWS and to the embedded emulator; the only
//! difference is the endpoint of the [`Account`]. It knows nothing of logging in, of tokens or of the subject.
//!
//! The way of a run: [`Account::open`] → [`Blueprint::lines`] (say what will be made) → [`Journal::create`] → [`provision()`] → …
//! → [`teardown()`], whatever happened in between. [`sweep()`] is for the runs that never got to their own teardown.
//!
//! What holds throughout:
//! - nothing is made that was not written to the journal before as an intent;
//! - teardown needs the journal only, may be repeated, and counts as done only when AWS no longer shows the pool or its domain;
//! - no secret is in the journal, in an error or in a `Debug` form.
//!
//! Known to `oauth_client`, `bench`, `setup` and `cli`.

mod account;
mod backoff;
mod blueprint;
mod error;
mod journal;
mod journals;
mod leftovers;
mod lookup;
mod naming;
mod policy;
mod pool;
mod provision;
mod random;
mod readiness;
mod removal;
mod sweep;
mod teardown;

pub use account::{Account, AccountSettings, NoAccount};
pub use backoff::Backoff;
pub use blueprint::Blueprint;
pub use error::{CallFailure, FailureKind, ProvisionError};
pub use journal::{Entry, Journal, JournalError, Kind, Place, State};
pub use journals::Journals;
pub use leftovers::{Leftover, Leftovers};
pub use naming::{InvalidRunId, RunId};
pub use policy::minimal_iam_policy;
pub use pool::{Endpoints, Pool, PoolUser};
pub use provision::provision;
pub use sweep::{KeptPool, SweepError, SweepReport, sweep};
pub use teardown::{Absence, Proof, teardown};
