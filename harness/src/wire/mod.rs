//! The wire: requests and answers as they were sent and received, and the taps through which every byte passes.
//!
//! Nothing outside this module opens a connection to a subject. It knows HTTP and nothing of MCP, OAuth or verdicts.
//! An [`Edit`] may stand between the recorder and the subject (a mutant of the subject) or between the recorder and
//! what the bench plays (a trap); what an edit means is not known here.
//!
//! Known to `protocol`, `findings`, `mcp`, `oauth_client`, `tokens`, `mutation`, `bench`, `world`, `rules`, `run`,
//! `record`, `setup` and `cli`.

mod edit;
mod exchange;
mod message;
mod purpose;
mod recorder;
mod sender;
mod sse;
mod tap;
mod trust;

pub use edit::{Edit, Honest};
pub use exchange::{Exchange, Failure, Trace};
pub use message::{Presented, Reading, Request, Response};
pub(crate) use purpose::purpose;
pub use purpose::{Aim, Purpose};
pub use recorder::Recorder;
pub use sender::{Limits, Sender};
pub use sse::{event_ids, events};
pub use tap::{Addressee, Route, Tap, TapError, Upstream};
use trust::client_builder;
