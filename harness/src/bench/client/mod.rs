//! Around an MCP client: MCP servers and authorization servers, honest and bent, and the user who logs in.
//!
//! [`scenes`] has what a client meets, as data; [`scene`] says what such data can say.

mod around;
mod parties;
mod play;
mod pool_front;
mod purpose;
mod reference;
mod run;
pub mod scene;
pub mod scenes;
mod stage;
mod subject;
mod user;

pub use purpose::{Sent, Spot};
pub use reference::ReferenceClient;
pub use run::ClientRun;
pub use stage::{ClientBench, ClientStage, Unplayed};
pub use subject::{ClientJob, ClientSubject, Registration};
pub use user::User;
