//! The wire: requests and answers as they were sent and received, and the taps through which every byte passes.
//!
//! Nothing outside this module opens a connection to a subject. It knows HTTP and nothing of MCP, OAuth or verdicts.
//! An [`Edit`] may stand between the recorder and the subject (a mutant of the subject) or between the recorder and
//! what the bench plays (a trap); what an edit means is not known here.
//!
//! Known to `protocol`, `findings`, `mcp`, `oauth_client`, `tokens`, `mutation`, `bench`, `world`, `rules`, `run`,
//! `record`, `setup` and `cli`.

mod carried;
mod connection;
mod delivery;
mod edge;
mod edit;
mod exchange;
mod message;
mod patience;
mod purpose;
mod recorder;
mod sender;
mod sse;
mod stream;
mod tap;
#[cfg(test)]
mod tests;
mod trust;

pub use carried::Carried;
pub use connection::{Connections, NoClient};
pub use delivery::{Attempt, Delivery, Edge};
pub use edit::{Edit, Honest};
pub use exchange::{Exchange, Failure, Trace};
pub use message::{Presented, Reading, Request, Response};
pub use patience::Patience;
pub(crate) use purpose::purpose;
pub use purpose::{Aim, Purpose};
pub use recorder::Recorder;
pub use sender::{Limits, Sender};
pub use sse::{event_ids, events};
pub use stream::OpenStream;
pub use tap::{Addressee, Route, Tap, TapError, Upstream};
use trust::client_builder;
