//! Logs a user in at a hosted login page, the way a user with a browser would.
//!
//! A login starts at an authorization URL and ends when the redirect URI has been loaded. There are two login methods:
//! `plain_http` runs no script; `webdriver` drives a real browser. Both follow the same rule (`rule`), so that a page
//! means the same to either.
//!
//! This module may know what hosted login pages look like. It does not know why a login is wanted: it judges nothing,
//! keeps no token and exchanges no code. Only `webdriver` knows a WebDriver library.
//!
//! Known to `oauth_client`, `bench`, `setup` and `cli`.

mod attempt;
mod callback;
mod error;
mod form_choice;
mod method;
mod parts;
mod plain_http;
mod rule;
mod visited;
mod webdriver;

pub use crate::user_agent::UserCredentials;
pub use attempt::{Arrival, LoginAttempt};
pub use callback::{CallbackListener, NeverCalledBack};
pub use error::{BrowserFailure, LoginError, LoginFailure, NoDriver};
pub use method::{FoundMethod, LoginMethod, LoginMethodChoice};
pub use parts::{ByLabel, Locator, LoginPages, PageParts};
pub use visited::{PageKind, VisitedPage};
pub use webdriver::WebDriver;
