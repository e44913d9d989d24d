//! Raising a bench around a server that somebody else wrote: started by a command, or found at a URL.
//!
//! First the server is looked at from outside, without credentials, which tells whether it can be judged at all and
//! what its metadata says; then, where a valid token can be had, from inside, which tells the revisions it speaks and
//! the tools it offers. For a server at a URL that token is given, or got from its authorization server as the operator
//! says. What is not declared is taken from what was seen. Nothing is judged here.

mod at_url;
mod audience;
mod command;
mod discovery;
mod http;
mod issuers;
mod published;
mod raise;
mod settings;
mod token_source;
mod with_token;
mod without_token;

pub use command::CommandError;
pub use discovery::DiscoveryError;
pub use raise::RaisedSubject;
pub use settings::{SubjectError, SubjectSettings, Target};
pub use token_source::{ClientOrder, LoginOrder, Person, TokenSource};
pub use with_token::{SeenWithToken, Spoken, Tool};
pub use without_token::{NotJudgeable, SeenWithoutToken};
