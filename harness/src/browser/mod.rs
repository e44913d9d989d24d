//! Logs a user in at a hosted login page, the way a person with a browser would.
//!
//! A login starts at an authorization URL and ends when the redirect URI has been loaded. Two lanes can do it: `scripted`
//! speaks plain HTTP and runs no script; `webdriver` drives a real browser. Both follow the same rule (`rule`), so
//! that a page means the same in either.
//!
//! This module may know what hosted login pages look like. It does not know why somebody logs in: it judges nothing,
//! keeps no token and exchanges no code. Only `webdriver` knows a WebDriver library.

mod callback;
mod choice;
mod error;
mod html;
mod lane;
mod login;
mod page;
mod parts;
mod rule;
mod scripted;
mod selector;
mod webdriver;

pub use callback::{Catcher, NeverCalledBack};
pub use error::{BrowserFailure, LoginError, LoginFailure, NoDriver};
pub use lane::{Found, Lane, LaneChoice};
pub use login::{Arrival, Credentials, Login};
pub use page::{PageSeen, PageShape};
pub use parts::{ByLabel, Locator, LoginPages, PageParts};
pub use webdriver::Webdriver;
