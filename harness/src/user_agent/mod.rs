//! The user agent: what a browser does with HTTP and HTML, as far as no script and no style sheet is needed.
//!
//! Pages with their forms, fields, buttons, links and words; what of a form is sent; cookies; redirects. Makes requests
//! and takes answers, opens no connection and reads no clock. Knows nothing of MCP, of OAuth, of what a page is for, or
//! of verdicts. Only this module knows the HTML parser.
//!
//! Known to `login`, `bench` and `rules`.

mod agent;
mod cookies;
mod form;
mod limits;
mod page;
mod reader;
mod redirect;
mod selector;
mod site;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod user;

pub use agent::{Navigation, UserAgent};
pub use form::{Control, ControlKind, ElementId, Form, FormError};
pub use limits::PAGE_LIMIT;
pub use page::{Link, Page};
pub use redirect::{REDIRECT_LIMIT, RedirectError, redirect_target};
pub use selector::{Selector, UnreadableSelector};
pub use site::Site;
pub use text::folded;
pub use user::UserCredentials;
